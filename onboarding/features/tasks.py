"""Features by themselves: known as soon as a ladder names them, and told of as soon as anybody gets or loses one."""

import logging

from celery import shared_task
from django.db import DatabaseError

from onboarding.features import learning, telling
from workspaces.scope import scope
from workspaces.scope.wakes import call, wakeable
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)


@wakeable("features.learn")
def learn(workspace_id: int) -> None:
    with scope(workspace_id):
        learning.learn()


@wakeable("features.tell")
def tell(workspace_id: int) -> None:
    telling.tell(workspace_id)


@shared_task(name="features.sweep")
def sweep() -> None:
    """Call for every workspace in which anything was not told: each by itself, as one's trouble is not the others'."""
    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        try:
            if telling.waits(workspace_id):
                call("features.tell", workspace_id)
        except DatabaseError:
            log.exception("The sweep could not look at workspace %s", workspace_id)


@shared_task(name="features.learn_all")
def learn_all() -> None:
    """Look at every workspace's ladders: one may have been archived, or a call have been lost."""
    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        call("features.learn", workspace_id)
