"""One line of the debugger: a message that was stored, came again, or was rejected. Values, and their names:

5123-88   the log's row 88, written by transaction 5123
r17       rejection 17
d9        duplicate 9
"""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, NamedTuple

import orjson

from onboarding.intake.models import Duplicate, Rejection
from onboarding.progress.news import LogRow, Position

Outcome = Literal["stored", "duplicate", "rejected"]
OUTCOMES: tuple[Outcome, ...] = ("stored", "duplicate", "rejected")

_LARGEST = 2**63 - 1
_REF = re.compile(r"(?P<transaction>[0-9]{1,19})-(?P<row>[0-9]{1,19})|(?P<kind>[rd])(?P<pk>[0-9]{1,19})", re.ASCII)


class Ref(NamedTuple):
    """What a line is called by: a place in the log, or a rejection's or duplicate's id."""

    outcome: Outcome
    position: Position = Position(0, 0)
    pk: int = 0

    def __str__(self) -> str:
        if self.outcome == "stored":
            return f"{self.position.transaction}-{self.position.row}"
        return f"{self.outcome[0]}{self.pk}"

    @classmethod
    def read(cls, text: str) -> "Ref | None":
        found = _REF.fullmatch(text)
        if found is None:
            return None
        numbers = [int(number) for number in found.group("transaction", "row", "pk") if number]
        if max(numbers) > _LARGEST:
            return None
        if found["kind"]:
            return cls("rejected" if found["kind"] == "r" else "duplicate", pk=numbers[0])
        return cls("stored", Position(*numbers))


@dataclass(frozen=True)
class Logged:
    """A row of the log. `context_json` is fetched for a single one only."""

    row: LogRow
    client_at: datetime
    received_at: datetime
    clamped: bool
    context_json: str = "{}"

    @property
    def context(self) -> dict[str, Any]:
        return orjson.loads(self.context_json)


@dataclass(frozen=True)
class Sent:
    """What a rejection's text says of itself, as far as it can be read: it may be anything, and cut."""

    type: str = ""
    event: str = ""
    user_id: str = ""
    anonymous_id: str = ""
    email: str = ""
    message_id: str = ""

    @classmethod
    def read(cls, text: str) -> "Sent":
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return cls(**{name: _cut_out(key, text) for name, key in _KEYS.items()})
        if not isinstance(value, dict):
            return cls()
        traits = value.get("traits")
        email = _text(traits.get("email")) if isinstance(traits, dict) else ""
        return cls(**{name: _text(value.get(key)) for name, key in _KEYS.items()}, email=email)


_KEYS = {
    "type": "type",
    "event": "event",
    "user_id": "userId",
    "anonymous_id": "anonymousId",
    "message_id": "messageId",
}
LONGEST_SHOWN = 255


def _text(value: Any) -> str:
    return str(value)[:LONGEST_SHOWN] if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _cut_out(key: str, text: str) -> str:
    """The text under this key in JSON that is cut, so that no parser takes it."""
    found = re.search(rf'"{key}":"((?:[^"\\]|\\.)*)"', text)
    try:
        return _text(json.loads(f'"{found[1]}"')) if found else ""
    except ValueError:
        return ""


@dataclass(frozen=True)
class Entry:
    """`at` is what the list is ordered by: receipt, or, for one person, when it happened."""

    ref: Ref
    at: datetime
    logged: Logged | None = None
    rejection: Rejection | None = None
    duplicate: Duplicate | None = None
    position: tuple[Any, int] = field(default=(0, 0), compare=False)

    @property
    def outcome(self) -> Outcome:
        return self.ref.outcome

    @property
    def received_at(self) -> datetime:
        said = self.logged or self.rejection or self.duplicate
        assert said is not None
        return said.received_at

    @cached_property
    def sent(self) -> Sent:
        return Sent.read(self.rejection.message) if self.rejection else Sent()

    @property
    def type(self) -> str:
        return self.logged.row.type if self.logged else self.duplicate.type if self.duplicate else self.sent.type

    @property
    def event(self) -> str:
        return self.logged.row.event if self.logged else self.duplicate.event if self.duplicate else self.sent.event

    @property
    def message_id(self) -> str:
        if self.logged:
            return self.logged.row.message_id
        return self.duplicate.message_id if self.duplicate else self.sent.message_id

    @property
    def sender(self) -> str:
        if self.logged:
            return self.logged.row.sender
        if self.duplicate:
            return self.duplicate.sender
        if self.sent.user_id:
            return f"u:{self.sent.user_id}"
        return f"a:{self.sent.anonymous_id}" if self.sent.anonymous_id else ""

    @property
    def name(self) -> str:
        """What it is called in a list."""
        return self.event or self.type or "unreadable"
