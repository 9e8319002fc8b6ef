"""Where a log-in lands, and the workspaces it may enter."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from workspaces.tenants.models import User
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """A member of one workspace goes straight into it; others choose."""
    user = request.user
    assert isinstance(user, User)
    slugs = list(user.memberships.values_list("workspace__slug", flat=True)[:2])
    if len(slugs) == 1:
        return redirect("dashboards:adoption", workspace_slug=slugs[0])
    return redirect("workspaces")


@login_required
@require_GET
def workspaces(request: HttpRequest) -> HttpResponse:
    return render(request, "workspaces/list.html")


@workspace_view("adoption.read")
@require_GET
def entrance(request: WorkspaceRequest) -> HttpResponse:
    return redirect("dashboards:adoption", workspace_slug=request.workspace.slug)
