"""The answers of a workspace: a list, a file of all of them, and the way from a file to them."""

from typing import Any

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onboarding.feedback import importing, reading
from onboarding.feedback.export import export
from onboarding.feedback.models import Answer
from onboarding.feedback.people import people_of
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

A_PAGE = 50
SHOWN = 20


@workspace_view("feedback.read")
@require_GET
def index(request: WorkspaceRequest) -> HttpResponse:
    page = Paginator(Answer.objects.order_by("-said_at", "-pk"), A_PAGE).get_page(request.GET.get("page"))
    people = people_of(page.object_list)
    rows = [{"answer": answer, "person": people.get(answer.sender)} for answer in page.object_list]
    return render(request, "feedback/list.html", {"page": page, "rows": rows})


@workspace_view("feedback.read")
@require_GET
def download(request: WorkspaceRequest) -> Any:
    """Every answer as CSV."""
    response = StreamingHttpResponse(export(request.workspace), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{request.workspace.slug}-answers.csv"'
    return response


@workspace_view("feedback.import")
@never_cache
@require_http_methods(["GET", "POST"])
def upload(request: WorkspaceRequest) -> HttpResponse:
    """Choose a file; posted, what its lines would become. Nothing is kept."""
    if request.method == "GET":
        return render(request, "feedback/import.html", {"most_bytes": reading.LARGEST})
    file = request.FILES.get("file")
    try:
        text = reading.decoded(file.read(reading.LARGEST + 1) if file else b"")
        checked = _checked(request, text)
    except reading.Unreadable as error:
        return _refused(request, error)
    return _preview(request, checked, text, name=(file.name if file else None) or "file")


@workspace_view("feedback.import")
@require_POST
def keep(request: WorkspaceRequest) -> HttpResponse:
    """Keep what the preview showed."""
    try:
        checked = _checked(request, request.POST.get("text", ""))
    except reading.Unreadable as error:
        return _refused(request, error)
    stored = importing.keep(checked, by=request.member, name=request.POST.get("name", "").replace("\x00", "") or "file")
    again = " " + gettext("%(kept)s were here already.") % {"kept": intcomma(checked.kept)} if checked.kept else ""
    wrong = (
        " "
        + ngettext("%(lines)s line was not taken.", "%(lines)s lines were not taken.", len(checked.problems))
        % {"lines": intcomma(len(checked.problems))}
        if checked.problems
        else ""
    )
    messages.success(
        request,
        ngettext("%(answers)s answer is kept.", "%(answers)s answers are kept.", stored) % {"answers": intcomma(stored)}
        + again
        + wrong,
    )
    return redirect("feedback:index", workspace_slug=request.workspace.slug)


def _checked(request: WorkspaceRequest, text: str) -> importing.Checked:
    return importing.check(reading.read(text, zone=request.workspace.zone, now=timezone.now()))


def _preview(request: WorkspaceRequest, checked: importing.Checked, text: str, *, name: str) -> HttpResponse:
    context = {
        "checked": checked,
        "columns": checked.sheet.columns.items(),
        "shown": checked.new[:SHOWN],
        "problems": checked.problems[:SHOWN],
        "text": text,
        "name": name,
        "most_bytes": reading.LARGEST,
    }
    return render(request, "feedback/import.html", context)


def _refused(request: WorkspaceRequest, error: reading.Unreadable) -> HttpResponse:
    return render(request, "feedback/import.html", {"error": str(error), "most_bytes": reading.LARGEST}, status=422)
