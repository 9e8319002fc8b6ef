"""Which days people began on, as it is asked for: a number of days up to now, or the first and the last."""

from datetime import date, timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from analytics.metrics.as_of import AsOf
from analytics.metrics.days import Days
from analytics.metrics.question import FIRST_DAY, Unanswerable

PERIODS_DAYS = (30, 90, 365)
DEFAULT_PERIOD_DAYS = 90
LONGEST_PERIOD_DAYS = 3_653


def read_period(text: str) -> int:
    """One of the periods that are offered. Raises Unanswerable."""
    if not text:
        return DEFAULT_PERIOD_DAYS
    for days in PERIODS_DAYS:
        if text == str(days):
            return days
    raise Unanswerable(
        _("The period is one of %(days)s days, not “%(text)s”; name its first and last day (from, to) for another.")
        % {"days": ", ".join(map(str, PERIODS_DAYS)), "text": text[:40]}
    )


def read_begun(as_of: AsOf, *, period: str, first: str, last: str) -> Days | None:
    """The days from `first` to `last`, or the last `period` days; None when nothing is said. Raises Unanswerable."""
    if not (period or first or last):
        return None
    days = read_period(period)
    return read_days(first, last, as_of, period_days=days) or Days(as_of.day - timedelta(days=days - 1), as_of.day)


def read_days(first: str, last: str, as_of: AsOf, *, period_days: int = DEFAULT_PERIOD_DAYS) -> Days | None:
    """The days from `first` to `last`; with only one of them, so many days from or up to it, as far as is known.

    None without either. Raises Unanswerable.
    """
    if not first and not last:
        return None
    begin, end = _day(first), _day(last) or as_of.day
    if min(begin or end, end) < FIRST_DAY:
        raise Unanswerable(
            _("Nothing is known of %(day)s; ask for days from %(first)s on.")
            % {"day": min(begin or end, end), "first": FIRST_DAY}
        )
    begin = begin or max(FIRST_DAY, end - timedelta(days=period_days - 1))
    if max(begin, end) > as_of.day:
        raise Unanswerable(
            _("Who begins on %(day)s is not known as of %(as_of)s; ask for days up to then, or as of later.")
            % {"day": max(begin, end), "as_of": as_of.day}
        )
    if begin > end:
        raise Unanswerable(
            _("The days would end (%(end)s) before they begin (%(begin)s); exchange them.")
            % {"end": end, "begin": begin}
        )
    if (days := Days(begin, end)).length > LONGEST_PERIOD_DAYS:
        raise Unanswerable(
            _("%(days)s days are more than can be told at once; ask for ten years at most.")
            % {"days": number_format(days.length)}
        )
    return days


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text else None
    except ValueError:
        raise Unanswerable(
            _("Days from and to are written like 2026-03-31, not “%(text)s”.") % {"text": text[:40]}
        ) from None
