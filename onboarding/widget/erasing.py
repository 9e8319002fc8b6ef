"""Forgetting what a person did with the widget. Inside a scope."""

from onboarding.widget.states import WidgetState
from workspaces.privacy.rows import erase_senders, remove
from workspaces.privacy.subjects import Subject


def erase(subject: Subject) -> dict[str, int]:
    return {
        "states of the widget": remove(WidgetState.objects.filter(sender__in=subject.senders)),
        "acts in the widget": erase_senders("widget_widgetevent", subject),
    }
