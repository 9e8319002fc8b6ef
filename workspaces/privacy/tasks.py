"""What privacy does by itself."""

import logging

from celery import shared_task
from django.db import DatabaseError
from django.utils import timezone

from workspaces.privacy import deleting, emptying, erasing, inactive, whole
from workspaces.privacy.models import Deletion
from workspaces.scope.wakes import call, wakeable
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)

WORK = "privacy.work"


@wakeable(WORK)
def work(workspace_id: int) -> None:
    erasing.work(workspace_id)
    whole.work(workspace_id)
    emptying.work(workspace_id)


@shared_task(name="privacy.sweep")
def sweep() -> None:
    """Finds erasures, exports and emptyings whose call was lost or whose worker was killed, and what is due again."""
    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        try:
            if erasing.is_due(workspace_id) or whole.is_due(workspace_id) or emptying.is_due(workspace_id):
                call(WORK, workspace_id)
        except DatabaseError:
            log.exception("The sweep could not look at the erasures of workspace %s", workspace_id)


@shared_task(name="privacy.forget_the_inactive")
def forget_the_inactive() -> None:
    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        try:
            inactive.ask_for_the_inactive(workspace_id, now=timezone.now())
        except DatabaseError:
            log.exception("The inactive people of workspace %s could not be looked for", workspace_id)


DELETE = "privacy.delete"


@wakeable(DELETE)
def delete(workspace_id: int) -> None:
    if deleting.carry_out(workspace_id, now=timezone.now()):
        call(DELETE, workspace_id, countdown=1)


@shared_task(name="privacy.sweep_deletions")
def sweep_deletions() -> None:
    """Tells members of deletions that were asked for, and finds those whose time has come."""
    for workspace_id in Deletion.due(timezone.now()).values_list("workspace_id", flat=True):
        call(DELETE, workspace_id)
    try:
        deleting.tell_members()
    except OSError:
        log.exception("Members could not be told that their workspace is to be deleted")
