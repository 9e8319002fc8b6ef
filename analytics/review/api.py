"""A playbook with its numbers as a file, for programs."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from analytics.review.exports import as_html, as_markdown
from analytics.review.numbers import Numbers, numbers_of
from analytics.review.printing import print_soon
from milestones.ladders.models import Ladder
from milestones.playbook.book import Book, book_of
from workspaces.api.operations import Call, in_a_while, operation
from workspaces.api.views import KeyedView

READ = "ladders.read"
ASK_AGAIN_S = 3


class AsMarkdown(KeyedView):
    @operation("playbooks_markdown", READ, "A playbook with its numbers as Markdown", media="text/markdown")
    def get(self, call: Call, key: str) -> str:
        return as_markdown(*_found(call, key), workspace=call.workspace)


class AsHtml(KeyedView):
    @operation(
        "playbooks_html",
        READ,
        "The same as one page of HTML that needs no other",
        media="text/html; charset=utf-8",
    )
    def get(self, call: Call, key: str) -> str:
        return as_html(*_found(call, key), workspace=call.workspace)


class AsPdf(KeyedView):
    @operation(
        "playbooks_pdf", READ, "The same as a PDF; a long one takes a while", media="application/pdf", waits=True
    )
    def get(self, call: Call, key: str) -> HttpResponse | bytes:
        page = as_html(*_found(call, key), workspace=call.workspace, printed=True)
        printed = print_soon(page, call.workspace.pk)
        return in_a_while(ASK_AGAIN_S) if printed is None else printed


def _found(call: Call, key: str) -> tuple[Book, Numbers | None]:
    book = book_of(get_object_or_404(Ladder.objects.select_related("role"), key=key))
    return book, numbers_of(call.workspace, book, now=timezone.now())
