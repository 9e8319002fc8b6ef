"""The composer's page, and what is fetched into it: an open rung, the panel for adding, the history."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from milestones.ladders import views
from milestones.ladders.composer.changes import document_of, newest_of
from milestones.ladders.composer.showing import PREVIEW_STATES, bar, library_of, phases, rung_form
from milestones.ladders.document import PHASES, Document
from milestones.ladders.models import DraftEdit, Ladder
from milestones.library.criteria import describe, describe_rule
from milestones.library.models import Milestone
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

FOUND = 12  # milestones that the search shows
HISTORY = 50


@workspace_view("ladders.read")
@require_GET
def ladder(request: WorkspaceRequest, key: str) -> HttpResponse:
    """The composer for those who may edit; the others read."""
    found = get_object_or_404(Ladder.objects.select_related("role"), key=key)
    if not request.member.may("ladders.edit") or found.archived_at is not None:
        return views.ladder_page(request, found)
    newest = newest_of(found)
    document = document_of(found, newest)
    library = library_of(document)
    opened = request.GET.get("open", "")
    state = bar(newest, document)
    context = {
        "ladder": found,
        "for_whom": describe_rule(found.role.chooses),
        "bar": state,
        "document": document,
        "phases": phases(document, library),
        "rungs": len(document.get("rungs", [])),
        "open": opened,
        "form": rung_form(document, opened, base=str(state.base), library=library) if opened else None,
        "preview_states": PREVIEW_STATES,
        "adding": "add" in request.GET,
        **(_panel(request, document) if "add" in request.GET else {}),
    }
    return render(request, "ladders/composer/page.html", context)


@workspace_view("ladders.edit")
@require_GET
def panel(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Fragment: what can be added, found in the library or new."""
    found = get_object_or_404(Ladder.objects.select_related("role"), key=key)
    document = document_of(found, newest_of(found))
    template = "ladders/composer/_found.html" if "q" in request.GET else "ladders/composer/_panel.html"
    return render(request, template, {"ladder": found, **_panel(request, document)})


@workspace_view("ladders.edit")
@require_GET
def history(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Fragment: the draft's changes, newest first; those of one member at one place within minutes are one line."""
    found = get_object_or_404(Ladder, key=key)
    draft = found.draft
    edits = list(draft.edits.defer("before").order_by("-revision")[:HISTORY]) if draft else []
    return render(request, "ladders/composer/_history.html", {"ladder": found, "lines": _grouped(edits)})


def _grouped(edits: list[DraftEdit]) -> list[tuple[DraftEdit, int]]:
    lines: list[tuple[DraftEdit, int]] = []
    for edit in edits:
        last = lines[-1][0] if lines else None
        same = last is not None and (last.place, last.actor, last.words) == (edit.place, edit.actor, edit.words)
        if same and last is not None and last.undoes is None and edit.undoes is None:
            lines[-1] = (lines[-1][0], lines[-1][1] + 1)
        else:
            lines.append((edit, 1))
    return lines


def _panel(request: WorkspaceRequest, document: Document) -> dict[str, object]:
    """Milestones of the library that the ladder does not have yet, those that match `q`."""
    have = {rung["milestone"]["key"] for rung in document.get("rungs", [])}
    words = request.GET.get("q", "").lower().split()[:8]
    fitting = [
        (milestone, describe(milestone.success))
        for milestone in Milestone.objects.filter(archived_at=None).exclude(key__in=have).order_by("name")
        if all(word in _text(milestone) for word in words)
    ]
    wished = request.GET.get("phase", "")
    rungs = document.get("rungs", [])
    last = rungs[-1]["phase"] if rungs else PHASES[0]
    return {
        "found": fitting[:FOUND],
        "more": max(0, len(fitting) - FOUND),
        "q": request.GET.get("q", ""),
        "phase_choices": PHASES,
        "phase": wished if wished in PHASES else last,
    }


def _text(milestone: Milestone) -> str:
    tags = " ".join(tag for tags in milestone.tags.values() for tag in tags)
    return f"{milestone.name} {milestone.key} {milestone.purpose} {tags} {describe(milestone.success)}".lower()
