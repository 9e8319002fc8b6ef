"""Fragments of live numbers for the playbook's page, and the playbook with its numbers as a file."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from analytics.dashboards.asked import Asked
from analytics.review.exports import as_html, as_markdown
from analytics.review.numbers import PERIOD_DAYS, Numbers, numbers_of
from analytics.review.printing import print_soon
from milestones.ladders.models import Ladder
from milestones.playbook.book import Book, book_of
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

# A browser asks again by itself; what comes then is the file.
ASK_AGAIN_S = "3"


@workspace_view("ladders.read")
@require_GET
def numbers(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Fragment for the playbook's page: the ladder's numbers, and beside them those of every milestone."""
    book, found = _found(request, key)
    context = {"book": book, "numbers": found, "asked": _asked(found) if found else None, "period": PERIOD_DAYS}
    return render(request, "review/_numbers.html", context)


@workspace_view("ladders.read")
@require_GET
def proposal(request: WorkspaceRequest, key: str, place: str) -> HttpResponse:
    """Fragment for the form of an expected range: where the milestone stands now, and a range that this fits into."""
    book, found = _found(request, key)
    step = book.step(place)
    if step is None:
        raise Http404("The ladder has no such milestone")
    line = found.lines[step.key] if found else None
    return render(request, "review/_proposal.html", {"line": line, "period": PERIOD_DAYS})


@workspace_view("ladders.read")
@require_GET
def export(request: WorkspaceRequest, key: str, form: str) -> HttpResponse:
    """The playbook with its numbers as of now, as one file."""
    book, found = _found(request, key)
    name = f"{book.ladder.key}-playbook.{form}"
    if form == "md":
        body: str | bytes = as_markdown(book, found, workspace=request.workspace)
        kind = "text/markdown; charset=utf-8"
    else:
        page = as_html(book, found, workspace=request.workspace, printed=form == "pdf")
        printed = print_soon(page, request.workspace.pk) if form == "pdf" else None
        if form == "pdf" and printed is None:
            waiting = render(request, "review/printing.html", {"ladder": book.ladder}, status=202)
            waiting["Refresh"] = ASK_AGAIN_S
            return waiting
        body = page if printed is None else printed
        kind = "text/html; charset=utf-8" if form == "html" else "application/pdf"
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _found(request: WorkspaceRequest, key: str) -> tuple[Book, Numbers | None]:
    book = book_of(get_object_or_404(Ladder.objects.select_related("role"), key=key))
    return book, numbers_of(request.workspace, book, now=timezone.now())


def _asked(numbers: Numbers) -> Asked:
    """The adoption page's question that has these people behind it."""
    return Asked(numbers.subject, numbers.as_of, PERIOD_DAYS, numbers.window_days, "")
