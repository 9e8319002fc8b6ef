"""Ranges of cohort days. Pure."""

from datetime import date, timedelta
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

    @property
    def before(self) -> "Days":
        """As many days just before these."""
        return Days(self.first - timedelta(days=self.length), self.first - timedelta(days=1))
