"""Reading the event log in the order in which it was written, from a watermark on."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.db import connection

from onboarding.people.directory import Message
from workspaces.scope import current_workspace_id
from workspaces.tenants.models import Workspace


class Position(NamedTuple):
    """A place in the log: the writing transaction (xid8) and the row in it."""

    transaction: int
    row: int


START = Position(0, 0)


class LogRow(NamedTuple):
    """One message of the log, as far as progress reads it. Its JSON is parsed only where something asks for it."""

    transaction: int
    row: int
    type: str
    event: str
    sender: str
    anonymous_id: str
    previous_id: str
    group_id: str
    occurred_at: datetime
    message_id: str
    properties_json: str
    traits_json: str
    client_at: datetime

    @property
    def position(self) -> Position:
        return Position(self.transaction, self.row)

    @property
    def properties(self) -> dict[str, Any]:
        return orjson.loads(self.properties_json)

    @property
    def traits(self) -> dict[str, Any]:
        return orjson.loads(self.traits_json)

    def lies_before(self, begins: datetime | None) -> bool:
        """Whether it may be gone where the log is said to begin at that moment (log_begins_at); see STANDING."""
        return begins is not None and self.client_at < begins and self.occurred_at < begins

    def about_people(self) -> Message:
        """What the message says about who is who."""
        links: tuple[str, ...] = ()
        if self.anonymous_id and self.sender.startswith("u:"):
            links = (f"a:{self.anonymous_id}",)
        if self.previous_id and self.type == "alias":
            # Segment's alias doesn't say whether the former id was a userId or an anonymousId.
            former = (f"u:{self.previous_id}", f"a:{self.previous_id}")
            links += tuple(link for link in former if link != self.sender)
        return Message(
            self.sender,
            self.occurred_at,
            self.message_id,
            links,
            self.traits if self.type == "identify" else NOTHING,
            self.group_id,
            self.traits if self.type == "group" else NOTHING,
        )


COLUMNS = (
    "written_xid::text::bigint, id, type, event, sender, anonymous_id, previous_id, group_id, "
    "occurred_at, message_id, properties::text, traits::text, client_at"
)
# What comes before the log's beginning may be there still, or be there again as a late message; it counts no more
# than what is gone, or else what is found would depend on how far the removal has come.
STANDING = "greatest(client_at, occurred_at) >= coalesce(%s, '-infinity'::timestamptz)"
NOTHING: dict[str, Any] = {}


def horizon() -> int:
    """Transactions below this one are all over: what they wrote is visible, and nothing can still appear there.

    Rows commit out of order, so reading up to the largest id would skip those of a transaction still under way.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def log_begins_at() -> datetime | None:
    """The moment before which the current workspace's log may have gaps, because it no longer keeps what is older."""
    return Workspace.objects.values_list("log_begins_at", flat=True).get(pk=current_workspace_id())


def beyond(position: Position, *, before: int, limit: int) -> list[LogRow]:
    """At most `limit` rows after `position` that transactions below `before` wrote, in the order of writing."""
    return _rows("AND written_xid < %s::text::xid8", [str(before)], after=position, limit=limit)


def history(
    after: Position, until: Position, events: Iterable[str], *, types: Iterable[str], limit: int
) -> list[LogRow]:
    """At most `limit` rows after `after` up to `until` that are of these events, or calls of these types."""
    return _rows(
        f"AND (written_xid, id) <= (%s::text::xid8, %s) AND {STANDING} AND (event = ANY(%s) OR type = ANY(%s))",
        [str(until.transaction), until.row, log_begins_at(), list(events), list(types)],
        after=after,
        limit=limit,
    )


def up_to(until: Position, *, after: Position, limit: int) -> list[LogRow]:
    """At most `limit` rows after `after` up to `until`, in the order of writing."""
    return _rows(
        "AND (written_xid, id) <= (%s::text::xid8, %s)", [str(until.transaction), until.row], after=after, limit=limit
    )


def between(after: Position, until: Position, *, page: int = 10_000) -> Iterator[list[LogRow]]:
    """All rows after `after` up to `until`, page by page."""
    while rows := up_to(until, after=after, limit=page):
        yield rows
        after = rows[-1].position


def count(*, until: Position) -> int:
    """How many rows there are up to a position."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM intake_event WHERE workspace_id = %s AND (written_xid, id) <= (%s::text::xid8, %s)",
            [current_workspace_id(), str(until.transaction), until.row],
        )
        return int(cursor.fetchone()[0])


def any_beyond(position: Position) -> bool:
    """Whether anything visible lies after `position`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM intake_event "
            "WHERE workspace_id = %s AND (written_xid, id) > (%s::text::xid8, %s))",
            [current_workspace_id(), str(position.transaction), position.row],
        )
        return bool(cursor.fetchone()[0])


def of_senders(keys: Iterable[str], *, until: Position) -> list[LogRow]:
    """Every message of these senders up to a position, by time."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM intake_event WHERE workspace_id = %s AND sender = ANY(%s) "
            f"AND (written_xid, id) <= (%s::text::xid8, %s) AND {STANDING} ORDER BY occurred_at, message_id",
            [current_workspace_id(), list(keys), str(until.transaction), until.row, log_begins_at()],
        )
        return [LogRow(*record) for record in cursor]


def senders(*, until: Position) -> list[str]:
    """Every sender of a message up to a position, in the order of the alphabet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT sender FROM intake_event "
            f"WHERE workspace_id = %s AND (written_xid, id) <= (%s::text::xid8, %s) AND {STANDING} ORDER BY sender",
            [current_workspace_id(), str(until.transaction), until.row, log_begins_at()],
        )
        return [key for (key,) in cursor]


def with_links(*, until: Position) -> list[LogRow]:
    """Every message up to a position that says that two senders are one person."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM intake_event WHERE workspace_id = %s "
            f"AND (written_xid, id) <= (%s::text::xid8, %s) AND {STANDING} "
            "AND (previous_id <> '' OR (anonymous_id <> '' AND left(sender, 2) = 'u:'))",
            [current_workspace_id(), str(until.transaction), until.row, log_begins_at()],
        )
        return [LogRow(*record) for record in cursor]


def first_links(*, after: Position, until: Position) -> list[LogRow]:
    """Of the messages between two positions that say the same about who is who, the earliest one each, without traits.

    Equal times are told apart by the messageId, as everywhere; a list's least element is found without sorting all.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, sender, anonymous_id, previous_id, least[1]::timestamptz, least[2] FROM ("
            "SELECT CASE type WHEN 'alias' THEN type ELSE '' END AS kind, sender, anonymous_id, previous_id, "
            'min(ARRAY[occurred_at::text, message_id] COLLATE "C") AS least FROM intake_event '
            "WHERE workspace_id = %s AND (written_xid, id) > (%s::text::xid8, %s) "
            f"AND (written_xid, id) <= (%s::text::xid8, %s) AND {STANDING} "
            "AND (previous_id <> '' OR (anonymous_id <> '' AND left(sender, 2) = 'u:')) "
            "GROUP BY 1, 2, 3, 4) AS alike",
            [
                *(current_workspace_id(), str(after.transaction), after.row, str(until.transaction), until.row),
                log_begins_at(),
            ],
        )
        return [
            LogRow(0, 0, kind, "", sender, anonymous_id, previous_id, "", at, message_id, "{}", "{}", at)
            for kind, sender, anonymous_id, previous_id, at, message_id in cursor
        ]


def memberships(*, until: Position) -> list[tuple[str, str, datetime]]:
    """Every sender that a message up to a position said to be in an account: with the account, and since when."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sender, group_id, min(occurred_at) FROM intake_event WHERE workspace_id = %s "
            f"AND (written_xid, id) <= (%s::text::xid8, %s) AND {STANDING} AND group_id <> '' "
            "GROUP BY sender, group_id",
            [current_workspace_id(), str(until.transaction), until.row, log_begins_at()],
        )
        return cursor.fetchall()


def _rows(condition: str, parameters: list[Any], *, after: Position, limit: int) -> list[LogRow]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM intake_event "
            "WHERE workspace_id = %s AND (written_xid, id) > (%s::text::xid8, %s) "
            # Qualified: the plain name is also that of the cast in COLUMNS, which no index is ordered by.
            f"{condition} ORDER BY intake_event.written_xid, intake_event.id LIMIT %s",
            [current_workspace_id(), str(after.transaction), after.row, *parameters, limit],
        )
        return [LogRow(*record) for record in cursor]
