"""What reports say that the page does not: where a figure comes from."""

from collections import Counter

from django import template
from django.utils.dates import WEEKDAYS
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from analytics.metrics.registry import Metric
from analytics.reports import provenance
from analytics.reports.models import Dispatch, Edition
from analytics.reports.paper import Figure
from workspaces.tenants.templatetags.ui import percent

register = template.Library()


@register.filter
def definitions(key: str) -> tuple[Metric, ...]:
    """The metrics that the figure of this name shows."""
    return provenance.definitions(key)


@register.filter
def share_of(share: float) -> str:
    """ "12%", and "under 1%" rather than a nought that is none."""
    return _("under %(share)s") % {"share": percent(0.01, 0)} if 0 < share < 0.01 else percent(share, 0)


@register.filter
def body(figure: Figure) -> SafeString:
    """The figure's HTML, which the page's own templates wrote and escaped (see paper.py)."""
    return mark_safe(figure.body)  # noqa: S308


@register.filter
def css_text(text: object) -> SafeString:
    """Text for a quoted string in a style: whatever is no letter, digit or space is written as its code."""
    escaped = (char if char.isalnum() or char == " " else f"\\{ord(char):x} " for char in str(text))
    return mark_safe("".join(escaped))  # noqa: S308


@register.filter
def weekday_name(day: int) -> str:
    return str(WEEKDAYS[int(day)])


@register.filter
def states(edition: Edition) -> list[tuple[str, str, int]]:
    """How many of its mails are in which state: the state, its name, and the number."""
    found = Counter(dispatch.state for dispatch in edition.dispatches.all())
    named = [(state, str(Dispatch.State(state).label), number) for state, number in found.items()]
    return sorted(named, key=lambda one: one[1])
