"""Imports by themselves: woken when one is asked for, and swept for those whose call was lost."""

import logging
import random

from celery import shared_task
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from onboarding.intake.imports import folder, jobs
from onboarding.intake.imports.models import Import
from onboarding.intake.imports.tidying import tidy
from workspaces.scope import scope
from workspaces.scope.wakes import call, wakeable
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)


@wakeable("intake.import")
def carry_out(workspace_id: int) -> None:
    turn_is_over = jobs.carry_out_waiting(workspace_id)
    tidy(workspace_id)
    if turn_is_over:
        sweep()


@shared_task(name="intake.sweep_imports")
def sweep() -> None:
    """Call a worker wherever an import waits, in an order of chance: whoever waits gets a turn."""
    workspaces = list(Workspace.objects.values_list("pk", flat=True))
    random.shuffle(workspaces)
    for workspace_id in workspaces:
        try:
            if _waits(workspace_id):
                call("intake.import", workspace_id)
        except DatabaseError:
            log.exception("The sweep could not look at the imports of workspace %s", workspace_id)


@shared_task(name="intake.tidy_imports")
def tidy_all() -> None:
    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        try:
            tidy(workspace_id)
        except DatabaseError:
            log.exception("The imports of workspace %s could not be tidied", workspace_id)


@shared_task(name="intake.collect_files")
def collect() -> None:
    if settings.IMPORT_FOLDER:
        folder.collect()


def _waits(workspace_id: int) -> bool:
    with scope(workspace_id):
        return Import.waiting(timezone.now()).exists()
