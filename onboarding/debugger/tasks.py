"""What the debugger does by itself: forget."""

import logging

from celery import shared_task
from django.db import DatabaseError
from django.utils import timezone

from onboarding.intake import duplicates
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)


@shared_task(name="debugger.forget")
def forget() -> None:
    """Delete old rejections and duplicates of every workspace, each by itself: one's trouble is not the others'."""
    now = timezone.now()
    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        try:
            duplicates.forget_old(workspace_id, now=now)
        except DatabaseError:
            log.exception("Old rejections and duplicates of workspace %s could not be forgotten", workspace_id)
