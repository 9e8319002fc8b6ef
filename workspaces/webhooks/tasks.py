"""What webhooks do by themselves: deliver, find what is due, and forget what is old."""

import logging
import random

from celery import shared_task
from django.db import DatabaseError
from django.utils import timezone

from workspaces.scope.wakes import call, wakeable
from workspaces.tenants.models import Workspace
from workspaces.webhooks import delivering, mail, purging

log = logging.getLogger(__name__)

DELIVER = "webhooks.deliver"


@wakeable(DELIVER)
def deliver(workspace_id: int) -> None:
    if delivering.deliver(workspace_id):
        call(DELIVER, workspace_id, countdown=1)


@wakeable("webhooks.tell_owners")
def tell_owners(workspace_id: int) -> None:
    mail.tell_owners(workspace_id)


@shared_task(name="webhooks.tell_all_owners")
def tell_all_owners() -> None:
    """Finds webhooks that disabled themselves and whose call was lost, or whose mail could not be sent."""
    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        try:
            mail.tell_owners(workspace_id)
        except (DatabaseError, OSError):
            log.exception("The owners of workspace %s could not be told of a webhook", workspace_id)


@shared_task(name="webhooks.sweep")
def sweep() -> None:
    """Finds retries whose time has come, deliveries whose worker was killed and calls that were lost.

    In an order of chance: whoever waits gets a turn.
    """
    workspaces = list(Workspace.objects.values_list("pk", flat=True))
    random.shuffle(workspaces)
    for workspace_id in workspaces:
        try:
            if delivering.is_due(workspace_id):
                call(DELIVER, workspace_id)
        except DatabaseError:
            log.exception("The sweep could not look at the webhooks of workspace %s", workspace_id)


@shared_task(name="webhooks.purge")
def purge() -> None:
    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        try:
            purging.purge(workspace_id, now=timezone.now())
        except DatabaseError:
            log.exception("Old deliveries of workspace %s could not be removed", workspace_id)
