"""Take an envelope's events into the log: read each, store those that can be, say what became of the others."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from onboarding.intake import duplicates, log, steps
from onboarding.intake.message import Message
from onboarding.intake.reasons import Drop
from workspaces.keys.known import Sender


@dataclass(frozen=True, slots=True)
class Dropped:
    """An event that was not taken: its place in what was sent (from 0, or a line's number), itself, and why."""

    place: int
    sent: Any
    drop: Drop


@dataclass(slots=True)
class Taken:
    """What became of some events."""

    stored: int = 0
    duplicates: int = 0
    dropped: list[Dropped] = field(default_factory=list)
    # (place, number of values) of events that could be stored only with values changed; see storable.
    mended: list[tuple[int, int]] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """How many events are in the log, from now or from before."""
        return self.stored + self.duplicates


def take(workspace_id: int, envelope: steps.Envelope, *, received_at: datetime, sender: Sender | None = None) -> Taken:
    """Take a live request's events, and note what was dropped, or was there already, for the workspace to see.

    With `sender`, by the right of its key: raises KeyRevoked when that is not valid any more.
    """
    taken, messages = read(enumerate(envelope.events), envelope, received_at=received_at)
    rejections = [(whole(dropped.sent, envelope), dropped.drop) for dropped in taken.dropped]
    store(workspace_id, taken, messages, received_at=received_at, rejections=rejections, sender=sender)
    if taken.duplicates:
        duplicates.note(workspace_id, messages, received_at=received_at)
    return taken


def whole(sent: Any, envelope: steps.Envelope) -> Any:
    """An event as it could be sent by itself: with what only its request said of it, and without the request's key."""
    if type(sent) is not dict:
        return sent
    event = {name: value for name, value in sent.items() if name != "writeKey"}
    if envelope.call != "batch":
        event["type"] = envelope.call
    if envelope.sent_at is not None and not event.get("sentAt"):
        event["sentAt"] = envelope.sent_at
    return event


def read(
    events: Iterable[tuple[int, Any]], envelope: steps.Envelope, *, received_at: datetime
) -> tuple[Taken, list[Message]]:
    """Take each (place, event) through the steps. Nothing is stored yet."""
    taken = Taken()
    messages: list[Message] = []
    for place, raw in events:
        message = steps.read(raw, envelope, received_at=received_at)
        if isinstance(message, Drop):
            taken.dropped.append(Dropped(place, raw, message))
            continue
        message.place = place
        messages.append(message)
        if message.mended:
            taken.mended.append((place, message.mended))
    return taken, messages


def store(
    workspace_id: int,
    taken: Taken,
    messages: list[Message],
    *,
    received_at: datetime,
    rejections: list[tuple[Any, Drop]] | None = None,
    sender: Sender | None = None,
) -> Taken:
    """Append what was read to the log, and complete the account of it."""
    outcome = log.append(workspace_id, messages, received_at=received_at, rejections=rejections or (), sender=sender)
    taken.stored = outcome.stored
    taken.duplicates = outcome.duplicates
    taken.dropped += [Dropped(message.place, None, drop) for message, drop in outcome.refused]
    return taken
