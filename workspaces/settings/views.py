"""A workspace's settings: everybody may read them, admins change them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from workspaces.settings.changing import change as change_settings
from workspaces.settings.changing import state_of
from workspaces.settings.forms import WorkspaceForm
from workspaces.tenants.models import Workspace
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("settings.read")
@require_GET
def show(request: WorkspaceRequest) -> HttpResponse:
    return _page(request, WorkspaceForm(instance=request.workspace))


@workspace_view("settings.change")
@require_POST
def change(request: WorkspaceRequest) -> HttpResponse:
    before = state_of(request.workspace)
    form = WorkspaceForm(request.POST, instance=Workspace.objects.get(pk=request.workspace.pk))
    if not form.is_valid():
        return _page(request, form, status=422)
    workspace = change_settings(form, before, by=request.member)
    messages.success(request, _("Settings saved."))
    return redirect("settings:show", workspace_slug=workspace.slug)


def _page(request: WorkspaceRequest, form: WorkspaceForm, *, status: int = 200) -> HttpResponse:
    return render(request, "workspaces/settings.html", {"form": form}, status=status)
