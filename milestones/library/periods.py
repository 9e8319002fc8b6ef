"""Periods as people write them ("14 days") and as Python counts them."""

import re
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from .problems import shown

UNITS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
LONGEST = timedelta(days=3650)

_PERIOD = re.compile(r"([0-9]{1,9})\s*(minute|hour|day|week)s?", re.ASCII)


class NotAPeriod(ValueError):
    """The text names no period; the message says so and shows how to write one."""


def parse_period(text: object) -> timedelta:
    """'90 minutes', '1 day', '2 weeks' → timedelta: whole numbers, more than nothing, at most 10 years."""
    found = _PERIOD.fullmatch(text.strip().lower()) if isinstance(text, str) else None
    if not found:
        raise NotAPeriod(_("%(value)s is not a period; write for example '14 days'") % {"value": shown(text)})
    number, unit = int(found[1]), found[2]
    if number == 0:
        raise NotAPeriod(_("%(value)s is no time at all; write at least '1 minute'") % {"value": shown(text)})
    if number > LONGEST // UNITS[unit]:
        raise NotAPeriod(
            _("%(value)s is too long; at most %(most)d days") % {"value": shown(text), "most": LONGEST.days}
        )
    return number * UNITS[unit]


def period_text(period: timedelta) -> str:
    """The one canonical spelling of a period: days when it is whole days, else hours, else minutes.

    Weeks are read but never written, because "14 days" and "2 weeks" are the same period and only one of
    them can be the canonical form.
    """
    number, unit = _largest(period)
    return f"{number} {unit}" + ("" if number == 1 else "s")


def words_within(period: timedelta) -> str:
    """The same as members read it, after "within"."""
    number, unit = _largest(period)
    match unit:
        case "day":
            words = npgettext("within …", "%(n)d day", "%(n)d days", number)
        case "hour":
            words = npgettext("within …", "%(n)d hour", "%(n)d hours", number)
        case _other:
            words = npgettext("within …", "%(n)d minute", "%(n)d minutes", number)
    return words % {"n": number}


def words_for(period: timedelta) -> str:
    """The same as members read it, by itself or before "after"."""
    number, unit = _largest(period)
    match unit:
        case "day":
            words = ngettext("%(n)d day", "%(n)d days", number)
        case "hour":
            words = ngettext("%(n)d hour", "%(n)d hours", number)
        case _other:
            words = ngettext("%(n)d minute", "%(n)d minutes", number)
    return words % {"n": number}


def _largest(period: timedelta) -> tuple[int, str]:
    for unit in ("day", "hour", "minute"):
        number, rest = divmod(period, UNITS[unit])
        if number and not rest:
            return number, unit
    raise NotAPeriod(f"{period!r} is not a whole number of minutes")
