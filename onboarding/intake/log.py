"""The event log's one way in: a batch of messages, durable when `append` returns.

1. The months that the messages fall in get their partitions, by a function of the database's (once per process).
2. One round trip binds the scope and inserts the whole batch from one JSON parameter (statements.py); rows that are
   there already are passed over, and what was rejected is noted beside. Outside of a transaction, PostgreSQL runs it
   all as one of its own, and commits before it answers.
3. Then the rooms above are told that there is news. A lost call costs seconds: they also look by themselves.

Rows go in ordered by messageId, so that two senders of the same events wait for one another rather than deadlock.
If the database refuses a value that the steps let through, the batch is halved until that message is alone.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from onboarding.intake import partitions, statements
from onboarding.intake.limits import MAX_EVENT_BYTES
from onboarding.intake.message import Message, as_sent, to_json
from onboarding.intake.reasons import Drop, Reason
from onboarding.intake.storable import excerpt
from workspaces.keys.known import KeyRevoked, Sender
from workspaces.scope import scope
from workspaces.scope.prepared import sqlstate
from workspaces.scope.wakes import announce, announce_soon

_RETRIES = 5
_DEADLOCK = "40P01"
_NO_PARTITION = "23514"
# What a single row can be at fault for: data exceptions, and an entry too large for an index or a stack.
_DATA_FAULTS = ("22", "54")
# The wall refused the rows: their scope is not bound, because the key that it goes by is not valid any more.
_NOT_IN_SCOPE = "42501"


@dataclass
class Outcome:
    """What became of a batch. stored + duplicates + len(refused) is the number of messages given."""

    stored: int = 0
    duplicates: int = 0
    refused: list[tuple[Message, Drop]] = field(default_factory=list)


def append(
    workspace_id: int,
    messages: Sequence[Message],
    *,
    received_at: datetime | None = None,
    rejections: Sequence[tuple[Any, Drop]] = (),
    sender: Sender | None = None,
) -> Outcome:
    """Store the messages that are new, each once, and note the rejections (what was sent, and why not).

    With `sender`, what is stored is stored by the right of its key: the database looks, in the same transaction,
    whether the key is still valid, and KeyRevoked is raised when it is not. The rooms above are then told by the
    process's announcer instead of by the request itself.

    Joins the caller's transaction if there is one. Raises DatabaseError when nothing was stored.
    """
    batch = _Batch(workspace_id, received_at or timezone.now(), sender.digest if sender else "")
    unique: dict[tuple[str, datetime | None], Message] = {}
    for message in messages:
        unique.setdefault((message.message_id, message.client_at or message.claimed_at), message)
    outcome = Outcome()
    if sender and not messages and not rejections and not sender.is_still_valid():
        raise KeyRevoked
    try:
        _store(batch, sorted(unique.values(), key=attrgetter("message_id")), rejections, outcome)
    except DatabaseError as error:
        if sender is None or sqlstate(error) != _NOT_IN_SCOPE or sender.is_still_valid():
            raise
        raise KeyRevoked from error
    outcome.duplicates = len(messages) - outcome.stored - len(outcome.refused)
    if outcome.stored or (sender and outcome.duplicates):  # they may be of a request whose answer got lost
        (announce_soon if sender else announce)("intake.news", workspace_id)
    return outcome


@dataclass(frozen=True)
class _Batch:
    """What all rows of a batch share. `key` is the digest of the key by whose right they are stored, or ''."""

    workspace_id: int
    received_at: datetime
    key: str


def _store(batch: _Batch, messages: list[Message], rejections: Sequence[tuple[Any, Drop]], outcome: Outcome) -> None:
    if not messages and not rejections:
        return
    try:
        outcome.stored += _insert(batch, messages, rejections)
    except DatabaseError as error:
        if not sqlstate(error).startswith(_DATA_FAULTS) or not messages:
            raise
        if len(messages) > 1:
            half = len(messages) // 2
            _store(batch, messages[:half], rejections, outcome)
            _store(batch, messages[half:], (), outcome)
            return
        drop = Drop(Reason.UNSTORABLE, f"The database cannot hold the event: {error.__cause__}".splitlines()[0])
        outcome.refused.append((messages[0], drop))
        _insert(batch, [], [*rejections, (as_sent(messages[0]), drop)])


def _insert(batch: _Batch, messages: list[Message], rejections: Sequence[tuple[Any, Drop]]) -> int:
    calls = []
    parameters: dict[str, Any] = {
        "workspace_id": batch.workspace_id,
        "received_at": batch.received_at,
        "key": batch.key,
    }
    if rejections:
        calls.append(statements.REJECT)
        parameters["rejections"] = json.dumps(
            [
                {"reason": drop.reason, "sentence": drop.sentence, "message": excerpt(sent, limit=MAX_EVENT_BYTES)}
                for sent, drop in rejections
            ]
        )
    months: set[tuple[int, int]] = set()
    if messages:
        parameters["messages"] = to_json(messages)
        times = [message.client_at for message in messages if message.client_at is not None]
        parameters["earliest"] = min(times, default=batch.received_at)
        parameters["latest"] = max(times, default=batch.received_at)
        calls.append(statements.APPEND if len(times) == len(messages) else statements.APPEND_WITH_RECEIPTS)
        months = partitions.months_of(messages, batch.received_at)
    for attempt in range(1, _RETRIES + 1):
        partitions.ensure(months)
        try:
            stored = _execute(batch, calls, parameters)
        except DatabaseError as error:
            state = sqlstate(error)
            if attempt == _RETRIES or state not in {_DEADLOCK, _NO_PARTITION}:
                raise
            partitions.forget()
        else:
            return stored if messages else 0
    raise AssertionError("unreachable")


def _execute(batch: _Batch, calls: list[str], parameters: dict[str, Any]) -> int:
    """Run the statements in the workspace's scope, all or none, and return the last one's row count."""
    if connection.in_atomic_block:
        with scope(batch.workspace_id), transaction.atomic():
            return statements.STATEMENTS.run(calls, parameters)
    bind = statements.BIND_BY_KEY if batch.key else statements.BIND
    return statements.STATEMENTS.run([bind, *calls], parameters, anew_if_lost=True)
