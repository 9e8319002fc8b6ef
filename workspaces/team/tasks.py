"""What happens to teams by itself: invitations are sent, and old ones forgotten."""

import logging

from celery import shared_task
from django.db import DatabaseError

from workspaces.scope import scope
from workspaces.scope.wakes import wakeable
from workspaces.team import mail
from workspaces.team.models import Invitation
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


@shared_task(name="team.forget_invitations")
def forget_invitations() -> None:
    for workspace_id in Workspace.objects.filter(live=None).order_by("pk").values_list("pk", flat=True):
        try:
            with scope(workspace_id):
                Invitation.forget_old()
        except DatabaseError:
            log.exception("Old invitations of workspace %s could not be removed", workspace_id)
