"""One event as the log keeps it."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Message:
    """A validated event, made by intake's steps. The names are those of the log's columns.

    `client_at` is what the client repeats when it retries, and so is part of the row's key; None when the client
    stated no time, or one so far ahead (`claimed_at`) that it can be no key. `occurred_at` is when it happened.
    """

    type: str
    message_id: str = ""
    event: str = ""
    sender: str = ""
    anonymous_id: str = ""
    previous_id: str = ""
    group_id: str = ""
    client_at: datetime | None = None
    claimed_at: datetime | None = None
    occurred_at: datetime = _EPOCH
    clamped: bool = False
    properties: dict[str, Any] = field(default_factory=dict)
    traits: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    # For the answer, not for the log: where it stood in what was sent, and how many values had to be changed.
    place: int = 0
    mended: int = 0


def to_json(messages: list[Message]) -> str:
    """The messages' rows as one JSON list of objects, for the log's one statement.

    What is empty is left out: half of the fields are, and PostgreSQL's time goes by the field.
    """
    rows = [_row(message) for message in messages]
    try:
        return orjson.dumps(rows).decode()
    except TypeError:  # an integer beyond 64 bits, which PostgreSQL keeps exactly
        return json.dumps(rows, default=datetime.isoformat, ensure_ascii=False)


def as_sent(message: Message) -> dict[str, Any]:
    """The message in Segment's shape, as it could be sent again."""
    kind, _, sender = message.sender.partition(":")
    event = {
        "messageId": message.message_id,
        "type": message.type,
        "event": message.event if message.type == "track" else "",
        "userId": sender if kind == "u" else "",
        "anonymousId": message.anonymous_id,
        "previousId": message.previous_id,
        "groupId": message.group_id,
        "timestamp": (message.client_at or message.claimed_at or message.occurred_at).isoformat(),
        "properties": message.properties,
        "traits": message.traits,
        "context": message.context,
    }
    return {name: value for name, value in event.items() if value}


def _row(message: Message) -> dict[str, Any]:
    row: dict[str, Any] = {"message_id": message.message_id, "type": message.type, "sender": message.sender}
    if message.event:
        row["event"] = message.event
    if message.anonymous_id:
        row["anonymous_id"] = message.anonymous_id
    if message.previous_id:
        row["previous_id"] = message.previous_id
    if message.group_id:
        row["group_id"] = message.group_id
    if message.client_at is not None:
        row["client_at"] = message.client_at
    if message.claimed_at is not None:
        row["claimed_at"] = message.claimed_at
    if message.occurred_at != message.client_at:
        row["occurred_at"] = message.occurred_at
    if message.clamped:
        row["clamped"] = True
    if message.properties:
        row["properties"] = message.properties
    if message.traits:
        row["traits"] = message.traits
    if message.context:
        row["context"] = message.context
    return row
