"""The translations of a ladder: a page with every text beside its original, each of which saves itself."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from milestones.ladders import editing, translations_csv
from milestones.ladders.composer.answers import Refusal, answer, attempt
from milestones.ladders.composer.changes import Done, change, document_of, newest_of
from milestones.ladders.composer.fields import errors_at
from milestones.ladders.composer.showing import PREVIEW_STATES, bar
from milestones.ladders.composer.translating import counts, sections, text_shown
from milestones.ladders.document import Document, DocumentError
from milestones.ladders.kept_words import kept_words
from milestones.ladders.models import Ladder
from milestones.library.criteria import describe_rule
from milestones.library.problems import Problem
from workspaces.tenants.languages import LANGUAGES, Language
from workspaces.tenants.models import Workspace
from workspaces.tenants.templatetags.spoken_names import spoken_name
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

SHOWN_PROBLEMS = 20


@workspace_view("ladders.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def translations(request: WorkspaceRequest, key: str) -> HttpResponse:
    """GET: the page, `to` names the language. POST: save the text of `field`, or say that it is `still` right."""
    ladder = get_object_or_404(Ladder.objects.select_related("role"), key=key, archived_at=None)
    if request.method == "POST":
        return _save(request, ladder)
    return _page(request, ladder, language_to(request.workspace, request.GET.get("to", "")))


@workspace_view("ladders.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def as_csv(request: WorkspaceRequest, key: str) -> HttpResponse:
    """GET: every text in every language, for translators. POST: take over what their `file` says."""
    ladder = get_object_or_404(Ladder.objects.select_related("role"), key=key, archived_at=None)
    if request.method != "POST":
        others = [tag for tag in LANGUAGES if tag != request.workspace.language]
        text = translations_csv.write(document_of(ladder, newest_of(ladder)), others)
        response = HttpResponse(f"\ufeff{text}", content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{key}-translations.csv"'
        return response
    language = language_to(request.workspace, request.POST.get("to", ""))
    upload = request.FILES.get("file")
    data = upload.read(translations_csv.LARGEST + 1) if upload else b""
    try:
        cells = translations_csv.read(data)
        done = change(ladder, lambda now: translations_csv.bring(now, cells), by=request.member, base=None)
    except DocumentError as error:
        return _page(request, ladder, language, brought=error.problems)
    messages.success(request, f"{kept_words(done.words)}." if done.words else _("The ladder says all of this already."))
    return redirect(f"{reverse('ladders:translations', args=[request.workspace.slug, key])}?to={language.tag}")


def _page(
    request: WorkspaceRequest, ladder: Ladder, language: Language, *, brought: Sequence[Problem] = ()
) -> HttpResponse:
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
        "brought": brought[:SHOWN_PROBLEMS],
        "more": max(0, len(brought) - SHOWN_PROBLEMS),
        **counted(request.workspace, document, language),
    }
    return render(request, "ladders/composer/translations.html", context, status=422 if brought else 200)


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
    still, __, confirmed = request.POST.get("still", "").partition(" ")
    field = confirmed or request.POST.get("field", "")

    def make(document: Document) -> editing.Edit:
        if language.tag != request.POST.get("to"):  # the page was made when the ladder was in another language
            words = _("Ladders are written in %(language)s here, and translated into other languages; reload the page.")
            own = spoken_name(LANGUAGES[request.workspace.language])
            raise editing.CannotEdit([Problem("text", words % {"language": own})])
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
    kind, __, rest = field.partition(".")
    owner = f"{kind}.{rest.split('.')[0]}" if kind in ("rungs", "stories") else ""
    translated = f"{owner}.translations" if owner else "translations"
    return any(editing.overlap(field, place) or editing.overlap(translated, place) for place in places)
