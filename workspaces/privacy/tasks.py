"""What privacy does by itself."""

import logging

from celery import shared_task
from django.db import DatabaseError

from workspaces.privacy import erasing
from workspaces.scope.wakes import call, wakeable
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)

WORK = "privacy.work"


@wakeable(WORK)
def work(workspace_id: int) -> None:
    erasing.work(workspace_id)


@shared_task(name="privacy.sweep")
def sweep() -> None:
    """Finds erasures whose call was lost, whose worker was killed, and those that are to be looked at again."""
    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        try:
            if erasing.is_due(workspace_id):
                call(WORK, workspace_id)
        except DatabaseError:
            log.exception("The sweep could not look at the erasures of workspace %s", workspace_id)
