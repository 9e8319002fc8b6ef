"""The story of a ladder: its promise, its start and pace, what each step adds, customers' words, before and after."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from milestones.ladders import editing, views
from milestones.ladders.composer.answers import Refusal, answer, attempt
from milestones.ladders.composer.changes import Done, document_of, newest_of
from milestones.ladders.composer.fields import (
    ABOUT_FIELDS,
    STORY_FIELDS,
    about_field,
    errors_at,
    read_posted,
    rung_field,
    said,
    story_field,
)
from milestones.ladders.composer.showing import PREVIEW_STATES, bar
from milestones.ladders.document import Document
from milestones.ladders.editing import Edit, overlap, value_at
from milestones.ladders.models import Ladder
from milestones.library.criteria import describe_rule
from milestones.library.variables import VARIABLES
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

PROMISE = ("title", "value_proposition", "kickoff", "done_looks_like")
PACE = ("start", "new_steps_a_session")
IMPACT = ("impact.before", "impact.after")
NOTES = ("notes",)


@workspace_view("ladders.read")
@require_GET
def story(request: WorkspaceRequest, key: str) -> HttpResponse:
    """The page for those who may edit; the others read the ladder."""
    ladder = get_object_or_404(Ladder.objects.select_related("role"), key=key)
    if not request.member.may("ladders.edit") or ladder.archived_at is not None:
        return views.ladder_page(request, ladder)
    newest = newest_of(ladder)
    document = document_of(ladder, newest)
    state = bar(newest, document)
    base = str(state.base)

    def shown(names: tuple[str, ...]) -> list[Any]:
        return [about_field(document, name, base=base) for name in names]

    context = {
        "ladder": ladder,
        "for_whom": describe_rule(ladder.role.chooses),
        "bar": state,
        "document": document,
        "promise": shown(PROMISE),
        "pace": shown(PACE),
        "impact": shown(IMPACT),
        "notes": shown(NOTES),
        "adds": [
            (rung["milestone"]["name"], rung_field(document, rung["milestone"]["key"], "value_statement", base=base))
            for rung in document.get("rungs", [])
        ],
        "stories": _stories(document, base),
        "new_story": [story_field({}, "new", name, base=base) for name in STORY_FIELDS],
        "variables": VARIABLES.items(),
        "preview_states": PREVIEW_STATES,
        "page": "story",
    }
    return render(request, "ladders/composer/story.html", context)


@workspace_view("ladders.edit")
@require_POST
def save(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Save the fields named in `field` (without any: all)."""
    ladder = _ladder(key)
    names = [name for name in request.POST.getlist("field") if name in ABOUT_FIELDS] or list(ABOUT_FIELDS)
    values = read_posted(request.POST, ABOUT_FIELDS, names)

    def make(document: Document) -> Edit:
        if len(names) == 1:
            return editing.set_about(document, values)
        changed = {name: value for name, value in values.items() if (value or None) != value_at(document, name)}
        return editing.set_about(document, changed)

    result = attempt(request, ladder, make)
    base, problems = str(result.base), result.problems if isinstance(result, Refusal) else ()
    context = {
        "fields": [about_field(result.document, name, base=base, problems=problems) for name in names],
        "theirs": [
            about_field(result.document, name, base=base)
            for name in ABOUT_FIELDS
            if isinstance(result, Done)
            and name not in names
            and any(overlap(name, place) for edit in result.since for place in edit.place.split())
        ],
    }
    return answer(request, ladder, result, "ladders/composer/_saved.html", context)


@workspace_view("ladders.edit")
@require_POST
def stories(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Add a customer story."""
    ladder = _ladder(key)
    values = read_posted(request.POST, STORY_FIELDS, STORY_FIELDS)
    result = attempt(request, ladder, lambda document: editing.add_story(document, values))
    return _answer_with_stories(request, ladder, result)


@workspace_view("ladders.edit")
@require_POST
def one_story(request: WorkspaceRequest, key: str, number: int) -> HttpResponse:
    """Save fields of a customer story; `number` counts from 0."""
    ladder = _ladder(key)
    names = [name for name in request.POST.getlist("field") if name in STORY_FIELDS] or list(STORY_FIELDS)
    values = read_posted(request.POST, STORY_FIELDS, names)
    result = attempt(request, ladder, lambda document: editing.set_story(document, number, values))
    problems = result.problems if isinstance(result, Refusal) else ()
    told = value_at(result.document, f"stories.{number}") or {}
    shown = [
        story_field(told, str(number), name, base=str(result.base), errors=errors_at(problems, name)) for name in names
    ]
    return answer(request, ladder, result, "ladders/composer/_saved.html", {"fields": shown})


@workspace_view("ladders.edit")
@require_POST
def story_removal(request: WorkspaceRequest, key: str, number: int) -> HttpResponse:
    ladder = _ladder(key)
    result = attempt(request, ladder, lambda document: editing.remove_story(document, number))
    return _answer_with_stories(request, ladder, result)


def _answer_with_stories(request: WorkspaceRequest, ladder: Ladder, result: Done | Refusal) -> HttpResponse:
    base = str(result.base)
    context: dict[str, Any] = {
        "stories": _stories(result.document, base),
        "again": request.path,
        "new_story": [story_field({}, "new", name, base=base) for name in STORY_FIELDS],
        "wrong": [said(problem) for problem in result.problems] if isinstance(result, Refusal) else [],
    }
    return answer(request, ladder, result, "ladders/composer/_stories_answer.html", context)


def _stories(document: Document, base: str) -> list[list[Any]]:
    return [
        [story_field(told, str(number), name, base=base) for name in STORY_FIELDS]
        for number, told in enumerate(document.get("stories", []))
    ]


def _ladder(key: str) -> Ladder:
    return get_object_or_404(Ladder.objects.select_related("role"), key=key, archived_at=None)
