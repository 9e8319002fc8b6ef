"""The environments of a workspace: which there are, and making the one for tests."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from workspaces.environments.making import make_test
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("settings.read")
@require_GET
def environments(request: WorkspaceRequest) -> HttpResponse:
    team = request.workspace.team
    return render(request, "environments/index.html", {"team": team, "test": team.test})


@workspace_view("environments.make", scoped=False)
@require_POST
def make(request: WorkspaceRequest) -> HttpResponse:
    """Make the environment for tests, or enter the one there is."""
    test = make_test(by=request.member)
    messages.success(request, _("This is the environment for tests. What happens here stays here."))
    return redirect("tenants:entrance", workspace_slug=test.slug)
