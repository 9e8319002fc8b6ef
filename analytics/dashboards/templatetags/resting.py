"""What a figure rests on: as of when, whom, how many, by which definition, and what a change is a change on."""

import json
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.dashboards.resting import Rest
from analytics.metrics.days import Days
from analytics.metrics.question import Asks
from analytics.metrics.registry import METRICS

register = template.Library()

# What a template hands over of a variable that its card does not set.
UNSAID = ""


@register.inclusion_tag("dashboards/_told_by.html", takes_context=True)
def told_by(
    context: template.Context,
    metrics: str | Sequence[str],
    *,
    n: int | str | None = UNSAID,
    immature: int | str | None = UNSAID,
    window: int | str | None = UNSAID,
    segment: str = "",
    days: Days | str | None = None,
    lines: Sequence[Rest] | str = (),
    happened: str = "",
) -> dict[str, Any]:
    """What a figure rests on, closed until it is asked for: as of when, whom, how many, and by which definitions.

    `metrics`: keys, in words or separated by commas; `n`: people in the figure; `immature`: how many of those who
    began are too new for it; `window`: when it is another one than the question's, None when there is none; `days`:
    likewise; `lines`: instead of `n`, where a card tells of several groups or figures; `happened`: what people did on
    the days when it is not beginning, 'unlocked' or 'answered'.
    """
    keys = metrics.split(",") if isinstance(metrics, str) else metrics
    asked = context["asked"]
    rests = list(lines) if not isinstance(lines, str) else []
    whole = Rest(_number(n), _number(immature))
    if len(rests) == 1 and not rests[0].label:
        (whole,), rests = rests, []
    return {
        "asked": asked,
        "workspace": context["workspace"],
        "inline": context.get("inline", False),
        "told_metrics": [METRICS[key] for key in keys],
        "n": whole.n,
        "immature": whole.immature,
        "immature_share": whole.immature_share,
        "lines": rests,
        "days": days or (None if any(one.days for one in rests) else asked.begun),
        "window": asked.window_days if window == UNSAID else window,
        "segment": segment,
        "happened": happened,
    }


@register.simple_tag(takes_context=True)
def rests(context: template.Context, **said: Any) -> str:
    """In a file's HTML: what a row (or on a card, any of its rows that says nothing) rests on, as an attribute.

    Of `n`, `immature`, `window`, `days` and `segment`, those that are said; None says that there is none, or that it is
    not told. Elsewhere nothing is written.
    """
    if not context.get("filed"):
        return ""
    told = {name: value for name, value in said.items() if value != UNSAID}
    if days := told.pop("days", None):
        told["days"] = [days.first.isoformat(), days.last.isoformat()]
    return format_html(' data-rests="{}"', json.dumps(told))


def _number(said: int | str | None) -> int | None:
    return said if isinstance(said, int) else None


@register.simple_tag(takes_context=True)
def before_words(context: template.Context) -> str:
    """What a change is a change on, after “than”: "the 90 days before", or "before" where these are not whole."""
    board = context.get("board")
    if board is None or not board.before_is_whole:
        return pgettext("than", "before")
    return _("the %(days)d days before") % {"days": context["asked"].period_days}


@register.filter
def as_of_words(asked: Asks) -> str:
    """The moment that a figure is as of, in the workspace's zone, in which its days are counted."""
    return date_format(asked.as_of.until.astimezone(asked.as_of.zone), _("j M Y, H:i"))
