"""What people who reach first value sooner did early: an association, and said to be no more."""

from typing import Any

from django.utils.translation import gettext_noop

from analytics.dashboards.asked import Asked
from analytics.dashboards.sections.section import Section
from analytics.metrics.early_steps import MOST_PEOPLE, early_steps
from analytics.metrics.sizes import WARNED_BELOW
from workspaces.tenants.models import Workspace


def figures(asked: Asked, workspace: Workspace) -> dict[str, Any] | None:
    found = early_steps(asked)
    if not found.steps:
        return None
    return {
        "early": found,
        "clear": found.clear,
        "tested": [one for _, one in found.steps if one.p is not None],
        "enough": found.people >= WARNED_BELOW,
        "n": found.people,
        "immature": found.immature,
        "most_people": MOST_PEOPLE,
    }


SECTION = Section(
    key="early-steps",
    title=gettext_noop("What goes with reaching first value sooner"),
    template="dashboards/sections/early_steps.html",
    figures=figures,
    metrics=("early_steps",),
)
