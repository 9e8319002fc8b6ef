"""Letting go of raw events that a workspace no longer keeps. Progress rests on the evidence kept beside, and stays.

1. The workspace's `log_begins_at` rises to the month from which it keeps events (`let_go`). Whatever reads the log's
   history takes what came before from what is kept from then on, so it makes no difference how far the rest has come.
2. Months that no workspace needs any more are dropped whole (`drop_months`).
3. What is left in months that others still need is removed by small transactions (`remove`).

Whatever stops this in the middle, the next run goes on from there. Only what the engine, and whoever else reads the
log, has read goes.
"""

import logging
import time
from datetime import date, datetime

from django.db.models import Max

from onboarding.intake import retention
from onboarding.progress import history, log_readers
from onboarding.progress.engine import plan_of
from onboarding.progress.models import Watermark
from onboarding.progress.recompute import watermark
from onboarding.progress.waiting import read_by_all
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)

SECONDS_AT_ONCE = 20.0


def let_go(workspace_id: int, *, now: datetime) -> bool:
    """Say that the log begins later. Returns whether it does.

    Not while the engine still has to take history into account: for what was published or declared before now, it
    counts whole. Nor while another reader of the log has to look back at it.
    """
    with scope(workspace_id):
        if Workspace.objects.get(pk=workspace_id).keeps_events_from(now) is None:
            return False
    if not log_readers.catch_up(workspace_id):
        return False
    with scope(workspace_id):
        workspace = Workspace.objects.select_for_update(no_key=True).get(pk=workspace_id)
        begins = workspace.keeps_events_from(now)
        if begins is None or (workspace.log_begins_at is not None and begins <= workspace.log_begins_at):
            return False
        if Watermark.objects.filter(names_counted=False).exists() or history.is_behind(plan_of(workspace_id)):
            return False
        workspace.log_begins_at = begins
        workspace.save(update_fields=["log_begins_at"])
    log.info("The log of workspace %s begins at %s from now on", workspace_id, begins.date())
    return True


def drop_months() -> list[date]:
    """Drop the months of the log that every workspace has let go of. Returns which."""
    latest = Workspace.objects.exclude(keep_events_months=None).aggregate(latest=Max("log_begins_at"))["latest"]
    months = retention.months_before(latest) if latest else []
    if not months:
        return []
    read = read_by_all()
    keeping = Workspace.objects.exclude(keep_events_months=None).order_by("pk").values_list("pk", flat=True)
    if not all(log_readers.catch_up(workspace_id) for workspace_id in keeping):
        return []
    dropped = []
    for month in months:
        verdict = retention.drop(month, horizon=read.horizon, unread=read.unread)
        if verdict == "dropped":
            dropped.append(month)
        if verdict in ("dropped", "busy"):
            log.info("The log's month %s: %s", f"{month:%Y-%m}", verdict)
    return dropped


def remove(workspace_id: int, *, seconds: float = SECONDS_AT_ONCE, at_once: int = retention.AT_ONCE) -> bool:
    """Remove what the workspace has let go of, for about so long. Returns whether more is left."""
    with scope(workspace_id):
        position = watermark()
    if not log_readers.catch_up(workspace_id):
        return False
    deadline = time.monotonic() + seconds
    removed = 0
    while (
        n := retention.remove(workspace_id, transaction=position.transaction, row=position.row, at_most=at_once)
    ) == at_once and time.monotonic() < deadline:
        removed += n
    if removed + n:
        log.info("%s expired rows of workspace %s were removed", removed + n, workspace_id)
    return n == at_once
