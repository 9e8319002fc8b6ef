"""What happens to the audit log by itself: old entries go, and old addresses."""

import logging

from celery import shared_task
from django.db import DatabaseError

from workspaces.audit.purging import purge as purge_one
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)


@shared_task(name="audit.purge")
def purge() -> None:
    for workspace in Workspace.objects.order_by("pk"):
        try:
            purge_one(workspace)
        except DatabaseError:
            log.exception("Old audit entries of workspace %s could not be removed", workspace.pk)
