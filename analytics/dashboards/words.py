"""Numbers as words, for pictures and for the sentences that templates write."""

from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from analytics.metrics.segments import NOT_SET
from workspaces.tenants.templatetags.ui import duration, number


def duration_words(seconds: float, case: str = "") -> str:
    """ "7 days", "3.2 hours", "40 seconds". `case` "dative": where it stands after "within" or "after"."""
    return _("a moment") if seconds < 1 else duration(timedelta(seconds=seconds), case)


def number_words(value: float, digits: int = 0) -> str:
    """ "1,840" or "4.6", with the separators of the reader's language."""
    return number(value, digits)


def day_of_month(day: date) -> str:
    """ "9 Nov"."""
    return date_format(day, _("j M"))


def value_words(value: str) -> str:
    """The value of a trait as people read it."""
    return _(NOT_SET) if value == NOT_SET else value
