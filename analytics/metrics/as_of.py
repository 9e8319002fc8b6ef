"""Up to when the numbers tell, and how long everybody has been watched by then. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from analytics.cubes.steps import Numbers, cut, step_of

DAY_S = 86_400


class FutureAsOf(ValueError):
    """The future was asked for."""


@dataclass(frozen=True)
class AsOf:
    """The end of `day` in the workspace's zone, or `until`, now, while that day still runs."""

    day: date
    until: datetime
    zone: ZoneInfo
    is_past: bool = False

    @classmethod
    def of(cls, day: date, *, now: datetime, zone: ZoneInfo) -> "AsOf":
        """As of the end of `day`; as of now when that is today. Raises FutureAsOf."""
        today = now.astimezone(zone).date()
        if day > today:
            raise FutureAsOf(f"{day} is still to come")
        return cls(day, min(now, _midnight(day + timedelta(days=1), zone)).astimezone(UTC), zone, day < today)

    @classmethod
    def now(cls, now: datetime, *, zone: ZoneInfo) -> "AsOf":
        return cls.of(now.astimezone(zone).date(), now=now, zone=zone)

    def followed_s(self, cohort_on: date) -> int:
        """For how many seconds everybody who began on that day has been watched; 0 while the day still runs.

        That is from the end of the day, so it holds for the last who began on it; cut to a step of cubes.steps, so
        that "within this time" can be told from them exactly.
        """
        return _followed_s(cohort_on, self.until, self.zone)

    def followed_steps(self, first: date, days: int) -> Numbers:
        """followed_s of so many cohort days from `first` on, as steps of cubes.steps."""
        return _followed_steps(first, days, self)

    def is_mature(self, cohort_on: date, days: int) -> bool:
        """Whether everybody who began on that day has been watched for so many days."""
        return self.followed_s(cohort_on) >= days * DAY_S

    def last_mature_day(self, days: int) -> date:
        """The last cohort day that has been watched for so many days."""
        day = self.day - timedelta(days=days - 1)
        while not self.is_mature(day, days):
            day -= timedelta(days=1)
        return day


@lru_cache(maxsize=256)
def _followed_steps(first: date, days: int, as_of: AsOf) -> Numbers:
    followed = np.fromiter((as_of.followed_s(first + timedelta(days=index)) for index in range(days)), np.int64, days)
    steps = step_of(followed)
    steps.setflags(write=False)
    return steps


@lru_cache(maxsize=4096)
def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


@lru_cache(maxsize=4096)
def _followed_s(cohort_on: date, until: datetime, zone: ZoneInfo) -> int:
    seconds = int((until - _midnight(cohort_on + timedelta(days=1), zone)).total_seconds())
    if seconds <= 0:
        return 0
    return cut(seconds)
