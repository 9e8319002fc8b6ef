"""How often people come, which key workflows they do, and whether they do them again."""

from typing import Any

from django.utils.translation import gettext_noop

from analytics.dashboards.asked import Asked
from analytics.dashboards.sections.section import Height, Section
from analytics.metrics.sizes import Caution, caution
from analytics.metrics.use.counts import UseCounts
from analytics.metrics.use.frequency import Workflow, spread, window_within, workflow_use
from onboarding.usage.cells import Measure
from onboarding.usage.models import KeyEvent, UsageMark
from onboarding.usage.standing import ANY
from workspaces.tenants.models import Workspace


def figures(asked: Asked, workspace: Workspace) -> dict[str, Any] | None:
    counts, window = UseCounts(asked.subject, asked.begun), window_within(asked.window_days)
    began = counts.of(Measure.BEGAN)
    if not began:
        return None
    active = spread(began, counts.of(Measure.ACTIVE_DAYS, ANY), asked.as_of, window_days=window)
    events = list(KeyEvent.objects.filter(archived_at=None).order_by("name", "key"))
    workflows = [
        (
            event,
            workflow_use(
                Workflow(event.signal, event.name),
                began,
                counts.of(Measure.FIRST_USE, event.signal),
                counts.of(Measure.REPEAT, event.signal),
                asked.as_of,
                window_days=window,
            ),
        )
        for event in events
    ]
    withheld = caution(active.mature) is Caution.WITHHELD
    mark = UsageMark.objects.first()
    return {
        "active": active,
        "different": spread(began, counts.of(Measure.KEY_EVENTS), asked.as_of, window_days=window) if events else None,
        "workflows": workflows,
        "never": [event.name for event, one in workflows if not one.again.people],
        "withheld": withheld,
        "looking_back": mark.looking_back_percent if mark else None,
        "n": None if withheld else active.mature,
        "immature": None if withheld else active.immature,
        "window": window,
    }


SECTION = Section(
    key="workflows",
    title=gettext_noop("How often and how widely it is used"),
    template="dashboards/sections/workflows.html",
    figures=figures,
    metrics=("engagement_depth", "repeat_usage"),
    height=Height.MEDIUM,
    tables=("different", "again"),
)
