"""How many deliveries wait, told of many workspaces at once."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import connection


class Waiting(NamedTuple):
    """A workspace in which deliveries wait (10,000 stand for more), and since when the first of those that may be sent
    is due: None when each waits for its next attempt, or for an endpoint that rests.
    """

    workspace_id: int
    deliveries: int
    due_at: datetime | None


def waiting_in(workspace_ids: Iterable[int]) -> list[Waiting]:
    """Those of these workspaces in which anything waits. Outside of any scope; a few look-ups for each of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT workspace, deliveries, due_at FROM webhooks_waiting(%s)",
            [list(workspace_ids)],
        )
        return [Waiting(*record) for record in cursor]
