"""Naming a ladder, and taking it away as a file."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from milestones.ladders.models import Ladder, LadderVersion
from milestones.ladders.yaml_text import dump
from milestones.library.content import LONGEST_NAME
from milestones.library.problems import storable
from workspaces.audit.models import Entry
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("ladders.edit")
@require_POST
def rename(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Give the ladder another name. Its key stays, and what published versions say of it too."""
    ladder = get_object_or_404(Ladder, key=key)
    name, before = request.POST.get("name", "").strip(), ladder.name
    if not name or len(name) > LONGEST_NAME or not storable(name):
        messages.error(request, f"A name has 1 to {LONGEST_NAME} characters; the ladder is still called {before}.")
    elif name != before:
        ladder.name = name
        ladder.save(update_fields=["name"])
        Entry.record(by=request.member, action="ladder.renamed", target=ladder, before=before, after=name)
        messages.success(request, f"{before} is now called {name}.")
    return redirect("ladders:ladder", workspace_slug=request.workspace.slug, key=key)


@workspace_view("ladders.read")
@require_GET
def export(request: WorkspaceRequest, key: str, number: int) -> HttpResponse:
    """A version as YAML, as `manage.py ladders import` and the page for new ladders read it."""
    version = get_object_or_404(LadderVersion.objects.select_related("ladder__role"), ladder__key=key, number=number)
    response = HttpResponse(dump(version.document), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{key}-{number}.yaml"'
    return response
