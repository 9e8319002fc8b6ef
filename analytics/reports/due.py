"""When a report is due. Pure.

Each week or month has one day, each day one moment at the report's hour: an hour that the clocks skip is taken just
after the gap, one that they repeat is taken the first time. So a change of the clocks neither loses nor doubles one.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKLY, MONTHLY = "weekly", "monthly"


@dataclass(frozen=True)
class Schedule:
    """`weekday` 0 is Monday; a `month_day` that a month lacks is its last day."""

    cadence: str
    weekday: int
    month_day: int
    hour: int
    zone: ZoneInfo


@dataclass(frozen=True)
class Due:
    """`period_on` is the Monday of its week or the first of its month: there is one edition for each."""

    period_on: date
    on: date
    at: datetime


def latest(schedule: Schedule, *, now: datetime) -> Due:
    """The last that was due up to now: after a time out of order only this one is sent, however many were missed."""
    period = period_of(schedule, now.astimezone(schedule.zone).date())
    found = due_in(schedule, period)
    return found if found.at <= now else due_in(schedule, _before(schedule, period))


def following(schedule: Schedule, *, now: datetime) -> Due:
    """The next that will be due."""
    last = latest(schedule, now=now)
    return due_in(schedule, _after(schedule, last.period_on))


def due_in(schedule: Schedule, period_on: date) -> Due:
    if schedule.cadence == WEEKLY:
        on = period_on + timedelta(days=schedule.weekday)
    else:
        length = calendar.monthrange(period_on.year, period_on.month)[1]
        on = period_on.replace(day=min(schedule.month_day, length))
    at = datetime.combine(on, time(schedule.hour), schedule.zone).astimezone(UTC)
    return Due(period_on, on, at)


def period_of(schedule: Schedule, day: date) -> date:
    return day - timedelta(days=day.weekday()) if schedule.cadence == WEEKLY else day.replace(day=1)


def _before(schedule: Schedule, period_on: date) -> date:
    return period_of(schedule, period_on - timedelta(days=1))


def _after(schedule: Schedule, period_on: date) -> date:
    length = 7 if schedule.cadence == WEEKLY else calendar.monthrange(period_on.year, period_on.month)[1]
    return period_on + timedelta(days=length)
