"""Uploads for js/imports.js: begin (or find what was begun), then bytes at the place that comes next."""

from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from onboarding.intake.imports import uploads
from onboarding.intake.imports.models import Import
from onboarding.intake.imports.pieces import PIECE
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

AT_ONCE = 2 * PIECE  # bytes that the browser sends at once


@workspace_view("events.import")
@never_cache
@require_POST
def begin(request: WorkspaceRequest) -> HttpResponse:
    size, modified = _number(request.POST.get("size")), _number(request.POST.get("modified"))
    name = request.POST.get("name", "")
    if not name or size is None or modified is None:
        return _refusal(gettext("Choose a file."))
    try:
        job = uploads.begin(name=name, size=size, modified=modified, by=request.member)
    except uploads.Refused as refused:
        return _refusal(str(refused))
    return _state(request, job)


@workspace_view("events.import")
@never_cache
@require_http_methods(["PUT"])
def take(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Bytes from Upload-Offset on. What was taken before is passed over; the answer says what comes next."""
    job = get_object_or_404(Import, pk=pk, origin=Import.Origin.UPLOAD)
    offset = _number(request.headers.get("Upload-Offset"))
    if offset is None:
        return _refusal("Upload-Offset must say where the bytes belong.", status=400)
    try:
        content = _body(request)
        return _state(request, uploads.take(job, offset=offset, content=content))
    except (UnreadablePostError, OSError):
        return _refusal("The bytes ended before their stated length; send them again.", status=400)
    except uploads.Refused as refused:
        return _refusal(str(refused))


def _body(request: HttpRequest) -> bytes:
    return request.read(uploads.MOST_AT_ONCE + 1)


def _state(request: WorkspaceRequest, job: Import) -> HttpResponse:
    slug = request.workspace.slug
    return JsonResponse(
        {
            "page": reverse("imports:show", args=[slug, job.pk]),
            "bytes": reverse("imports:take", args=[slug, job.pk]),
            "offset": job.uploaded,
            "done": job.uploaded_at is not None or job.ended_at is not None,
            "piece": AT_ONCE,
        }
    )


def _refusal(message: str, *, status: int = 422) -> HttpResponse:
    return JsonResponse({"message": message}, status=status)


def _number(text: str | None) -> int | None:
    """A whole number that a column can hold."""
    if text and text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    return None
