"""What the pages of a playbook are made of, and how they answer: a fragment to htmx, the page itself to the others."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from milestones.ladders.models import Ladder
from milestones.playbook.book import Book, Step, book_of
from milestones.playbook.log import newest_lines
from milestones.playbook.models import Comment, Section
from workspaces.tenants.views_access import WorkspaceRequest

WHOLE = ""  # the place of what is said about the playbook as a whole


def ladder_at(key: str) -> Ladder:
    return get_object_or_404(Ladder.objects.select_related("role"), key=key)


def page_context(request: WorkspaceRequest, ladder: Ladder) -> dict[str, Any]:
    """What the page and every fragment of it may show."""
    book = book_of(ladder)
    playbook = book.playbook
    comments = _comments(book)
    lines, more = newest_lines(playbook)
    members = request.workspace.members.filter(user=playbook.owner_id) if playbook.owner_id else None
    return {
        "ladder": ladder,
        "book": book,
        "playbook": playbook,
        "due": playbook.is_due(timezone.localdate()),
        "owner_left": members is not None and not members.exists(),
        "comments": comments,
        "whole": comments.get(WHOLE, []),
        "lines": lines,
        "more_lines": more,
    }


def _comments(book: Book) -> dict[str, list[Comment]]:
    found: dict[str, list[Comment]] = {}
    for comment in book.playbook.comments.all() if book.playbook.pk else ():
        found.setdefault(comment.place, []).append(comment)
    return found


def section_at(book: Book, place: str) -> Section:
    section = book.section(place)
    if section is None:
        raise Http404("The playbook has nothing at this place")
    return section


def step_at(book: Book, place: str) -> Step:
    step = book.step(place)
    if step is None:
        raise Http404("The ladder has no such milestone")
    return step


def answer(
    request: WorkspaceRequest, ladder: Ladder, template: str, *, place: str = "", status: int = 200, **context: Any
) -> HttpResponse:
    """After a change: the fragment, with the parts of the page that follow from it; without htmx, back to the place."""
    if not request.headers.get("HX-Request"):
        page = reverse("playbook:playbook", args=[request.workspace.slug, ladder.key])
        return redirect(f"{page}#{place}" if place else page)
    whole = page_context(request, ladder)
    section = whole["book"].section(place)
    return render(
        request,
        "playbook/changed.html",
        {**whole, "fragment": template, "place": place, "section": section, "step": whole["book"].step(place)}
        | context,
        status=status,
    )


def show(
    request: WorkspaceRequest, ladder: Ladder, template: str, *, heading: str, status: int = 200, **context: Any
) -> HttpResponse:
    """A form: alone for htmx, on a page of its own otherwise."""
    context = {"ladder": ladder, "heading": heading, "fragment": template, **context}
    alone = bool(request.headers.get("HX-Request"))
    return render(request, template if alone else "playbook/form.html", context, status=status)
