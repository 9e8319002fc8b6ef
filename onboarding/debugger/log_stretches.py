"""The event log read backwards from a place, a bounded stretch at a time, in the current scope.

There is no index on the time of receipt, on names or on outcomes, and for these alone there should be none: every one
would be paid for with every message. What there is: (workspace, writing transaction, row), which is the order of
receipt as good as; (workspace, sender, when it happened); and the log's key, by messageId. So whatever else is asked
for is looked for in the latest STRETCH messages of one of these orders, and then in the next.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from onboarding.debugger.entries import Entry, Logged, Ref
from onboarding.debugger.filters import Filters
from onboarding.progress.news import COLUMNS, LogRow, Position
from workspaces.scope import current_workspace_id

STRETCH = 50_000
# Rows stand in the order of their transactions, which is that of receipt but for transactions that overlap.
OVERLAP = timedelta(minutes=1)

_PLAIN = (
    "written_xid, id, type, event, sender, anonymous_id, previous_id, group_id, occurred_at, message_id, "
    "properties, traits, client_at, received_at, clamped"
)
_BY_WRITING = f"""
    SELECT {_PLAIN} FROM intake_event
    WHERE workspace_id = %(workspace)s {{before}} {{more}} ORDER BY written_xid DESC, id DESC LIMIT %(stretch)s"""
_BY_SENDERS = f"""
    SELECT {_PLAIN} FROM unnest(%(senders)s::text[]) AS x(key) CROSS JOIN LATERAL (
        SELECT {_PLAIN} FROM intake_event
        WHERE workspace_id = %(workspace)s AND sender = x.key {{before}} {{more}}
        ORDER BY occurred_at DESC, id DESC LIMIT %(stretch)s) e
    ORDER BY occurred_at DESC, id DESC LIMIT %(stretch)s"""


class Stretch(NamedTuple):
    """What was found, newest first. `end`: time and place at which the look ended with more of the log before it."""

    entries: list[Entry]
    end: tuple[datetime, list[Any]] | None


def read(filters: Filters, before: list[Any] | None, limit: int) -> Stretch:
    """At most `limit` messages that are asked for, from before a place on (as in Entry.position; None: the end)."""
    inner, parameters = _inner(filters, before)
    wanted = ""
    if filters.type:
        wanted, parameters["what"] = "WHERE type = %(what)s", filters.type
    elif filters.event:
        wanted, parameters["what"] = "WHERE event = %(what)s", filters.event
    if filters.since or filters.until:
        parameters |= {"since": filters.since, "until": filters.until}
        column = "occurred_at" if filters.senders else "received_at"
        times = [f"{column} >= %(since)s"] * bool(filters.since) + [f"{column} <= %(until)s"] * bool(filters.until)
        wanted += (" AND " if wanted else "WHERE ") + " AND ".join(times)
    if not wanted:
        parameters["stretch"] = limit
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS}, client_at, received_at, clamped FROM ({inner}) s {wanted} LIMIT %(limit)s",
            {**parameters, "limit": limit},
        )
        entries = [_entry(record, by_person=bool(filters.senders)) for record in cursor]
    if len(entries) == limit or not wanted:
        return Stretch(entries, None)
    return Stretch(entries, _end(inner, parameters, by_person=bool(filters.senders)))


def one(position: Position) -> Entry | None:
    """The message at a place of the log, with its context."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS}, client_at, received_at, clamped, context::text FROM intake_event "
            "WHERE workspace_id = %s AND written_xid = %s::text::xid8 AND id = %s",
            [current_workspace_id(), str(position.transaction), position.row],
        )
        found = cursor.fetchone()
    return _entry(found, by_person=False) if found else None


def by_key(message_id: str, client_at: datetime) -> Entry | None:
    """The message of this key."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS}, client_at, received_at, clamped, context::text FROM intake_event "
            "WHERE workspace_id = %s AND message_id = %s AND client_at = %s",
            [current_workspace_id(), message_id, client_at],
        )
        found = cursor.fetchone()
    return _entry(found, by_person=False) if found else None


def _inner(filters: Filters, before: list[Any] | None) -> tuple[str, dict[str, Any]]:
    parameters: dict[str, Any] = {"workspace": current_workspace_id(), "stretch": STRETCH}
    if filters.senders:
        parameters["senders"] = list(filters.senders)
        before_sql, more = "", ""
        if before:
            before_sql = "AND (occurred_at, id) < (%(a)s::timestamptz, %(b)s)"
            parameters |= {"a": before[0], "b": before[1]}
        if filters.until:
            before_sql += " AND occurred_at <= %(newest)s"
            parameters["newest"] = filters.until
        if filters.since:
            before_sql += " AND occurred_at >= %(oldest)s"
            parameters["oldest"] = filters.since
        if filters.message_id:
            more, parameters["message"] = "AND message_id = %(message)s", filters.message_id
        return _BY_SENDERS.format(before=before_sql, more=more), parameters
    if filters.message_id:
        parameters["message"] = filters.message_id
        return _BY_WRITING.format(before=_before(before, parameters), more="AND message_id = %(message)s"), parameters
    if filters.until and (not before):
        before = [_transaction_at(filters.until + OVERLAP) + 1, 0]
    more = ""
    if filters.since:
        more = "AND written_xid >= %(first)s::text::xid8"
        parameters["first"] = str(_transaction_at(filters.since - OVERLAP))
    return _BY_WRITING.format(before=_before(before, parameters), more=more), parameters


def _before(before: list[Any] | None, parameters: dict[str, Any]) -> str:
    if not before:
        return ""
    parameters |= {"a": str(before[0]), "b": before[1]}
    return "AND (written_xid, id) < (%(a)s::text::xid8, %(b)s)"


def _end(inner: str, parameters: dict[str, Any], *, by_person: bool) -> tuple[datetime, list[Any]] | None:
    """Where the stretch ended, if there is more of the log before it."""
    at, place = ("occurred_at", "occurred_at") if by_person else ("received_at", "written_xid::text::bigint")
    last = {**parameters, "last": STRETCH - 1}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {at}, {place}, id FROM ({inner}) s OFFSET %(last)s", last)
        found = cursor.fetchone()
    if found is None:
        return None
    return found[0], [found[1].isoformat() if by_person else found[1], found[2]]


# Qualified, because the plain name is also that of the cast, by which no index is ordered.
_AT = """
SELECT received_at, written_xid::text::bigint FROM intake_event
WHERE workspace_id = %s AND written_xid <= %s::text::xid8
ORDER BY intake_event.written_xid DESC, id DESC LIMIT 1"""


def _transaction_at(moment: datetime) -> int:
    """The last transaction that wrote a message received by then, found by halving; 0 if none did."""
    low, high = 0, 2**63 - 1
    with connection.cursor() as cursor:
        while low < high:
            middle = (low + high + 1) // 2
            cursor.execute(_AT, [current_workspace_id(), str(middle)])
            found = cursor.fetchone()
            if found is None or found[0] <= moment:
                low = middle
            else:
                high = found[1] - 1
    return low


def _entry(record: tuple[Any, ...], *, by_person: bool) -> Entry:
    row = LogRow(*record[:12])
    client_at, received_at, clamped, *context = record[12:]
    logged = Logged(row, client_at, received_at, clamped, *context)
    place = row.occurred_at.isoformat() if by_person else row.transaction
    at = row.occurred_at if by_person else received_at
    return Entry(Ref("stored", row.position), at, logged=logged, position=(place, row.row))
