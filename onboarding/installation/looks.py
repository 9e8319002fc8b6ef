"""Changing how the widget looks, and taking the last change back. Inside a scope."""

from typing import Any

from django.db import transaction

from onboarding.widget.models import WidgetSettings
from onboarding.widget.theme import Theme
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member

ACTION = "widget.look_changed"


def change(settings: WidgetSettings, theme: Theme, position: str, *, by: Member) -> bool:
    """Returns whether anything is different now. It shows with the next page that a user opens."""
    before = _state(settings)
    settings.theme, settings.position = theme.kept(), position
    after = _state(settings)
    if after == before:
        return False
    with transaction.atomic():
        settings.save()
        Entry.record(by=by, action=ACTION, target=settings, before=before, after=after)
    return True


def last_change(settings: WidgetSettings) -> Entry | None:
    """The change that made it look as it does."""
    entry = Entry.objects.filter(action=ACTION).order_by("-at", "-pk").first()
    return entry if entry is not None and entry.details["after"] == _state(settings) else None


def undo(settings: WidgetSettings, *, by: Member) -> bool:
    """Take the last change back, which is a change itself: undoing twice does it again."""
    entry = last_change(settings)
    if entry is None:
        return False
    before = entry.details["before"]
    return change(settings, Theme.read(before["theme"]), before["position"], by=by)


def _state(settings: WidgetSettings) -> dict[str, Any]:
    return {"theme": settings.theme, "position": str(settings.position)}
