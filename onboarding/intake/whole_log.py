"""The whole log of a workspace in Segment's shape, for its export: to be imported again as it is."""

from collections.abc import Iterator
from typing import Any

import orjson
from django.db import connection

from onboarding.intake.message import Message, as_sent
from workspaces.scope import scope

AT_ONCE = 2_000

FIELDS = (
    *("type", "message_id", "event", "sender", "anonymous_id", "previous_id", "group_id", "client_at", "occurred_at"),
    *("clamped", "properties", "traits", "context"),
)
JSON = {"properties", "traits", "context"}
# In the order of writing, which an index has.
NEXT = f"""
SELECT written_xid::text, id, {", ".join(f"{field}::text" if field in JSON else field for field in FIELDS)}
FROM intake_event WHERE workspace_id = %s AND (written_xid, id) > (%s::text::xid8, %s)
ORDER BY intake_event.written_xid, intake_event.id LIMIT %s"""


def lines(workspace_id: int) -> Iterator[list[bytes]]:
    """JSON lines, some at a time, each some in a scope of its own. Outside of any."""
    transaction, row = "0", 0
    while True:
        with scope(workspace_id), connection.cursor() as cursor:
            cursor.execute(NEXT, [workspace_id, transaction, row, AT_ONCE])
            found = cursor.fetchall()
        if not found:
            return
        yield [_line(values) for _, _, *values in found]
        transaction, row = found[-1][:2]


def _line(values: list[Any]) -> bytes:
    said = {
        field: orjson.loads(str(value)) if field in JSON else value for field, value in zip(FIELDS, values, strict=True)
    }
    return orjson.dumps(as_sent(Message(**said))) + b"\n"
