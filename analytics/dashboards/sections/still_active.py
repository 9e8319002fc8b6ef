"""The figure at the top of the page that says who stays: from the same cells, and the same metric, as the triangle."""

from typing import Any

from django.utils.translation import gettext_noop

from analytics.dashboards.asked import Asked
from analytics.dashboards.sections.retention import by_weeks, told_week
from analytics.dashboards.sections.section import Height, Section
from analytics.dashboards.sparks import spark
from analytics.metrics.days import Days
from analytics.metrics.pace import is_clear
from analytics.metrics.sizes import WARNED_BELOW, Caution, caution
from analytics.metrics.use.counts import Cells, UseCounts
from analytics.metrics.use.retention import Row
from analytics.stats import Difference, Share, difference
from analytics.stats.retention import RetentionCell
from onboarding.usage.cells import Measure
from onboarding.usage.standing import ANY
from workspaces.tenants.models import Workspace


def figures(asked: Asked, workspace: Workspace) -> dict[str, Any] | None:
    """None where nobody began, or too few to say anything of them."""
    counts = UseCounts(asked.subject, asked.fetched)
    began, active = counts.of(Measure.BEGAN), counts.of(Measure.WEEK, ANY)
    now = by_weeks(asked, _on(asked.begun, began), _on(asked.begun, active))
    if caution(now.people) is Caution.WITHHELD:
        return None
    week = told_week(now)
    if week is None:
        return {"week": None}
    before = by_weeks(asked, _on(asked.before, began), _on(asked.before, active))
    cell = now.at(week)
    change = _change(cell, before.at(week))
    return {
        "week": week,
        "cell": cell,
        "change": change,
        "clear": change is not None and is_clear(change),
        "spark": spark([_share(row, week) for row in now.rows]),
    }


def _on(days: Days, cells: Cells) -> Cells:
    return [cell for cell in cells if cell.cohort_on in days]


def _change(now: RetentionCell | None, before: RetentionCell | None) -> Difference | None:
    if now is None or before is None or not isinstance(now.share, Share) or not isinstance(before.share, Share):
        return None
    if min(now.share.of, before.share.of) < WARNED_BELOW:
        return None
    return difference(now.share, before.share)


def _share(row: Row, week: int) -> float | None:
    """Of rows of which nobody, or fewer than five, can be told, the line has a gap."""
    cell = next((cell for cell in row.cells if cell.period == week), None)
    told = None if cell is None else row.told(cell)
    return told.value if isinstance(told, Share) else None


SECTION = Section(
    key="still-active",
    title=gettext_noop("Still active"),
    template="dashboards/sections/still_active.html",
    figures=figures,
    metrics=("retention",),
    height=Height.SHORT,
)
