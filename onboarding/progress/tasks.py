"""Progress by itself: woken by news, and swept for news whose call was lost."""

from celery import shared_task

from onboarding.progress import engine
from workspaces.scope.wakes import wakeable
from workspaces.tenants.models import Workspace

# Rows behind a transaction that is still under way are looked for again after this long.
LOOK_AGAIN_SECONDS = 0.2


@wakeable("progress.advance")
def advance(workspace_id: int) -> None:
    if engine.advance(workspace_id).more_to_come:
        advance.apply_async([workspace_id], countdown=LOOK_AGAIN_SECONDS)


@shared_task(name="progress.sweep")
def sweep() -> None:
    """Advance every workspace. One whose news has all been taken costs a look."""
    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        engine.advance(workspace_id)
