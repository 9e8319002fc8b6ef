"""Progress by itself: woken by news, and swept for news whose call was lost."""

import logging

from celery import shared_task
from django.db import DatabaseError

from onboarding.progress import engine, rehearsals
from workspaces.scope.wakes import call, wakeable
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)

# Rows behind a transaction that is still under way are looked for again after this long.
LOOK_AGAIN_SECONDS = 0.2


@wakeable("progress.advance")
def advance(workspace_id: int) -> None:
    # Without waiting: one workspace's long batch, or a worker that froze in it, must not take up every worker.
    if engine.advance(workspace_id, wait=False).more_to_come:
        call("progress.advance", workspace_id, countdown=LOOK_AGAIN_SECONDS)


@wakeable("progress.rehearse")
def rehearse(workspace_id: int) -> None:
    rehearsals.carry_out_waiting(workspace_id)


@shared_task(name="progress.sweep")
def sweep() -> None:
    """Call the engine for every workspace that it is behind in, each by itself: one's trouble is not the others'."""
    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        try:
            if engine.is_behind(workspace_id):
                call("progress.advance", workspace_id)
        except DatabaseError:
            log.exception("The sweep could not look at workspace %s", workspace_id)
