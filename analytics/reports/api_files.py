"""Files for programs: the adoption page as a PDF and its tables as CSV, an edition's PDF, value summaries."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from analytics.dashboards.api.metrics import question_of
from analytics.dashboards.api.shapes import QuestionQuery
from analytics.dashboards.board import Board
from analytics.dashboards.shown import shown
from analytics.reports import shapes, summaries
from analytics.reports.documents import document
from analytics.reports.letters import PDF_NAME
from analytics.reports.models import Edition
from analytics.reports.paper import paper_of
from analytics.reports.section_tables import section_tables, table_named
from analytics.reports.summary_files import as_pdf, as_text
from analytics.reports.tables import TABLES, names_of
from analytics.review.printing import print_soon
from onboarding.people.models import Account, Person
from workspaces.api.operations import Call, in_a_while, operation
from workspaces.api.paging import Page, page_of_list
from workspaces.api.problems import Refused
from workspaces.api.views import KeyedView
from workspaces.audit.csv_text import csv_text

PDF, TEXT, CSV = "application/pdf", "text/plain; charset=utf-8", "text/csv; charset=utf-8"
ASK_AGAIN_S = 3
SUMMARIES = "summaries.read"


class AdoptionPdf(KeyedView):
    @operation(
        "adoption_pdf",
        "adoption.read",
        "The adoption page of a question as a PDF; it may take a while",
        media=PDF,
        query=QuestionQuery,
        waits=True,
        refuses=(409,),
    )
    def get(self, call: Call) -> HttpResponse | bytes:
        paper = paper_of(call.workspace, question_of(call), query=call.request.query_params.urlencode())
        printed = print_soon(document(paper, call.workspace), call.workspace.pk)
        return in_a_while(ASK_AGAIN_S) if printed is None else printed


class AdoptionTables(KeyedView):
    @operation(
        "adoption_tables",
        "adoption.read",
        "The tables that the adoption page of a question has now",
        answer=shapes.TableTold,
        query=QuestionQuery,
        pages=True,
        plain=True,
        refuses=(409,),
    )
    def get(self, call: Call) -> Page:
        asked = question_of(call)
        board = shown(call.workspace, asked).board
        assert board is not None
        names = names_of(board)
        found = [(name, TABLES[name].title) for name in names]
        found += section_tables(asked, call.workspace) if names else []
        return page_of_list([{"name": name, "title": title} for name, title in found], call.asked)


class AdoptionTable(KeyedView):
    @operation(
        "adoption_csv",
        "adoption.read",
        "One of them as CSV: shares from 0 to 1, times in seconds, what each row rests on in its last columns",
        media=CSV,
        query=QuestionQuery,
        refuses=(409,),
    )
    def get(self, call: Call, name: str) -> str:
        asked = question_of(call)
        board: Board | None = shown(call.workspace, asked).board
        assert board is not None
        try:
            found = table_named(name, asked, board, call.workspace)
        except LookupError:
            raise Http404("There is no such table") from None
        if found is None:
            raise Refused("conflict", "There is nothing to tell in these days, or there are too few people.")
        return csv_text(found.columns, found.rows)


class EditionPdf(KeyedView):
    @operation("editions_pdf", "reports.read", "The PDF of an edition as it was sent", media=PDF)
    def get(self, call: Call, pk: int) -> bytes:
        part = get_object_or_404(Edition, pk=pk).parts.filter(name=PDF_NAME).first()
        if part is None:
            raise Http404("No PDF is kept")
        return bytes(part.content)


class PersonSummary(KeyedView):
    @operation("people_summary", SUMMARIES, "What a person has got out of it, as text to send", media=TEXT)
    def get(self, call: Call, pk: int) -> str:
        return as_text("person", summaries.of_person(_person(pk), now=timezone.now()), call.workspace)


class PersonSummaryPdf(KeyedView):
    @operation("people_summary_pdf", SUMMARIES, "The same as a PDF", media=PDF)
    def get(self, call: Call, pk: int) -> bytes:
        return as_pdf("person", summaries.of_person(_person(pk), now=timezone.now()), call.workspace)


class AccountSummary(KeyedView):
    @operation("accounts_summary", SUMMARIES, "What an account has got out of it, as text to send", media=TEXT)
    def get(self, call: Call, pk: int) -> str:
        return as_text("account", summaries.of_account(get_object_or_404(Account, pk=pk)), call.workspace)


class AccountSummaryPdf(KeyedView):
    @operation("accounts_summary_pdf", SUMMARIES, "The same as a PDF", media=PDF)
    def get(self, call: Call, pk: int) -> bytes:
        return as_pdf("account", summaries.of_account(get_object_or_404(Account, pk=pk)), call.workspace)


def _person(pk: int) -> Person:
    return get_object_or_404(Person.objects.exclude(external_id=""), pk=pk)
