"""A workspace's settings: everybody may read them, admins change them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from workspaces.audit.models import Entry
from workspaces.environments.making import test_name
from workspaces.scope.wakes import announce
from workspaces.settings.forms import WorkspaceForm
from workspaces.tenants.models import Workspace
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

STATE = (
    "name",
    "time_zone",
    "language",
    "languages",
    "segments",
    "values",
    "publishers",
    "review_needed",
    "keep_events_months",
)


@workspace_view("settings.read")
@require_GET
def show(request: WorkspaceRequest) -> HttpResponse:
    return _page(request, WorkspaceForm(instance=request.workspace))


@workspace_view("settings.change")
@require_POST
def change(request: WorkspaceRequest) -> HttpResponse:
    before = _state(request.workspace)
    form = WorkspaceForm(request.POST, instance=Workspace.objects.get(pk=request.workspace.pk))
    if not form.is_valid():
        return _page(request, form, status=422)
    workspace = form.save()
    if workspace.test is not None:  # which is called after it
        Workspace.objects.filter(pk=workspace.test.pk).update(name=test_name(workspace))
    if _state(workspace) != before:
        Entry.record(
            by=request.member,
            action="workspace.changed",
            target=workspace,
            before=before,
            after=_state(workspace),
        )
        announce("workspace.changed", workspace.pk)
    messages.success(request, "Settings saved.")
    return redirect("settings:show", workspace_slug=workspace.slug)


def _state(workspace: Workspace) -> dict[str, object]:
    return {field: getattr(workspace, field) for field in STATE}


def _page(request: WorkspaceRequest, form: WorkspaceForm, *, status: int = 200) -> HttpResponse:
    return render(request, "workspaces/settings.html", {"form": form}, status=status)
