"""What a person did with the widget. Inside a scope."""

from typing import Any

from onboarding.widget.states import WidgetEvent, WidgetState
from workspaces.privacy.subjects import Subject


def export(subject: Subject) -> dict[str, list[dict[str, Any]]]:
    states = WidgetState.objects.filter(sender__in=subject.senders).select_related("ladder").order_by("pk")
    acts = WidgetEvent.objects.filter(sender__in=subject.senders).select_related("ladder").order_by("at", "pk")
    return {
        "checklists you saw": [
            {
                "ladder": state.ladder.name,
                "first in sight": state.began_at,
                "opened": state.opened_at,
                "last day": state.seen_on,
                "put away": state.dismissed_at,
                "because": state.dismiss_reason,
                "skipped": state.skipped,
            }
            for state in states
        ],
        "what you did in checklists": [
            {"when": act.at, "ladder": act.ladder.name, "what": act.kind, "step": act.rung_key, "because": act.reason}
            for act in acts
        ],
    }
