"""Noting which live messages were in the log already, after the fact, for who wonders where a message went.

It runs only for requests that had a duplicate, when their answer is settled: whatever goes wrong here costs a line of
the debugger and nothing else. A message that comes again and again is one row that says how often.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from onboarding.intake.message import Message
from onboarding.intake.models import Duplicate, Rejection
from workspaces.scope import scope
from workspaces.scope.bulk import dump

logger = logging.getLogger(__name__)

MOST_NOTED = 100  # of one request
MOST_KEPT = 100_000  # of one workspace, when old ones are forgotten
KEPT_FOR = timedelta(days=30)
FORGOTTEN_AT_ONCE = 5_000

# Which rows of the log these messages are: those of this very request have its receipt time, so they are left out,
# except for what stood in the request twice. A message without a usable time has the key of its receipt.
_NOTE = """
SET LOCAL statement_timeout = '2s';
WITH m AS MATERIALIZED (SELECT * FROM json_to_recordset(%(messages)s::json) AS x(
    message_id text, client_at timestamptz, type text, event text, sender text, again int)),
found AS MATERIALIZED (
    SELECT m.*, k.client_at AS known_at, e.received_at AS first_at
    FROM m
    LEFT JOIN intake_receipt r ON r.workspace_id = %(workspace_id)s AND r.message_id = m.message_id
        AND (m.client_at IS NULL OR r.claimed_at = m.client_at)
    CROSS JOIN LATERAL (SELECT coalesce(r.client_at, m.client_at) AS client_at) k
    JOIN intake_event e ON e.workspace_id = %(workspace_id)s AND e.message_id = m.message_id
        AND e.client_at = k.client_at
    WHERE e.received_at <> %(received_at)s OR m.again > 0
    LIMIT %(most)s)
INSERT INTO intake_duplicate
    (workspace_id, message_id, client_at, received_at, first_received_at, times, type, event, sender)
SELECT %(workspace_id)s, message_id, known_at, %(received_at)s, first_at,
    again + (first_at <> %(received_at)s)::int, type, event, sender
FROM found ORDER BY message_id, known_at
ON CONFLICT (workspace_id, message_id, client_at)
DO UPDATE SET received_at = excluded.received_at, times = intake_duplicate.times + excluded.times"""


def note(workspace_id: int, messages: Sequence[Message], *, received_at: datetime) -> None:
    """Note those of a request's messages that were in the log before it came, or stood in it twice. Never raises."""
    times = Counter((message.message_id, message.client_at or message.claimed_at) for message in messages)
    rows = {
        (message.message_id, message.client_at or message.claimed_at): {
            "message_id": message.message_id,
            "client_at": message.client_at,
            "type": message.type,
            "event": message.event,
            "sender": message.sender,
        }
        for message in messages
    }
    try:
        with scope(workspace_id), connection.cursor() as cursor:
            cursor.execute(
                _NOTE,
                {
                    "workspace_id": workspace_id,
                    "received_at": received_at,
                    "messages": dump([{**row, "again": times[key] - 1} for key, row in rows.items()]),
                    "most": MOST_NOTED,
                },
            )
    except Exception:
        logger.exception("Duplicates sent to workspace %s could not be noted; the log has them", workspace_id)


def forget_old(workspace_id: int, *, now: datetime) -> int:
    """Delete a workspace's rejections and duplicates that are older than KEPT_FOR. Returns how many there were."""
    total = 0
    for model in (Rejection, Duplicate):
        deleted = FORGOTTEN_AT_ONCE
        while deleted == FORGOTTEN_AT_ONCE:
            with scope(workspace_id):
                old = model.objects.filter(received_at__lt=now - KEPT_FOR).order_by("received_at")
                ids = list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
                deleted = model.objects.filter(pk__in=ids)._raw_delete("default") if ids else 0
            total += deleted
    return total + _forget_beyond_the_most(workspace_id)


def _forget_beyond_the_most(workspace_id: int) -> int:
    with scope(workspace_id):
        newest = Duplicate.objects.order_by("-received_at", "-pk")
        beyond = list(newest.values_list("pk", flat=True)[MOST_KEPT : MOST_KEPT + FORGOTTEN_AT_ONCE])
        return Duplicate.objects.filter(pk__in=beyond)._raw_delete("default") if beyond else 0
