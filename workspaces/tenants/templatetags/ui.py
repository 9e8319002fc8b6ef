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
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

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


def _counted(number: float, unit: str) -> str:
    figure = f"{number:.0f}" if number == round(number) else f"{number:.1f}"
    return f"{figure} {unit}" if figure == "1" else f"{figure} {unit}s"


@register.filter
def duration(span: timedelta | None) -> str:
    """A period in its largest fitting unit: "7 days", "3.5 hours", "45 seconds"; nothing for None."""
    if span is None:
        return ""
    seconds = abs(span.total_seconds())
    for unit, size in STEPS:
        # Rounded before it is compared, so that 59.97 minutes read "1 hour", never "60 minutes".
        if round(seconds / size, 1) >= 1 or seconds == size:
            value = seconds / size
            return _counted(round(value, 1) if value < 10 else round(value), unit)
    return _counted(round(seconds), "second")


@register.filter
def ago(moment: datetime | None) -> str:
    """A moment as seen from now: "just now", "4 minutes ago", "in 3 days"; nothing for None."""
    if moment is None:
        return ""
    seconds = (timezone.now() - moment).total_seconds()
    if abs(seconds) < 45:
        return "just now"
    words = _counted(1, "minute")
    for unit, size in STEPS:
        if abs(seconds) >= size * 0.95:
            words = _counted(max(1, math.floor(abs(seconds) / size + 0.05)), unit)
            break
    return f"{words} ago" if seconds > 0 else f"in {words}"


@register.filter
def percent(share: float | None, digits: int = 1) -> str:
    """A share of one as a percentage: 0.412 → "41.2%"; a dash for None."""
    return "–" if share is None else f"{100 * share:.{int(digits)}f}%"


@register.filter
def day_words(moment: datetime | None) -> str:
    """A moment's day as seen from today in the current time zone: "today", "tomorrow", "in 3 days", "2 days ago"."""
    if moment is None:
        return ""
    days = (timezone.localtime(moment).date() - timezone.localdate()).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    return near.get(days) or (f"in {days} days" if days > 0 else f"{-days} days ago")


@register.filter
def minutes_words(minutes: int | None) -> str:
    """Minutes as people say them: "6 minutes", "1 hour", "2 hours"; from an hour and a half on in whole hours."""
    if not minutes:
        return ""
    return _counted(minutes, "minute") if minutes < 60 else _counted(max(1, round(minutes / 60)), "hour")


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
            return "none"
        case bool():
            return "true" if value else "false"
        case dict():
            return ", ".join(f"{name}: {plainly(part)}" for name, part in value.items()) or "none"
        case list() | tuple():
            return ", ".join(plainly(part) for part in value) or "none"
    return str(value)
