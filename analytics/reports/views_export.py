"""The adoption page taken along: a PDF of all of it, its tables as CSV. The address is the page's own question."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analytics.dashboards import asked as asking
from analytics.dashboards.asked import Asked
from analytics.dashboards.refusal import refusal as refusal_page
from analytics.dashboards.resting import Rest
from analytics.dashboards.shown import shown
from analytics.dashboards.views import selection_of
from analytics.metrics.question import Unanswerable
from analytics.reports import exported
from analytics.reports.provenance import definitions, provenance
from analytics.reports.section_tables import table_named
from analytics.reports.soon import Page, Underway, soon
from analytics.reports.tables import PEOPLE, PROVENANCE, TABLES, Row, names_of, stamped
from analytics.review.printing import print_soon
from onboarding.progress.models import Journey
from workspaces.audit.csv_text import csv_text
from workspaces.audit.models import Entry
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

# A browser asks again by itself; what comes then is the file.
ASK_AGAIN_S = "2"
MOST_PEOPLE = 100_000
PEOPLE_COLUMNS = ("person", "user_id", "email", "began_at", "first_value_at", "seconds_to_first_value", "last_seen_at")


@require_safe
@workspace_view("adoption.read")
def export(request: WorkspaceRequest) -> HttpResponse:
    """What can be taken along of the question in the address."""
    asked, refusal = _asked(request)
    if asked is None:
        return refusal
    board = shown(request.workspace, asked).board
    assert board is not None
    names = names_of(board)
    further = _further(request) if names else Page(200, "[]")
    context = {
        "asked": asked,
        "tables": [(name, TABLES[name].title) for name in names],
        "further": json.loads(further.html) if isinstance(further, Page) and further.status == 200 else (),
        "underway": further if isinstance(further, Underway) else None,
        "failed": isinstance(further, Page) and further.status != 200,
        "provenance": provenance(board),
        "query": request.GET.urlencode(),
    }
    response = render(request, "reports/export.html", context)
    if context["underway"]:
        response["Refresh"] = ASK_AGAIN_S
    return response


def _further(request: WorkspaceRequest) -> Page | Underway:
    """The cards that have a table, as a worker finds out."""
    wanted = exported.wanted(request.workspace, request.GET, kind=exported.TABLES)
    return soon(wanted, exported.write_tables, kept_s=exported.KEPT_S)


@require_safe
@workspace_view("adoption.read")
def pdf(request: WorkspaceRequest) -> HttpResponse:
    asked, refusal = _asked(request)
    if asked is None:
        return refusal
    written = soon(exported.wanted(request.workspace, request.GET), exported.write, kept_s=exported.KEPT_S)
    if isinstance(written, Page) and written.status != 200:
        return HttpResponse(written.html, status=written.status)
    printed = None if isinstance(written, Underway) else print_soon(written.html, request.workspace.pk)
    if printed is None:
        waiting = render(request, "reports/printing.html", status=202)
        waiting["Refresh"] = ASK_AGAIN_S
        return waiting
    response = HttpResponse(printed, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(asked, "adoption")}.pdf"'
    return response


@require_safe
@workspace_view("adoption.read")
def csv(request: WorkspaceRequest, name: str) -> HttpResponse:
    """A table of the page by its name; `bom=1` for spreadsheets that need it."""
    asked, refusal = _asked(request)
    if asked is None:
        return refusal
    if name == PEOPLE:
        try:
            columns, rows, count = _people(request)
        except Unanswerable as error:
            return _refused(request, error)
        Entry.record(by=request.member, action="people.exported", target=request.workspace, people=count)
    else:
        board = shown(request.workspace, asked).board
        assert board is not None
        try:
            found = table_named(name, asked, board, request.workspace)
        except LookupError:
            raise Http404("There is no such table") from None
        if found is None:
            return _refused(request, Unanswerable(_("There is nothing to tell in these days.")))
        columns, rows = found.columns, found.rows
    text = csv_text(columns, rows, bom=request.GET.get("bom") == "1")
    response = HttpResponse(text.encode("utf-8"), content_type="text/csv; charset=utf-8; header=present")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(asked, name)}.csv"'
    return response


def _people(request: WorkspaceRequest) -> tuple[tuple[str, ...], Iterable[Row], int]:
    """The people behind a figure, as the people page lists them, and how many."""
    selection = selection_of(request)
    if (count := selection.people().count()) > MOST_PEOPLE:
        raise Unanswerable(
            _("These are %(count)d people; a file holds %(most)d at most. Choose fewer days.")
            % {"count": count, "most": MOST_PEOPLE}
        )
    board = shown(request.workspace, selection.asked).board
    assert board is not None
    # Who is in the file is who is counted, and nobody of them is too new for it.
    with translation.override(settings.LANGUAGE_CODE):
        said = replace(provenance(board), segment="")
    rest = Rest(count, 0, days=selection.begun, window=said.window_days)
    stamp = stamped(said, definitions(f"people {selection.state}"), rest)
    return PEOPLE_COLUMNS + PROVENANCE, _rows(selection.people().iterator(chunk_size=2_000), stamp), count


def _rows(journeys: Iterator[Journey], stamp: Row) -> Iterator[Row]:
    for journey in journeys:
        person, value = journey.person, journey.value_then
        took: timedelta | None = value - journey.started_at if value else None
        yield {
            "person": str(person),
            "user_id": person.external_id,
            "email": person.email,
            "began_at": journey.started_at,
            "first_value_at": value,
            "seconds_to_first_value": took.total_seconds() if took is not None else None,
            "last_seen_at": journey.seen_then,
            **stamp,
        }


def _asked(request: WorkspaceRequest) -> tuple[Asked | None, HttpResponse]:
    """The question in the address, or the page that says what is wrong with it."""
    try:
        asked = asking.read(request.workspace, request.GET, now=timezone.now())
    except Unanswerable as error:
        return None, _refused(request, error)
    if asked is None:
        nothing = _("No ladder is published yet, so there is nothing to take along.")
        return None, _refused(request, Unanswerable(nothing))
    return asked, HttpResponse()


def _refused(request: WorkspaceRequest, error: Unanswerable) -> HttpResponse:
    return refusal_page(request, error)


def _file_name(asked: Asked, what: str) -> str:
    return f"{asked.subject.key}-{what}-{asked.as_of.day}"
