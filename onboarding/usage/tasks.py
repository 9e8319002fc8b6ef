"""Use is counted by itself: woken by what the engine has read, and swept for what was announced in vain."""

import logging

from celery import shared_task
from django.db import DatabaseError

from onboarding.usage import projection
from workspaces.scope.wakes import call, wakeable
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)

# Looking back at a long log goes on after this long, so that other work gets its turn.
SECONDS_AT_ONCE = 20.0


@wakeable("usage.advance")
def advance(workspace_id: int) -> None:
    if projection.advance(workspace_id, wait=False, seconds=SECONDS_AT_ONCE).more_to_come:
        call("usage.advance", workspace_id, countdown=0.2)


@shared_task(name="usage.sweep")
def sweep() -> None:
    """Call for every workspace in which anything waits, each by itself: one's trouble is not the others'."""
    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        try:
            if projection.is_behind(workspace_id):
                call("usage.advance", workspace_id)
        except DatabaseError:
            log.exception("The sweep could not look at workspace %s", workspace_id)
