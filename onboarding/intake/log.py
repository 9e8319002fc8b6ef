"""The event log's one way in: a batch of messages, durable when `append` returns.

1. The months that the messages fall in get their partitions, by a function of the database's (once per process).
2. One statement inserts the whole batch from one JSON parameter (as jsonb, which is parsed once where json is parsed
   for every field of its own); rows that are there already are passed over. What was
   rejected is noted by the same round trip. Outside of a transaction, PostgreSQL runs it all as one of its own, and
   commits before it answers.
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

from onboarding.intake import partitions
from onboarding.intake.limits import MAX_EVENT_BYTES
from onboarding.intake.message import Message, to_json
from onboarding.intake.reasons import Drop, Reason
from onboarding.intake.storable import excerpt
from workspaces.scope import scope
from workspaces.scope.wakes import announce

# The rows of message.to_json: what is empty is missing there.
_ROWS = """jsonb_to_recordset(%(messages)s::jsonb) AS m(
    client_at timestamptz, claimed_at timestamptz, message_id text, type text, event text, sender text,
    anonymous_id text, previous_id text, group_id text, occurred_at timestamptz, clamped boolean,
    properties jsonb, traits jsonb, context jsonb)"""
_COLUMNS = "type, event, sender, anonymous_id, previous_id, group_id, occurred_at, clamped, properties, traits, context"
_VALUES = """m.type, coalesce(m.event, ''), m.sender, coalesce(m.anonymous_id, ''), coalesce(m.previous_id, ''),
    coalesce(m.group_id, ''), coalesce(m.occurred_at, m.client_at), coalesce(m.clamped, false),
    coalesce(m.properties, '{}'), coalesce(m.traits, '{}'), coalesce(m.context, '{}')"""

# A message whose time lay far ahead when it first came is in the log under its receipt's time. (NOT IN is a look-up
# in a hash that is nearly always empty; NOT EXISTS would become a join that loses the rows' order.)
_UNCLAIMED = """m.message_id NOT IN (
    SELECT r.message_id FROM intake_receipt r
    WHERE r.workspace_id = %(workspace_id)s AND r.claimed_at BETWEEN %(earliest)s AND %(latest)s)"""

_INSERT = f"""
INSERT INTO intake_event (workspace_id, client_at, message_id, received_at, {_COLUMNS})
SELECT %(workspace_id)s, m.client_at, m.message_id, %(received_at)s, {_VALUES}
FROM {_ROWS} WHERE {_UNCLAIMED}
ON CONFLICT DO NOTHING"""

# Receipt and event are stored together, so a receipt that is there already means that the event is, too.
_INSERT_WITH_RECEIPTS = f"""
WITH m AS MATERIALIZED (SELECT * FROM {_ROWS}),
receipt AS (
    INSERT INTO intake_receipt (workspace_id, message_id, client_at, claimed_at)
    SELECT %(workspace_id)s, message_id, %(received_at)s, claimed_at FROM m WHERE client_at IS NULL
    ON CONFLICT DO NOTHING RETURNING message_id, client_at)
INSERT INTO intake_event (workspace_id, client_at, message_id, received_at, {_COLUMNS})
SELECT %(workspace_id)s, coalesce(m.client_at, receipt.client_at), m.message_id, %(received_at)s, {_VALUES}
FROM m LEFT JOIN receipt ON receipt.message_id = m.message_id
WHERE receipt.message_id IS NOT NULL OR (m.client_at IS NOT NULL AND {_UNCLAIMED})
ON CONFLICT DO NOTHING"""

_REJECT = """
INSERT INTO intake_rejection (workspace_id, received_at, reason, sentence, message)
SELECT %(workspace_id)s, %(received_at)s, r.reason, r.sentence, r.message
FROM json_to_recordset(%(rejections)s::json) AS r(reason text, sentence text, message text)"""

_BIND = "SELECT set_config('app.workspace_id', %(workspace_id)s::text, true)"

_RETRIES = 5
_DEADLOCK = "40P01"
_NO_PARTITION = "23514"
# What a single row can be at fault for: data exceptions, and an entry too large for an index or a stack.
_DATA_FAULTS = ("22", "54")


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
) -> Outcome:
    """Store the messages that are new, each once, and note the rejections (what was sent, and why not).

    Joins the caller's transaction if there is one. Raises DatabaseError when nothing was stored.
    """
    moment = received_at or timezone.now()
    unique: dict[tuple[str, datetime | None], Message] = {}
    for message in messages:
        unique.setdefault((message.message_id, message.client_at or message.claimed_at), message)
    outcome = Outcome()
    _store(workspace_id, sorted(unique.values(), key=attrgetter("message_id")), moment, rejections, outcome)
    outcome.duplicates = len(messages) - outcome.stored - len(outcome.refused)
    if outcome.stored:
        announce("intake.news", workspace_id)
    return outcome


def _store(
    workspace_id: int,
    messages: list[Message],
    received_at: datetime,
    rejections: Sequence[tuple[Any, Drop]],
    outcome: Outcome,
) -> None:
    if not messages and not rejections:
        return
    try:
        outcome.stored += _insert(workspace_id, messages, received_at, rejections)
    except DatabaseError as error:
        if not _sqlstate(error).startswith(_DATA_FAULTS) or not messages:
            raise
        if len(messages) > 1:
            half = len(messages) // 2
            _store(workspace_id, messages[:half], received_at, rejections, outcome)
            _store(workspace_id, messages[half:], received_at, (), outcome)
            return
        drop = Drop(Reason.UNSTORABLE, f"The database cannot hold the event: {error.__cause__}".splitlines()[0])
        outcome.refused.append((messages[0], drop))
        sent = {"messageId": messages[0].message_id, "type": messages[0].type, "properties": messages[0].properties}
        _insert(workspace_id, [], received_at, [*rejections, (sent, drop)])


def _insert(
    workspace_id: int, messages: list[Message], received_at: datetime, rejections: Sequence[tuple[Any, Drop]]
) -> int:
    statements = []
    parameters: dict[str, Any] = {"workspace_id": workspace_id, "received_at": received_at}
    if rejections:
        statements.append(_REJECT)
        parameters["rejections"] = json.dumps(
            [
                {"reason": drop.reason, "sentence": drop.sentence, "message": excerpt(sent, limit=MAX_EVENT_BYTES)}
                for sent, drop in rejections
            ]
        )
    if messages:
        parameters["messages"] = to_json(messages)
        times = [message.client_at for message in messages if message.client_at is not None]
        parameters["earliest"] = min(times, default=received_at)
        parameters["latest"] = max(times, default=received_at)
        statements.append(_INSERT if len(times) == len(messages) else _INSERT_WITH_RECEIPTS)
        months = partitions.months_of(messages, received_at)
    else:
        months = set()
    for attempt in range(1, _RETRIES + 1):
        partitions.ensure(months)
        try:
            stored = _execute(workspace_id, ";".join(statements), parameters)
        except DatabaseError as error:
            state = _sqlstate(error)
            if attempt == _RETRIES or state not in {_DEADLOCK, _NO_PARTITION}:
                raise
            partitions.forget()
        else:
            return stored if messages else 0
    raise AssertionError("unreachable")


def _execute(workspace_id: int, statements: str, parameters: dict[str, Any]) -> int:
    """Run the statements in the workspace's scope, all or none, and return the last one's row count."""
    if connection.in_atomic_block:
        with scope(workspace_id), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statements, parameters)
            return cursor.rowcount
    with connection.cursor() as cursor:
        cursor.execute(f"{_BIND};{statements}", parameters)
        return cursor.rowcount


def _sqlstate(error: DatabaseError) -> str:
    return getattr(error.__cause__, "pgcode", None) or ""
