"""What templates of every storey share: icons, access checks, and numbers and times put into words."""

import functools
import math
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, npgettext, pgettext
from django.utils.translation import gettext as _

from workspaces.tenants.models import Member

register = template.Library()

ICONS = Path(settings.BASE_DIR) / "static" / "vendor" / "tabler"
STEPS = [("day", 86_400), ("hour", 3_600), ("minute", 60)]


@functools.cache
def drawing(name: str) -> SafeString:
    """The inside of a vendored icon's SVG; an unknown name is an error, so a typing mistake never ships."""
    if not re.fullmatch(r"[a-z0-9-]+", name):
        raise template.TemplateSyntaxError(f"“{name}” is no icon's name")
    try:
        svg = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    except FileNotFoundError as missing:
        raise template.TemplateSyntaxError(f"there is no icon “{name}” in {ICONS}") from missing
    body = re.sub(r"\s+", " ", svg[svg.index(">") + 1 : svg.rindex("</svg>")]).strip()
    return mark_safe(re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>', "", body))  # noqa: S308


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An icon as inline SVG, hidden from assistive technology: the text beside it says what it means."""
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
        ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{}</svg>',
        f" {css}" if css else "",
        drawing(name),
    )


@register.filter
def may(member: Member | None, permission: str) -> bool:
    """`{% if member|may:"keys.manage" %}`: whether to show what the view would refuse."""
    return member is not None and member.may(permission)


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: Any) -> str:
    """The page's query string with some parameters changed; None or "" removes one. Empty: "?"."""
    query: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def number(value: float | None, digits: int = 0) -> str:
    """A figure for people, with the separators of their language: 1234.56 → "1,235", with one digit "1,234.6"."""
    return "–" if value is None else number_format(f"{value:.{int(digits)}f}", int(digits))


def _figure(value: float) -> tuple[str, int]:
    """A number as it is written, with a decimal where it has one, and what decides on singular and plural."""
    whole = round(value, 1) == round(value)
    return number(value, 0 if whole else 1), round(value) if whole else 2


def _counted(value: float, unit: str, case: str = "") -> str:
    """ "3.5 hours". Languages that bend a noun after a preposition have other words for `case` "dative"."""
    n, count = _figure(value)
    match unit, case:
        case "day", "dative":
            words = npgettext("within, after, before", "%(n)s day", "%(n)s days", count)
        case "day", _:
            words = ngettext("%(n)s day", "%(n)s days", count)
        case "hour", _:
            words = ngettext("%(n)s hour", "%(n)s hours", count)
        case "minute", _:
            words = ngettext("%(n)s minute", "%(n)s minutes", count)
        case _:
            words = ngettext("%(n)s second", "%(n)s seconds", count)
    return words % {"n": n}


@register.filter
def duration(span: timedelta | None, case: str = "") -> str:
    """A period in its largest fitting unit: "7 days", "3.5 hours", "45 seconds"; nothing for None.

    `duration:"dative"` where it stands after "within", "after" or "before": German says "in 7 Tagen".
    """
    if span is None:
        return ""
    seconds = abs(span.total_seconds())
    for unit, size in STEPS:
        # Rounded before it is compared, so that 59.97 minutes read "1 hour", never "60 minutes".
        if round(seconds / size, 1) >= 1 or seconds == size:
            value = seconds / size
            return _counted(round(value, 1) if value < 10 else round(value), unit, case)
    return _counted(round(seconds), "second", case)


@register.filter
def ago(moment: datetime | None) -> str:
    """A moment as seen from now: "just now", "4 minutes ago", "in 3 days"; nothing for None."""
    if moment is None:
        return ""
    seconds = (timezone.now() - moment).total_seconds()
    if abs(seconds) < 45:
        return _("just now")
    for unit, size in STEPS:
        if abs(seconds) >= size * 0.95:
            return _away(max(1, math.floor(abs(seconds) / size + 0.05)), unit, past=seconds > 0)
    return _away(1, "minute", past=seconds > 0)


def _away(count: int, unit: str, *, past: bool) -> str:
    """ "4 minutes ago", "in 3 days"."""
    match unit, past:
        case "day", True:
            words = ngettext("%(n)s day ago", "%(n)s days ago", count)
        case "day", _:
            words = ngettext("in %(n)s day", "in %(n)s days", count)
        case "hour", True:
            words = ngettext("%(n)s hour ago", "%(n)s hours ago", count)
        case "hour", _:
            words = ngettext("in %(n)s hour", "in %(n)s hours", count)
        case _, True:
            words = ngettext("%(n)s minute ago", "%(n)s minutes ago", count)
        case _:
            words = ngettext("in %(n)s minute", "in %(n)s minutes", count)
    return words % {"n": number(count)}


@register.filter
def percent(share: float | None, digits: int = 1) -> str:
    """A share of one as a percentage: 0.412 → "41.2%", in German "41,2 %"; a dash for None."""
    return "–" if share is None else _("%(number)s%%") % {"number": number(100 * share, digits)}


@register.filter
def day_words(moment: datetime | None) -> str:
    """A moment's day as seen from today in the current time zone: "today", "tomorrow", "in 3 days", "2 days ago"."""
    if moment is None:
        return ""
    days = (timezone.localtime(moment).date() - timezone.localdate()).days
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    return near.get(days) or _away(abs(days), "day", past=days < 0)


@register.filter
def minutes_words(minutes: int | None) -> str:
    """Minutes as people say them: "6 minutes", "1 hour", "2 hours"; from an hour and a half on in whole hours."""
    if not minutes:
        return ""
    return _counted(minutes, "minute") if minutes < 60 else _counted(max(1, round(minutes / 60)), "hour")


@register.filter
def noun(label: Any) -> str:
    """A label within a sentence: in lower case, but for languages that write their nouns large."""
    return str(label) if (get_language() or "").startswith("de") else str(label).lower()


@register.filter
def action_words(action: str) -> str:
    """An audit action as words: "ladder.published" → "Ladder published"."""
    words = action.replace(".", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


@register.filter
def plainly(value: Any) -> str:
    """Data of any shape (traits, properties, audit details) on one line, as it is: no separators in its numbers."""
    match value:
        case None:
            return pgettext("no value", "none")
        case bool():
            return "true" if value else "false"
        case dict():
            return ", ".join(f"{name}: {plainly(part)}" for name, part in value.items()) or plainly(None)
        case list() | tuple():
            return ", ".join(plainly(part) for part in value) or plainly(None)
    return str(value)
