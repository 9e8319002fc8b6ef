"""The messages of a person that are kept. Inside a scope."""

from collections.abc import Iterator
from typing import Any

from onboarding.intake.models import Duplicate, LoggedEvent
from workspaces.privacy.subjects import Subject


def export(subject: Subject) -> dict[str, Iterator[dict[str, Any]]]:
    return {"events": _events(subject), "repeated events": _repeated(subject)}


def _events(subject: Subject) -> Iterator[dict[str, Any]]:
    events = LoggedEvent.objects.filter(sender__in=subject.senders).order_by("occurred_at", "id")
    for event in events.iterator(chunk_size=1_000):
        yield {
            "happened": event.occurred_at,
            "received": event.received_at,
            "kind": event.type,
            "event": event.event,
            "sent as": event.sender[2:],
            "anonymous id": event.anonymous_id,
            "former id": event.previous_id,
            "account": event.group_id,
            "properties": event.properties,
            "traits": event.traits,
            "context": event.context,
            "message": event.message_id,
        }


def _repeated(subject: Subject) -> Iterator[dict[str, Any]]:
    for again in Duplicate.objects.filter(sender__in=subject.senders).order_by("pk"):
        yield {
            "message": again.message_id,
            "event": again.event or again.type,
            "times": again.times,
            "first received": again.first_received_at,
            "last received": again.received_at,
        }
