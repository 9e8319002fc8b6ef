"""Removing raw events that a workspace no longer keeps, by functions of the database that refuse anything younger.

Whatever the application asks for, rows go only if they lie before the workspace's `log_begins_at` and its setting
still says so. Each call is a small transaction of its own, so that nobody's reading of the log is held back.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from django.db import connection

from onboarding.intake import partitions

AT_ONCE = 5_000  # rows in one transaction: about a tenth of a second


def remove(workspace_id: int, *, transaction: int, row: int, at_most: int = AT_ONCE) -> int:
    """Remove up to `at_most` expired rows that lie up to this position in the log, and then their receipts.

    Returns how many went; fewer than `at_most` when nothing is left. Outside of any scope and transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT intake_remove_expired(%s, %s::text::xid8, %s, %s)", [workspace_id, str(transaction), row, at_most]
        )
        return int(cursor.fetchone()[0])


def drop(month: date, *, horizon: int, unread: Mapping[int, int]) -> str:
    """Drop a whole month of the log, if every workspace with a row in it has let go of it and has read it.

    That is, its reader has passed what transactions below `horizon` wrote; in the workspaces that `unread` names, what
    transactions below the one there wrote. Says *dropped*, *needed*, *gone*, or *busy* when somebody uses the log for
    longer than senders may be kept waiting. Outside of any scope and transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT intake_drop_expired(%s, %s::text::xid8, %s::bigint[], %s::text[]::xid8[])",
            [month, str(horizon), list(unread), [str(transaction) for transaction in unread.values()]],
        )
        verdict = str(cursor.fetchone()[0])
    if verdict == "dropped":
        partitions.forget()
    return verdict


def months_before(moment: datetime) -> list[date]:
    """The months of the log, by their first days, that lie before a moment altogether."""
    last = moment.astimezone(UTC).date()
    return [month for month in partitions.existing() if partitions.following(month) <= last]
