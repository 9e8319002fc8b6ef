"""Who is stuck, for coaches: a handful, and where the rest are."""

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_noop

from analytics.dashboards.asked import Asked
from analytics.dashboards.sections.section import Height, Section
from analytics.metrics.sizes import WITHHELD_BELOW
from analytics.metrics.stuck import Stuck, stuck
from analytics.stats import withhold
from workspaces.tenants.models import Workspace

HANDFUL = 5
# Of each step; beyond that, how many more there are changes nothing.
MOST_COUNTED = 200
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def figures(asked: Asked, workspace: Workspace) -> dict[str, Any]:
    """Who was seen last comes first: they can still be helped. `withheld` and `few` are of how many, for outside."""
    steps = stuck(asked, most=MOST_COUNTED)
    people = [one for step in steps for one in step.people]
    worst, is_cut = max(steps, key=lambda step: len(step.people)), any(step.is_cut for step in steps)
    few = withhold([len(step.people) for step in steps], WITHHELD_BELOW)
    return {
        "steps": steps,
        "withheld": [step.rung.key for step, is_few in zip(steps, few.groups, strict=True) if is_few],
        "few": few.total or 0 < len(people) < WITHHELD_BELOW,
        "known": [step for step in steps if step.usual.is_known],
        # Where lists were cut, nobody knows which is the longest.
        "mostly_before": worst.rung if 2 * len(worst.people) > len(people) and not is_cut else None,
        "people": seen_last_first(people)[:HANDFUL],
        "total": len(people),
        "is_cut": is_cut,
        "n": None if is_cut else len(people),
        "window": None,
    }


def seen_last_first(people: list[Stuck]) -> list[Stuck]:
    return sorted(people, key=lambda one: (one.last_seen_at or LONG_AGO, one.since, one.person_id), reverse=True)


SECTION = Section(
    key="stuck",
    title=gettext_noop("Who is stuck"),
    template="dashboards/sections/stuck.html",
    figures=figures,
    metrics=("stuck",),
    height=Height.MEDIUM,
)
