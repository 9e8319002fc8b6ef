"""How many of the newest people will reach first value, and how well that could be told before."""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_noop

from analytics.dashboards.asked import Asked
from analytics.dashboards.intervals import Axis, axis
from analytics.dashboards.sections.section import Height, Section
from analytics.metrics import fetch
from analytics.metrics import subject as goals
from analytics.metrics.cohorts import Grain
from analytics.metrics.forecast import Expected, needed, outlook
from analytics.metrics.reasons import reason
from analytics.metrics.sizes import WITHHELD_BELOW
from analytics.stats import BackTest, NotComputable, withhold
from workspaces.tenants.models import Workspace

# A bias that is told as a number: a tenth of a point. Below that forecasts are neither too high nor too low.
LEANING = 0.001


@dataclass(frozen=True)
class Row:
    """A cohort; the places of its interval are percent of the axis' width, empty when not shown."""

    expected: Expected
    withheld: bool
    low: str = ""
    at: str = ""
    width: str = ""
    few: bool = False
    """Whether those who are there so far are withheld outside: so few, or their number would leave that of others."""


def figures(asked: Asked, workspace: Workspace) -> dict[str, Any]:
    """From one query over the counts, also what was forecast earlier."""
    limits = {"window_days": asked.window_days, "learned_days": asked.period_days}
    goal = goals.first_value(asked.subject)
    counts = fetch.counts(asked.subject, needed(asked.as_of, **limits), as_of=asked.as_of, towards=[goal])
    found = outlook(counts.towards(goal), asked.as_of, **limits)
    whole = found.everybody
    told = None if isinstance(found.told, NotComputable) else found.told
    shown = [one for one, withheld in zip(found.cohorts, found.withheld, strict=True) if not withheld]
    ends = [end for one in (told, *shown) if one for end in (one.low, one.high) if end is not None]
    scale = axis(ends)
    few = withhold([one.reached for one in found.cohorts], WITHHELD_BELOW)
    rows = [
        replace(_row(one, withheld, scale), few=is_few)
        for one, withheld, is_few in zip(found.cohorts, found.withheld, few.groups, strict=True)
    ]
    test = found.told_test
    return {
        "outlook": found,
        "whole": told,
        "whole_row": _row(told, False, scale) if told else None,
        "none_new": isinstance(whole, NotComputable),
        "why_not": _why_not(found.told),
        "rows": rows,
        "few": few.total,
        "withholds": any(row.withheld for row in rows) or (told is None and not isinstance(whole, NotComputable)),
        "ticks": [(f"{scale.place(tick):.2f}%", tick) for tick in scale.ticks] if ends else [],
        "grain": "month" if found.grain is Grain.MONTH else "week",
        "earlier": found.told_earlier,
        "test": None if isinstance(test, NotComputable) else test,
        "leans": isinstance(test, BackTest) and abs(test.bias) >= LEANING,
        "n": told.people if told else None,
        "begun": told.days if told else None,
    }


def _row(one: Expected, withheld: bool, scale: Axis) -> Row:
    if withheld or one.low is None or one.high is None or one.share is None:
        return Row(one, withheld)
    low, high = scale.place(one.low), scale.place(one.high)
    return Row(one, False, f"{low:.2f}%", f"{scale.place(one.share):.2f}%", f"{high - low:.2f}%")


def _why_not(told: Expected | NotComputable) -> str:
    if isinstance(told, NotComputable):
        return reason(told)
    return reason(told.forecast) if isinstance(told.forecast, NotComputable) else ""


SECTION = Section(
    key="forecast",
    title=gettext_noop("Forecast"),
    template="dashboards/sections/forecast.html",
    figures=figures,
    metrics=("forecast",),
    height=Height.TALL,
    tables=("earlier",),
    newest=True,
)
