"""The imports of a workspace: what was imported, how far the others are, and the way from a file to a start."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from onboarding.intake.imports import jobs, mapping_form, reports
from onboarding.intake.imports.models import Import
from onboarding.intake.imports.showing import Check, check, tag
from onboarding.intake.imports.tidying import REPORTS_KEPT
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

REJECTED_SHOWN = 20


@workspace_view("events.read")
@require_GET
def index(request: WorkspaceRequest) -> HttpResponse:
    newest = Import.objects.select_related("made_by").order_by("-made_at", "-pk")
    page = Paginator(newest, 25).get_page(request.GET.get("page"))
    return render(request, "imports/list.html", {"page": page})


@workspace_view("events.import")
@require_GET
def new(request: WorkspaceRequest) -> HttpResponse:
    return render(request, "imports/new.html", {"most_bytes": settings.IMPORT_MAX_BYTES})


@workspace_view("events.read")
@never_cache
@require_GET
def show(request: WorkspaceRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Import, pk=pk)
    found = check(job) if job.state == "ready" and request.member.may("events.import") else None
    return _page(request, job, found)


@workspace_view("events.import")
@never_cache
@require_POST
def preview_rows(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """What the first rows become by the form as it stands; nothing is kept."""
    job = _ready(pk)
    return render(request, "imports/_preview.html", {"job": job, "check": check(job, request.POST.dict())})


@workspace_view("events.import")
@require_POST
def start(request: WorkspaceRequest, pk: int) -> HttpResponse:
    job = _ready(pk)
    found = check(job, request.POST.dict())
    if found.problems:
        return _page(request, job, found, status=422)
    if not jobs.start(job, by=request.member, mapping=found.mapping):
        messages.info(request, gettext("%(job)s was started already.") % {"job": job.name})
    return redirect("imports:show", workspace_slug=request.workspace.slug, pk=job.pk)


@workspace_view("events.import")
@require_POST
def cancel(request: WorkspaceRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Import, pk=pk)
    if jobs.cancel(job, by=request.member):
        messages.success(
            request, gettext("The import of %(job)s is cancelled. What it stored stays.") % {"job": job.name}
        )
    else:
        messages.info(request, gettext("The import of %(job)s had ended already.") % {"job": job.name})
    return redirect("imports:show", workspace_slug=request.workspace.slug, pk=job.pk)


@workspace_view("events.read")
@never_cache
@require_GET
def progress(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """How far it is. 304 while the HX-PTag that the browser sends is still right."""
    job = get_object_or_404(Import, pk=pk)
    now = tag(job)
    if request.headers.get("HX-PTag") == now:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = render(request, "imports/_progress.html", _told(job))
    response["HX-PTag"] = now
    return response


@workspace_view("events.read")
@require_GET
def rejected(request: WorkspaceRequest, pk: int, form: str) -> Any:
    """The report of the lines that were not taken, as a file."""
    job = get_object_or_404(Import, pk=pk)
    if form not in reports.FORMS:
        raise Http404("There is no report of this form")
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/x-ndjson"
    response = StreamingHttpResponse(reports.report(job, form), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="import-{job.pk}-rejected.{form}"'
    return response


def _ready(pk: int) -> Import:
    job = get_object_or_404(Import, pk=pk)
    if job.state != "ready":
        raise Http404("It is not to be started (any more)")
    return job


def _told(job: Import) -> dict[str, Any]:
    """The context of the progress fragment."""
    lines = job.rejected_lines.order_by("line")[:REJECTED_SHOWN] if job.rejected else ()
    reasons = sorted(job.reasons.items(), key=lambda item: -item[1])
    return {
        "job": job,
        "tag": tag(job),
        "polls": job.state in ("waiting", "running"),
        "rejected_lines": lines,
        "reasons": reasons,
        "days_kept": REPORTS_KEPT.days,
    }


def _page(request: WorkspaceRequest, job: Import, found: Check | None, *, status: int = 200) -> HttpResponse:
    context = {
        **_told(job),
        "check": found,
        "targets": mapping_form.TARGETS,
        "kinds": mapping_form.KINDS,
        "types": mapping_form.TYPES,
        "formats": mapping_form.FORMATS,
        "zones": mapping_form.ZONES,
        "most_bytes": settings.IMPORT_MAX_BYTES,
    }
    return render(request, "imports/show.html", context, status=status)
