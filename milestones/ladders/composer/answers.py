"""What the server answers to a change: the pieces of the page that it touched, or why nothing was changed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from milestones.ladders.composer.changes import Base, Clash, Done, change, document_of, newest_of
from milestones.ladders.composer.fields import said
from milestones.ladders.composer.showing import bar
from milestones.ladders.document import Document
from milestones.ladders.editing import CannotEdit, Edit
from milestones.ladders.kept_words import kept_words
from milestones.ladders.models import DraftEdit, Ladder
from milestones.library.problems import Problem
from workspaces.tenants.languages import LANGUAGES
from workspaces.tenants.models import Member
from workspaces.tenants.views_access import WorkspaceRequest

CONFLICT = 409


@dataclass(frozen=True)
class Refusal:
    """Why nothing was changed, and what the draft says now."""

    document: Document
    base: Base
    problems: Sequence[Problem] = ()
    clash: Clash | None = None

    @property
    def status(self) -> int:
        return CONFLICT if self.clash else 422


def attempt(request: WorkspaceRequest, ladder: Ladder, make: Callable[[Document], Edit]) -> Done | Refusal:
    """Make the change that the request asks for; its `base` says what the page had read."""
    try:
        return change(ladder, make, by=request.member, base=Base.parse(request.POST.get("base", "")))
    except CannotEdit as refusal:
        newest = newest_of(ladder)
        return Refusal(document_of(ladder, newest), Base.of(newest), problems=refusal.problems)
    except Clash as clash:
        return Refusal(clash.now, clash.base, clash=clash)


def answer(
    request: WorkspaceRequest, ladder: Ladder, result: Done | Refusal, template: str, context: dict[str, Any]
) -> HttpResponse:
    """The pieces for a page with script; without it, back to the page with a message."""
    newest = result.version if isinstance(result, Done) else newest_of(ladder)
    if not request.htmx:  # type: ignore[attr-defined]
        return _back(request, ladder, result)
    said_to = words_for(request.member, result)
    whole = {
        "ladder": ladder,
        "bar": bar(newest, result.document),
        "document": result.document,
        "done": isinstance(result, Done),
        "said": said_to,
        "problems": [said(problem) for problem in result.problems] if isinstance(result, Refusal) else [],
        "clash": result.clash if isinstance(result, Refusal) else None,
        "posted": _posted(request),
        **context,
    }
    status = 200 if isinstance(result, Done) else result.status
    response = render(request, template, whole, status=status)
    response["Composer-Base"] = str(whole["bar"].base)
    return response


def words_for(member: Member, result: Done | Refusal) -> str:
    """What the status line says: what was done, and what others did meanwhile."""
    if isinstance(result, Refusal):
        if result.clash:
            words = _("Not saved: %(who)s changed this meanwhile.")
            return words % {"who": who(member, result.clash.edits)}
        return " ".join(said(problem) for problem in result.problems)
    words = f"{kept_words(result.words)}." if result.words else ""
    theirs = [edit for edit in result.since if edit.by_id != member.user_id]
    if theirs:
        told = {"who": who(member, theirs), "changes": listed(kept_words(edit.words) for edit in theirs)}
        words += " " + _("Meanwhile %(who)s: %(changes)s.") % told
    return words.strip()


def who(member: Member, edits: Iterable[DraftEdit]) -> str:
    """Who made these changes, as this member would say it."""
    names = [_("you, in another window,") if edit.by_id == member.user_id else edit.actor for edit in edits]
    return _(" and ").join(dict.fromkeys(names))


def listed(words: Iterable[str], *, most: int = 3) -> str:
    found = list(dict.fromkeys(words))
    said = "; ".join(found[:most])
    if len(found) > most:
        return _("%(changes)s and %(more)d more") % {"changes": said, "more": len(found) - most}
    return said


def _posted(request: WorkspaceRequest) -> list[tuple[str, str]]:
    """What was asked for, so that it can be asked again on what stands now."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", "base", "open")
        for value in values
    ]


def _back(request: WorkspaceRequest, ladder: Ladder, result: Done | Refusal) -> HttpResponse:
    words = words_for(request.member, result)
    if words:
        (messages.success if isinstance(result, Done) else messages.error)(request, words)
    shown = request.POST.get("page")
    page = f"ladders:{shown}" if shown in ("story", "translations") else "ladders:ladder"
    url = reverse(page, args=[request.workspace.slug, ladder.key])
    if shown == "translations" and request.POST.get("to") in LANGUAGES:
        return redirect(f"{url}?to={request.POST['to']}")
    key = request.POST.get("open", "")
    return redirect(f"{url}?open={key}" if key.replace("-", "").isalnum() else url)
