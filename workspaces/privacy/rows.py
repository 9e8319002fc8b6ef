"""Removing rows: those that the application may delete, and those to which it may otherwise only add.

The latter by a function of the database's own. It removes rows of senders alone, in any table that has a column of that
name, and only while an erasure that names them is under way in the workspace. So what is kept for ever by right can't
be removed by an oversight.
"""

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from workspaces.privacy.subjects import Subject
from workspaces.scope import current_workspace_id


def erase_senders(table: str, subject: Subject) -> int:
    """Remove every row of this person's senders from a table. Returns how many. Inside a scope."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT privacy_erase_senders(%s::regclass, %s, %s)",
            [table, current_workspace_id(), list(subject.senders)],
        )
        return int(cursor.fetchone()[0])


def remove(rows: "QuerySet[Any]") -> int:
    """Delete them in one statement, and whatever refers to them not. Returns how many."""
    return rows._raw_delete("default") or 0
