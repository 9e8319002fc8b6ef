"""Saying what a key workflow is, and which of them is a feature's use. What was before counts too: see projection."""

from onboarding.intake.models import Seen
from onboarding.intake.seen import EVENT
from onboarding.usage.models import FeatureUse, KeyEvent
from workspaces.scope import current_workspace_id
from workspaces.scope.wakes import announce

MOST_SUGGESTED = 8


class InUse(ValueError):
    """The key workflow is what using some feature is; `features` are their keys."""

    def __init__(self, features: list[str]) -> None:
        super().__init__(f"It is the use of {', '.join(features)}")
        self.features = features


def announce_change() -> None:
    """What is looked for has changed: count anew, from this transaction's commit on."""
    announce("usage.changed", current_workspace_id())


def use_of(feature: str) -> KeyEvent | None:
    """The key workflow that is the use of the feature with this key."""
    use = FeatureUse.objects.filter(feature=feature).select_related("key_event").first()
    return use.key_event if use else None


def declare_use(feature: str, key_event: KeyEvent | None) -> None:
    if key_event is None:
        FeatureUse.objects.filter(feature=feature).delete()
    else:
        FeatureUse.objects.update_or_create(feature=feature, defaults={"key_event": key_event})
    announce_change()


def archive(key_event: KeyEvent) -> None:
    """Raises InUse."""
    if features := sorted(key_event.features.values_list("feature", flat=True)):
        raise InUse(features)
    key_event.archive()
    announce_change()


def suggestions() -> list[str]:
    """Names of events that come often and that no key workflow counts yet."""
    known = {event.condition.event for event in KeyEvent.objects.all()}
    seen = Seen.objects.filter(kind=EVENT).exclude(event__in=known).exclude(event="")
    return list(seen.order_by("-count", "event").values_list("event", flat=True)[:MOST_SUGGESTED])
