"""What ladders do by themselves: publish what was scheduled, and tell those who were asked for a review."""

import logging

from celery import shared_task
from django.db import DatabaseError

from milestones.ladders.versions import leaving, mail, scheduling
from workspaces.scope.wakes import wakeable
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)


@shared_task(name="ladders.publish_due")
def publish_due() -> None:
    """Every workspace by itself: one's trouble is not the others'."""
    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        try:
            scheduling.publish_due(workspace_id)
        except DatabaseError:
            log.exception("What is due could not be published in workspace %s", workspace_id)


@wakeable("ladders.let_go")
def let_go(workspace_id: int) -> None:
    leaving.let_go(workspace_id)


@wakeable("ladders.tell_reviewers")
def tell_reviewers(workspace_id: int) -> None:
    mail.tell_reviewers(workspace_id)


@shared_task(name="ladders.tell_all_reviewers")
def tell_all_reviewers() -> None:
    """Finds questions whose wake-up call was lost, those whose mail could not be sent, and those of who has left."""
    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        try:
            leaving.let_go(workspace_id)
            mail.tell_reviewers(workspace_id)
        except (DatabaseError, OSError):
            log.exception("Reviewers could not be told in workspace %s", workspace_id)
