"""How far behind the engine is, told of many workspaces at once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from onboarding.progress import news
from workspaces.tenants.models import Workspace


class Waiting(NamedTuple):
    """A workspace in which something waits: when its first unread message was received and in which transaction it
    was written (None when all are read), and how many changes of counts are not folded yet (10,000 stand for more).
    """

    workspace_id: int
    received_at: datetime | None
    transaction: int | None
    deltas: int


def waiting_in(workspace_ids: Iterable[int]) -> list[Waiting]:
    """Those of these workspaces in which anything waits. Outside of any scope; a few look-ups for each of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT workspace, received_at, written_xid::text::bigint, deltas FROM progress_waiting(%s)",
            [list(workspace_ids)],
        )
        return [Waiting(*record) for record in cursor]


class Read(NamedTuple):
    """What all engines have read: what transactions below `horizon` wrote, except where `unread` says otherwise."""

    horizon: int
    unread: Mapping[int, int]  # by workspace, the transaction of its first unread message


def read_by_all() -> Read:
    """How far each workspace's engine has come."""
    horizon = news.horizon()
    found = waiting_in(Workspace.objects.order_by("pk").values_list("pk", flat=True))
    return Read(horizon, {w.workspace_id: w.transaction for w in found if w.transaction is not None})
