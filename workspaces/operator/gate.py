"""Members of a suspended workspace are told so instead of being let in; to strangers it is as unknown as any.

Pages that need no log-in ask `is_shut`. They say that they are closed for now, and not why: that is the members' own.
"""

import time

from django.http import HttpResponse
from django.shortcuts import render

from workspaces.operator.models import Suspension
from workspaces.tenants.models import Workspace
from workspaces.tenants.views_access import WorkspaceRequest

FRESH_SECONDS = 10.0

_known: tuple[float, dict[int, str]] | None = None


def forget() -> None:
    """Ask anew at the next request; other processes do within FRESH_SECONDS."""
    global _known
    _known = None


def suspended() -> dict[int, str]:
    """The workspaces that are suspended (nearly always none), by id, and why."""
    global _known
    now = time.monotonic()
    if _known is None or now - _known[0] > FRESH_SECONDS:
        _known = now, dict(Suspension.objects.filter(lifted_at=None).values_list("workspace_id", "reason"))
    return _known[1]


def is_shut(workspace: Workspace) -> bool:
    """Whether the workspace, or the one whose environment for tests it is, is suspended: for pages without a log-in."""
    return (workspace.live_id or workspace.pk) in suspended()


def turned_away(request: WorkspaceRequest) -> HttpResponse | None:
    """The answer to a member of a suspended workspace; its environment for tests is shut with it."""
    if not is_shut(request.workspace):
        return None
    team = request.workspace.team
    context = {"name": team.name, "reason": suspended()[team.pk]}
    return render(request, "operator/suspended.html", context, status=403)
