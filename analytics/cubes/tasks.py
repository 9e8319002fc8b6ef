from celery import shared_task

from analytics.cubes import fold as folding
from analytics.cubes import sheets
from workspaces.scope.wakes import wakeable
from workspaces.tenants.models import Workspace


@wakeable("cubes.fold")
def fold(workspace_id: int) -> None:
    folding.fold(workspace_id)
    if sheets.many_loose(workspace_id):
        sheets.bind(workspace_id)


@shared_task(name="cubes.sweep")
def sweep() -> None:
    """Fold what was announced in vain. Row-level security shows one workspace at a time, so each is asked."""
    for workspace_id in Workspace.objects.values_list("id", flat=True):
        if folding.waiting(workspace_id):
            fold.delay(workspace_id)


@shared_task(name="cubes.bind")
def bind() -> None:
    """Lay out on sheets what little was counted since."""
    for workspace_id in Workspace.objects.values_list("id", flat=True):
        sheets.bind(workspace_id)
