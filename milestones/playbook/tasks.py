import logging

from celery import shared_task
from django.utils import timezone

from milestones.playbook import reminders
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)


@shared_task(name="playbook.remind")
def remind() -> None:
    """Remind every workspace's owners of playbooks that are due; one workspace's trouble is not the others'."""
    now = timezone.now()
    for workspace in Workspace.objects.order_by("pk"):
        try:
            reminders.remind(workspace, now=now)
        except Exception:
            log.exception("The reminders of workspace %s could not be sent", workspace.pk)
