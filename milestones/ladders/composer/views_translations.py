"""The translations of a ladder: a page with every text beside its original, each of which saves itself."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from milestones.ladders import editing
from milestones.ladders.composer.answers import Refusal, answer, attempt
from milestones.ladders.composer.changes import Done, document_of, newest_of
from milestones.ladders.composer.fields import errors_at
from milestones.ladders.composer.showing import PREVIEW_STATES, bar
from milestones.ladders.composer.translating import counts, sections, text_shown
from milestones.ladders.document import Document
from milestones.ladders.models import Ladder
from milestones.library.criteria import describe_rule
from workspaces.tenants.languages import LANGUAGES, Language
from workspaces.tenants.models import Workspace
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("ladders.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def translations(request: WorkspaceRequest, key: str) -> HttpResponse:
    """GET: the page, `to` names the language. POST: save the text of `field`, or say that it is `still` right."""
    ladder = get_object_or_404(Ladder.objects.select_related("role"), key=key, archived_at=None)
    if request.method == "POST":
        return _save(request, ladder)
    language = language_to(request.workspace, request.GET.get("to", ""))
    newest = newest_of(ladder)
    document = document_of(ladder, newest)
    state = bar(newest, document)
    context = {
        "ladder": ladder,
        "for_whom": describe_rule(ladder.role.chooses),
        "bar": state,
        "document": document,
        "preview_states": PREVIEW_STATES,
        "page": "translations",
        "sections": sections(document, language, base=str(state.base)),
        **counted(request.workspace, document, language),
    }
    return render(request, "ladders/composer/translations.html", context)


def language_to(workspace: Workspace, asked: str) -> Language:
    """The language to translate into: the asked one, else the first further one on offer, else any other."""
    others = [tag for tag in (asked, *workspace.offers, *LANGUAGES) if tag in LANGUAGES and tag != workspace.language]
    return LANGUAGES[others[0]]


def counted(workspace: Workspace, document: Document, language: Language) -> dict[str, Any]:
    """How far every language is, and the one that is shown."""
    others = [other for other in LANGUAGES.values() if other.tag != workspace.language]
    found = counts(document, others, offered=workspace.offers)
    return {
        "language": language,
        "authored": LANGUAGES[workspace.language],
        "counts": found,
        "reached": next(count for count in found if count.language == language),
    }


def _save(request: WorkspaceRequest, ladder: Ladder) -> HttpResponse:
    language = language_to(request.workspace, request.POST.get("to", ""))
    still, _, confirmed = request.POST.get("still", "").partition(" ")
    field = confirmed or request.POST.get("field", "")

    def make(document: Document) -> editing.Edit:
        if confirmed:
            shown = text_shown(document, field, language, base="")
            text, made_from = shown.found.text if shown else "", still
        else:
            text, made_from = request.POST.get("text", ""), request.POST.get("made_from", "")
        return editing.set_translation(document, field, language.tag, text, made_from=made_from)

    result = attempt(request, ladder, make)
    return answer_with_translations(request, ladder, result, language, field)


def answer_with_translations(
    request: WorkspaceRequest, ladder: Ladder, result: Done | Refusal, language: Language, field: str = ""
) -> HttpResponse:
    """What is wrong at the text `field`, or its state; and anew every text that others touched.

    Without `field`, as after an undo, every text.
    """
    base = str(result.base)
    errors = errors_at(result.problems, "text") if isinstance(result, Refusal) else []
    others = [text for section in sections(result.document, language, base=base) for text in section.texts]
    if field:
        places = " ".join(edit.place for edit in result.since).split() if isinstance(result, Done) else []
        others = [text for text in others if text.field != field and _touched(text.field, places)]
    context = {
        "shown": text_shown(result.document, field, language, base=base, errors=errors) if field else None,
        "theirs": others,
        "page": "translations",
        **counted(request.workspace, result.document, language),
    }
    return answer(request, ladder, result, "ladders/composer/_translated.html", context)


def _touched(field: str, places: list[str]) -> bool:
    """Whether a change at one of these places may be one of this text or of its translation."""
    kind, _, rest = field.partition(".")
    owner = f"{kind}.{rest.split('.')[0]}" if kind in ("rungs", "stories") else ""
    translated = f"{owner}.translations" if owner else "translations"
    return any(editing.overlap(field, place) or editing.overlap(translated, place) for place in places)
