"""The audit page: the newest changes first, those asked for, and the same as a file; how long entries are kept."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from workspaces.audit import files, keeping
from workspaces.audit.asking import Asked, asked, choices, entries
from workspaces.audit.forms import KeepForm
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.models import Workspace
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

KINDS = {"csv": (files.as_csv, "text/csv; charset=utf-8"), "jsonl": (files.as_json, "application/x-ndjson")}


@workspace_view("audit.read")
@require_GET
def log(request: WorkspaceRequest) -> HttpResponse:
    return _page(request, KeepForm(instance=request.workspace))


@workspace_view("audit.read")
@require_GET
def export(request: WorkspaceRequest, kind: str) -> Any:
    """What the page shows, as a file: all pages of it. That somebody took it along is itself noted."""
    if kind not in KINDS:
        raise Http404("There is no such kind of file")
    write, content_type = KINDS[kind]
    Entry.record(by=request.member, action="audit.exported", target=request.workspace, kind=kind)
    response = StreamingHttpResponse(_written(request.workspace, asked(request.GET), write), content_type=content_type)
    name = f"audit-{request.workspace.slug}-{timezone.localdate():%Y-%m-%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _written(workspace: Workspace, wanted: Asked, write: Callable[[QuerySet[Entry]], Iterator[str]]) -> Iterator[str]:
    """What streams is read after the view's own scope has ended, and so in one of its own."""
    with scope(workspace), timezone.override(workspace.zone):
        yield from write(entries(wanted))


@workspace_view("audit.keep")
@require_POST
def keep(request: WorkspaceRequest) -> HttpResponse:
    form = KeepForm(request.POST, instance=Workspace.objects.get(pk=request.workspace.pk))
    if not form.is_valid():
        return _page(request, form, status=422)
    after = form.cleaned_data["keep_audit_months"]
    keeping.keep(request.workspace, after, by=request.member)
    messages.success(request, _("Saved. Older entries go within a day.") if after else _("Entries are kept for ever."))
    return redirect("audit:entries", workspace_slug=request.workspace.slug)


def _page(request: WorkspaceRequest, form: KeepForm, *, status: int = 200) -> HttpResponse:
    wanted = asked(request.GET)
    actors, groups = choices()
    context = {
        "asked": wanted,
        "actors": actors,
        "groups": groups,
        "page": Paginator(entries(wanted), 50).get_page(request.GET.get("page")),
        "form": form,
    }
    return render(request, "workspaces/audit.html", context, status=status)
