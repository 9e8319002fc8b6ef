"""What is looked for in a workspace: its key workflows, which of them are a feature's use, and when its days begin."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from milestones.library.conditions import EventCondition
from onboarding.progress.plan import by_event
from onboarding.usage.models import FeatureUse, KeyEvent
from onboarding.usage.standing import ANY
from workspaces.tenants.models import Workspace

# Rises when the same log comes to other counts than before, so that everybody is counted once more.
RULES = "1"


@dataclass(frozen=True)
class Plan:
    """`tracked`: every signal whose days are kept; `counted`: those that numbers tell of; `used_when`: by feature."""

    tracked: Mapping[str, EventCondition]
    counted: frozenset[str]
    used_when: Mapping[str, str]
    zone: ZoneInfo

    @cached_property
    def by_event(self) -> dict[str, list[EventCondition]]:
        return by_event(self.tracked.values())

    @cached_property
    def with_properties(self) -> list[str]:
        """The events of which a condition reads properties."""
        return sorted({condition.event for condition in self.tracked.values() if condition.where})

    @cached_property
    def needs(self) -> dict[str, Any]:
        """All that counts depend on besides the log, the journeys and who is who."""
        return {
            "tracked": sorted(self.tracked),
            "counted": sorted(self.counted),
            "used_when": dict(sorted(self.used_when.items())),
            "zone": self.zone.key,
            "rules": RULES,
        }


def plan_of(workspace_id: int) -> Plan:
    """In the workspace's scope."""
    events = list(KeyEvent.objects.all())
    counted = {event.pk: event.signal for event in events if event.archived_at is None}
    uses = FeatureUse.objects.values_list("feature", "key_event")
    return Plan(
        tracked={event.signal: event.condition for event in events},
        counted=frozenset({ANY, *counted.values()}),
        used_when={feature: counted[event] for feature, event in uses if event in counted},
        zone=Workspace.objects.get(pk=workspace_id).zone,
    )
