"""What a figure rests on: as of when, whom, how many, by which definition, and what a change is a change on."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.metrics.question import Asks
from analytics.metrics.registry import METRICS

register = template.Library()


@register.inclusion_tag("dashboards/_told_by.html", takes_context=True)
def told_by(
    context: template.Context,
    metrics: str | Sequence[str],
    *,
    n: int | None = None,
    immature: int | None = None,
    window: int | None = None,
    segment: str = "",
) -> dict[str, Any]:
    """What a figure rests on, closed until it is asked for: as of when, whom, how many, and by which definitions.

    `metrics`: keys, in words or separated by commas; `n`: people in the figure; `immature`: how many of those who
    began are too new for it; `window`: when it is another one than the question's.
    """
    keys = metrics.split(",") if isinstance(metrics, str) else metrics
    asked = context["asked"]
    # A template that says nothing of a number hands over "".
    shown = n if isinstance(n, int) else None
    new = immature if isinstance(immature, int) else None
    return {
        "asked": asked,
        "workspace": context["workspace"],
        "inline": context.get("inline", False),
        "told_metrics": [METRICS[key] for key in keys],
        "n": shown,
        "immature": new,
        "immature_share": new / (shown + new) if shown is not None and new is not None and shown + new else None,
        "window": window or asked.window_days,
        "segment": segment,
    }


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
