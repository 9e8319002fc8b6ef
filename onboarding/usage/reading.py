"""The event log as far as use is read from it: who did what when, and which signals that counts for."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson
from django.db import connection

from onboarding.progress import news
from onboarding.progress.news import Position
from onboarding.usage.plan import Plan
from onboarding.usage.standing import ANY, Span
from workspaces.scope import current_workspace_id

# Calls that are something a person does; identify, group and alias say something about them.
DOING = frozenset({"track", "page", "screen"})

_COLUMNS = (
    "written_xid::text::bigint, id, type, event, sender, occurred_at, "
    "CASE WHEN event = ANY(%(with_properties)s) THEN properties::text END"
)
_BEYOND = f"""
SELECT {_COLUMNS} FROM intake_event WHERE workspace_id = %(workspace)s
    AND (written_xid, id) > (%(after)s::text::xid8, %(after_row)s)
    AND (written_xid, id) <= (%(until)s::text::xid8, %(until_row)s)
ORDER BY written_xid, id LIMIT %(limit)s"""
_OF_SENDERS = f"""
SELECT {_COLUMNS} FROM intake_event WHERE workspace_id = %(workspace)s AND sender = ANY(%(senders)s)
    AND (written_xid, id) <= (%(until)s::text::xid8, %(until_row)s)
    AND greatest(client_at, occurred_at) >= coalesce(%(begins)s, '-infinity'::timestamptz)"""

DayKey = tuple[str, str, date]  # sender, signal, day


class Row(NamedTuple):
    transaction: int
    row: int
    type: str
    event: str
    sender: str
    occurred_at: datetime
    properties_json: str | None

    @property
    def position(self) -> Position:
        return Position(self.transaction, self.row)

    def signals(self, plan: Plan) -> Iterable[str]:
        """The signals that the message counts for."""
        found = [ANY] if self.type in DOING else []
        if conditions := plan.by_event.get(self.event):
            properties = orjson.loads(self.properties_json) if self.properties_json else {}
            found += (condition.signal for condition in conditions if condition.matches(properties))
        return found


def beyond(after: Position, *, until: Position, limit: int, plan: Plan) -> list[Row]:
    """At most `limit` messages after one position up to another, in the order of writing."""
    return _rows(_BEYOND, plan, until, after=str(after.transaction), after_row=after.row, limit=limit)


def of_senders(keys: Iterable[str], *, until: Position, plan: Plan) -> list[Row]:
    """Every message of these senders up to a position, as far back as the log is whole."""
    return _rows(_OF_SENDERS, plan, until, senders=list(keys), begins=news.log_begins_at())


def _rows(statement: str, plan: Plan, until: Position, **values: Any) -> list[Row]:
    values |= {"workspace": current_workspace_id(), "until": str(until.transaction), "until_row": until.row}
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, "with_properties": plan.with_properties})
        return [Row(*record) for record in cursor]


def spans_of(rows: Iterable[Row], plan: Plan) -> dict[DayKey, Span]:
    """By sender, signal and day of the workspace's zone: the first and the last moment."""
    spans: dict[DayKey, Span] = {}
    for row in rows:
        at = row.occurred_at
        day = at.astimezone(plan.zone).date()
        for signal in row.signals(plan):
            key = (row.sender, signal, day)
            known = spans.get(key)
            if known is None:
                spans[key] = Span(at, at)
            elif not known.first_at <= at <= known.last_at:
                spans[key] = known.joined(Span(at, at))
    return spans


def any_beyond(after: Position, *, until: Position) -> bool:
    """Whether any message lies between two positions."""
    if after >= until:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM intake_event WHERE workspace_id = %s "
            "AND (written_xid, id) > (%s::text::xid8, %s) AND (written_xid, id) <= (%s::text::xid8, %s))",
            [current_workspace_id(), str(after.transaction), after.row, str(until.transaction), until.row],
        )
        return bool(cursor.fetchone()[0])
