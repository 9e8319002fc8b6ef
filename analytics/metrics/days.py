"""Ranges of cohort days. Pure."""

from datetime import date
from typing import NamedTuple


class Days(NamedTuple):
    """Cohort days from `first` to `last`, both counted."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1
