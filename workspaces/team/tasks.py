"""What happens to teams by itself: invitations are sent."""

import logging

from celery import shared_task
from django.db import DatabaseError

from workspaces.scope.wakes import wakeable
from workspaces.team import mail
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)


@wakeable("team.send_invitations")
def send_invitations(workspace_id: int) -> None:
    mail.send_invitations(workspace_id)


@shared_task(name="team.send_all_invitations")
def send_all_invitations() -> None:
    """Finds invitations whose call was lost, or whose mail could not be sent."""
    for workspace_id in Workspace.objects.filter(live=None).order_by("pk").values_list("pk", flat=True):
        try:
            mail.send_invitations(workspace_id)
        except (DatabaseError, OSError):
            log.exception("The invitations of workspace %s could not be sent", workspace_id)
