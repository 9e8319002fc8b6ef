"""Playbooks are compared with what happens: once a day, and after every publication."""

import logging

from celery import shared_task
from django.db import DatabaseError
from django.utils import timezone

from analytics.review import check as checking
from analytics.review import printing
from workspaces.scope.wakes import call, wakeable
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)


@wakeable("review.check")
def check(workspace_id: int) -> None:
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace is not None:
        checking.check(workspace, now=timezone.now())


@shared_task(name="review.print")
def print_kept(workspace_id: int, digest: str) -> None:
    printing.print_kept(workspace_id, digest)


@shared_task(name="review.sweep")
def sweep() -> None:
    """Call the check for every workspace whose playbooks have not been looked through today, each by itself."""
    now = timezone.now()
    for workspace in Workspace.objects.order_by("pk"):
        try:
            if checking.is_waiting(workspace, now=now):
                call("review.check", workspace.pk)
        except DatabaseError:
            log.exception("The sweep could not look at the playbooks of workspace %s", workspace.pk)
