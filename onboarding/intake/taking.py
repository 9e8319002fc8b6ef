"""Take an envelope's events into the log: read each, store those that can be, say what became of the others."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from onboarding.intake import duplicates, log, steps
from onboarding.intake.message import Message
from onboarding.intake.reasons import Drop, Reason
from workspaces.keys.known import Sender
from workspaces.privacy import suppression

ADDRESSES, POSTHOGS_ADDRESSES = ("ip",), ("$ip",)
BROWSERS, POSTHOGS_BROWSERS = ("userAgent", "userAgentData"), ("$raw_user_agent", "$user_agent")
ERASED = "This person was erased from the workspace, so nothing is taken under their ids any more."


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
    # Events of people who were erased: of a live request they are passed over without a word, because whoever has the
    # write key, which is public, could otherwise ask who was.
    erased: int = 0

    @property
    def accepted(self) -> int:
        """How many events are in the log, from now or from before."""
        return self.stored + self.duplicates


def take(workspace_id: int, envelope: steps.Envelope, *, received_at: datetime, sender: Sender | None = None) -> Taken:
    """Take a live request's events, and note what was dropped, or was there already, for the workspace to see.

    With `sender`, by the right of its key: raises KeyRevoked when that is not valid any more.
    """
    placed = zip(envelope.places or itertools.count(), envelope.events, strict=False)
    taken, messages = read(placed, envelope, received_at=received_at)
    erased = suppression.rules_of(workspace_id).erased
    rejections = [
        (whole(dropped.sent, envelope), dropped.drop) for dropped in taken.dropped if not _is_of(erased, dropped.sent)
    ]
    passed_over: list[Message] = []
    messages = _of_those_who_stay(workspace_id, messages, passed_over)
    taken.erased = len(passed_over)
    _append(workspace_id, taken, messages, received_at=received_at, rejections=rejections, sender=sender)
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


def store(workspace_id: int, taken: Taken, messages: list[Message], *, received_at: datetime) -> Taken:
    """Append what a member had read to the log, and complete the account of it."""
    passed_over: list[Message] = []
    messages = _of_those_who_stay(workspace_id, messages, passed_over)
    taken.dropped += [Dropped(one.place, None, Drop(Reason.PERSON_ERASED, ERASED)) for one in passed_over]
    return _append(workspace_id, taken, messages, received_at=received_at)


def _of_those_who_stay(workspace_id: int, messages: list[Message], passed_over: list[Message]) -> list[Message]:
    """The messages but those of people who were erased, which are added to `passed_over` and counted.

    What others say of them (a device that they shared) is taken without their ids. And what the workspace does not keep
    is left out of all.
    """
    rules = suppression.rules_of(workspace_id)
    erased = rules.erased
    _leave_out(messages, rules)
    if erased is None:
        return messages
    stay: list[Message] = []
    for message in messages:
        former = message.previous_id and any(f"{kind}:{message.previous_id}" in erased for kind in "ua")
        if message.sender in erased or former:
            passed_over.append(message)
            continue
        if message.anonymous_id and f"a:{message.anonymous_id}" in erased:
            message.anonymous_id = ""
        stay.append(message)
    if passed_over:
        suppression.note_refused(workspace_id, len(passed_over))
    return stay


def _leave_out(messages: list[Message], rules: suppression.Rules) -> None:
    """Take addresses and browsers out, where the workspace keeps none: as Segment's and as PostHog's SDKs send them."""
    in_context: tuple[str, ...] = () if rules.addresses else ADDRESSES
    in_properties: tuple[str, ...] = () if rules.addresses else POSTHOGS_ADDRESSES
    if not rules.user_agents:
        in_context, in_properties = in_context + BROWSERS, in_properties + POSTHOGS_BROWSERS
    for message in messages if in_context else ():
        if message.context:
            for name in in_context:
                if name in message.context:
                    del message.context[name]
        if message.properties:
            for name in in_properties:
                if name in message.properties:
                    del message.properties[name]


def _is_of(erased: suppression.Erased | None, sent: Any) -> bool:
    """Whether what was sent, and is wrong in some way, names somebody who was erased as its sender."""
    if erased is None or type(sent) is not dict:
        return False
    return f"u:{sent.get('userId')}" in erased or f"a:{sent.get('anonymousId')}" in erased


def _append(
    workspace_id: int,
    taken: Taken,
    messages: list[Message],
    *,
    received_at: datetime,
    rejections: list[tuple[Any, Drop]] | None = None,
    sender: Sender | None = None,
) -> Taken:
    outcome = log.append(workspace_id, messages, received_at=received_at, rejections=rejections or (), sender=sender)
    taken.stored = outcome.stored
    taken.duplicates = outcome.duplicates
    taken.dropped += [Dropped(message.place, None, drop) for message, drop in outcome.refused]
    return taken
