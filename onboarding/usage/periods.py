"""Days since the start of a journey, and the weeks and months that they fall into. Pure.

A day's *index* is how many days it lies after the cohort day; the cohort day itself is day 0. By a person's own start,
week 0 is days 0 to 6 and month 0 days 0 to 29; by the calendar, week 0 is the week (from Monday) and month 0 the month
in which they began.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum


class Grain(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    CALENDAR_WEEK = "cal_week"
    CALENDAR_MONTH = "cal_month"


WEEK_DAYS = 7
MONTH_DAYS = 30

# Up to which period people are counted one by one. Days would be too many cells beyond a month.
LAST = {Grain.DAY: 30, Grain.WEEK: 52, Grain.MONTH: 24, Grain.CALENDAR_WEEK: 52, Grain.CALENDAR_MONTH: 24}


def period_of(grain: Grain, cohort_on: date, index: int) -> int:
    """In which period a day lies, given by its index."""
    match grain:
        case Grain.DAY:
            return index
        case Grain.WEEK:
            return index // WEEK_DAYS
        case Grain.MONTH:
            return index // MONTH_DAYS
        case Grain.CALENDAR_WEEK:
            return (cohort_on.weekday() + index) // WEEK_DAYS
        case Grain.CALENDAR_MONTH:
            day = cohort_on + timedelta(days=index)
            return (day.year - cohort_on.year) * 12 + day.month - cohort_on.month


def last_day_of(grain: Grain, cohort_on: date, period: int) -> date:
    """The day with which the period ends."""
    match grain:
        case Grain.DAY:
            return cohort_on + timedelta(days=period)
        case Grain.WEEK:
            return cohort_on + timedelta(days=(period + 1) * WEEK_DAYS - 1)
        case Grain.MONTH:
            return cohort_on + timedelta(days=(period + 1) * MONTH_DAYS - 1)
        case Grain.CALENDAR_WEEK:
            return cohort_on + timedelta(days=(period + 1) * WEEK_DAYS - 1 - cohort_on.weekday())
        case Grain.CALENDAR_MONTH:
            month = cohort_on.month + period  # of the month after, counted from 0
            return date(cohort_on.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def returns(grain: Grain, cohort_on: date, indexes: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Each active period with the active one before it (-1: none), of days in ascending order.

    So whoever was active in period N is counted where the first is N, and whoever was active in N or later exactly once
    where the second is below N and the first is not. The first period beyond the last that is told is the end: whatever
    follows it changes neither.
    """
    before = -1
    for index in indexes:
        period = period_of(grain, cohort_on, index)
        if period == before:
            continue
        yield period, before
        if period > LAST[grain]:
            return
        before = period
