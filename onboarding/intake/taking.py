"""Take an envelope's events into the log: read each, store those that can be, say what became of the others."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from onboarding.intake import log, steps
from onboarding.intake.message import Message
from onboarding.intake.reasons import Drop


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


def take(workspace_id: int, envelope: steps.Envelope, *, received_at: datetime) -> Taken:
    """Take a live request's events, and note what was dropped as rejections for the workspace to see."""
    placed = zip(envelope.places or itertools.count(), envelope.events, strict=False)
    taken, messages = read(placed, envelope, received_at=received_at)
    rejections = [(dropped.sent, dropped.drop) for dropped in taken.dropped]
    return store(workspace_id, taken, messages, received_at=received_at, rejections=rejections)


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
) -> Taken:
    """Append what was read to the log, and complete the account of it."""
    outcome = log.append(workspace_id, messages, received_at=received_at, rejections=rejections or ())
    taken.stored = outcome.stored
    taken.duplicates = outcome.duplicates
    taken.dropped += [Dropped(message.place, None, drop) for message, drop in outcome.refused]
    return taken
