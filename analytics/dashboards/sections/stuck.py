"""Who is stuck, for coaches: a handful, and where the rest are."""

from datetime import UTC, datetime
from typing import Any

from analytics.dashboards.asked import Asked
from analytics.dashboards.sections.section import Height, Section
from analytics.dashboards.stuck import MOST_LISTED, Stuck, stuck
from workspaces.tenants.models import Workspace

HANDFUL = 5
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def figures(asked: Asked, workspace: Workspace) -> dict[str, Any]:
    """Who was seen last comes first: they can still be helped."""
    steps = stuck(asked)
    people = [one for step in steps for one in step.people]
    return {
        "steps": steps,
        "known": [step for step in steps if step.usual.is_known],
        "worst": max(steps, key=lambda step: len(step.people)),
        "people": seen_last_first(people)[:HANDFUL],
        "total": len(people),
        "is_cut": any(step.is_cut for step in steps),
        "most_listed": MOST_LISTED,
    }


def seen_last_first(people: list[Stuck]) -> list[Stuck]:
    return sorted(people, key=lambda one: (one.last_seen_at or LONG_AGO, one.since, one.person_id), reverse=True)


SECTION = Section(
    key="stuck",
    title="Who is stuck",
    template="dashboards/sections/stuck.html",
    figures=figures,
    metrics=("stuck",),
    height=Height.MEDIUM,
)
