"""Everything in the workspace as one file: asked for, made by a worker, downloaded for a week by whoever may."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from workspaces.audit.models import Entry
from workspaces.privacy import whole
from workspaces.privacy.models import Export
from workspaces.privacy.views import MANAGE
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view(MANAGE)
@require_POST
def ask(request: WorkspaceRequest) -> HttpResponse:
    whole.ask(request.workspace, by=request.member)
    messages.success(request, _("The export is being made; this page says when it is there."))
    return redirect("privacy:index", workspace_slug=request.workspace.slug)


@workspace_view(MANAGE)
@require_GET
def download(request: WorkspaceRequest, pk: int) -> HttpResponse:
    export = get_object_or_404(Export, pk=pk)
    if not export.is_there:
        raise Http404("It is not there yet, or not any more.")
    Entry.record(by=request.member, action="workspace.exported", target=request.workspace, export=export.pk)
    name = f"{request.workspace.slug}-{export.asked_at:%Y-%m-%d}.zip"
    answer = StreamingHttpResponse(whole.pieces_of(export), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Content-Length"] = str(export.size)
    return cast(HttpResponse, answer)
