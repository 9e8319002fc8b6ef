"""How many whole days and periods everybody of a cohort day has been watched for. Pure."""

from datetime import date, datetime, time, timedelta

from analytics.metrics.as_of import AsOf
from onboarding.usage.periods import MONTH_DAYS, WEEK_DAYS, Grain


def last_whole_day(as_of: AsOf) -> date:
    """The last day that is over by then: the as-of day itself, or the day before while it still runs."""
    ends = datetime.combine(as_of.day + timedelta(days=1), time.min, as_of.zone)
    return as_of.day if as_of.until >= ends else as_of.day - timedelta(days=1)


def days_watched(cohort_on: date, last: date) -> int:
    """How many whole days, the cohort day included; 0 while that still runs."""
    return max(0, (last - cohort_on).days + 1)


def periods_watched(grain: Grain, cohort_on: date, last: date) -> int:
    """How many periods since the beginning are over: as many as the number of the one that still runs."""
    days = days_watched(cohort_on, last)
    match grain:
        case Grain.DAY:
            return days
        case Grain.WEEK:
            return days // WEEK_DAYS
        case Grain.MONTH:
            return days // MONTH_DAYS
        case Grain.CALENDAR_WEEK:
            return (days + cohort_on.weekday()) // WEEK_DAYS
        case Grain.CALENDAR_MONTH:
            next_day = max(last, cohort_on - timedelta(days=1)) + timedelta(days=1)
            return (next_day.year - cohort_on.year) * 12 + next_day.month - cohort_on.month
