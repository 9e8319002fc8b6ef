from celery import shared_task
from django.core.cache import cache
from redis.exceptions import RedisError

from analytics.cubes import fold as folding
from analytics.cubes import sheets
from workspaces.scope.wakes import wakeable
from workspaces.tenants.models import Workspace

BIND_AT_MOST_EVERY_S = 60


@wakeable("cubes.fold")
def fold(workspace_id: int) -> None:
    folding.fold(workspace_id)
    if sheets.many_loose(workspace_id) and _not_lately(workspace_id):
        sheets.bind(workspace_id)


def _not_lately(workspace_id: int) -> bool:
    """Laying out costs the size of the weeks, not of the news: while much comes in, once a minute is enough."""
    try:
        return bool(cache.add(f"cubes:bound:{workspace_id}", 1, BIND_AT_MOST_EVERY_S))
    except RedisError:
        return True


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
