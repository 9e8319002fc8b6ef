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
    """The messages' rows as one JSON list of objects, for the log's one statement."""
    rows = [
        {
            "message_id": m.message_id,
            "type": m.type,
            "event": m.event,
            "sender": m.sender,
            "anonymous_id": m.anonymous_id,
            "previous_id": m.previous_id,
            "group_id": m.group_id,
            "client_at": m.client_at,
            "claimed_at": m.claimed_at,
            "occurred_at": m.occurred_at,
            "clamped": m.clamped,
            "properties": m.properties,
            "traits": m.traits,
            "context": m.context,
        }
        for m in messages
    ]
    try:
        return orjson.dumps(rows).decode()
    except TypeError:  # an integer beyond 64 bits, which PostgreSQL keeps exactly
        return json.dumps(rows, default=datetime.isoformat, ensure_ascii=False)
