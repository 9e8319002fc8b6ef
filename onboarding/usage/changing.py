"""What members do to key workflows, each noted in the audit log. Inside a scope."""

from typing import Any

from milestones.library.criteria import describe, in_english
from milestones.library.keys import key_from
from onboarding.usage import declaring
from onboarding.usage.models import KeyEvent
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member


def make(*, name: str, criterion: dict[str, Any], by: Member) -> KeyEvent:
    """A new one; its key is made of its name. `criterion` is canonical."""
    taken = set(KeyEvent.objects.values_list("key", flat=True))
    made = KeyEvent.objects.create(
        key=key_from(name, taken=taken, otherwise="workflow"), name=name, criterion=criterion
    )
    Entry.record(by=by, action="workflow.made", target=made, after=_state(made))
    declaring.announce_change()
    return made


def change(key_event: KeyEvent, *, name: str, criterion: dict[str, Any], by: Member) -> None:
    before = _state(key_event)
    key_event.name, key_event.criterion = name, criterion
    key_event.save()
    if (after := _state(key_event)) != before:
        Entry.record(by=by, action="workflow.changed", target=key_event, before=before, after=after)
        declaring.announce_change()


def archive(key_event: KeyEvent, *, by: Member) -> None:
    """Raises declaring.InUse."""
    declaring.archive(key_event)
    Entry.record(by=by, action="workflow.archived", target=key_event)


def restore(key_event: KeyEvent, *, by: Member) -> None:
    key_event.restore()
    declaring.announce_change()
    Entry.record(by=by, action="workflow.restored", target=key_event)


def _state(key_event: KeyEvent) -> dict[str, str]:
    return {"name": key_event.name, "when": in_english(lambda: describe(key_event.condition))}
