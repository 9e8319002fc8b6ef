"""What the API forgets by itself."""

import logging

from celery import shared_task
from django.db import DatabaseError
from django.utils import timezone

from workspaces.api.idempotency import KEPT
from workspaces.api.models import KeptAnswer
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)


@shared_task(name="api.forget")
def forget() -> None:
    """Answers that were kept for requests that are sent again."""
    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        try:
            with scope(workspace_id):
                KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
        except DatabaseError:
            log.exception("Kept answers of workspace %s could not be removed", workspace_id)
