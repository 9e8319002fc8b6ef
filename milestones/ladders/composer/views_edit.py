"""The composer's changes, each a resource that is posted to, and answered with the pieces of the page it touched."""

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from milestones.ladders import drafts, editing
from milestones.ladders.composer.answers import Refusal, answer, attempt
from milestones.ladders.composer.changes import Base, Done, document_of, newest_of
from milestones.ladders.composer.fields import RUNG_FIELDS, read_posted, rung_field
from milestones.ladders.composer.showing import library_of, phases, row, rung_form
from milestones.ladders.composer.views_translations import answer_with_translations, language_to
from milestones.ladders.document import PHASES, Document
from milestones.ladders.editing import Edit, value_at
from milestones.ladders.kept_words import kept_words
from milestones.ladders.models import Ladder, LadderVersion
from milestones.library.models import Milestone
from milestones.library.problems import Problem, storable
from workspaces.audit.models import Entry
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

SHOWN_IN_ROW = ("name", "criterion", "due_after", "prerequisites", "first_value", "unlock", "phase")
OTHERS_SHOW_IT = ("name", "first_value", "phase")  # changes of these show in other rungs' rows too


@workspace_view("ladders.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def rung(request: WorkspaceRequest, key: str, rung: str) -> HttpResponse:
    """GET: the open rung's form, a fragment. POST: save the fields named in `field` (without any: all)."""
    ladder = _ladder(key)
    if request.method == "POST":
        return _save(request, ladder, rung)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{reverse('ladders:ladder', args=[request.workspace.slug, key])}?open={rung}")
    newest = newest_of(ladder)
    document = document_of(ladder, newest)
    base = str(Base.of(newest))
    form = rung_form(document, rung, base=base, library=library_of(document, [rung]))
    if form is None:
        return HttpResponse(_("This milestone is no longer in the ladder."), status=404)
    return render(request, "ladders/composer/_form.html", {"ladder": ladder, "form": form, "base": base})


def _save(request: WorkspaceRequest, ladder: Ladder, key: str) -> HttpResponse:
    names = [name for name in request.POST.getlist("field") if name in RUNG_FIELDS] or list(RUNG_FIELDS)
    values = read_posted(request.POST, RUNG_FIELDS, names)

    def make(document: Document) -> Edit:
        # Of a whole form only what differs is a change.
        changed = values if len(names) == 1 else _differing(document, key, values)
        return editing.set_rung(document, key, changed)

    result = attempt(request, ladder, make)
    base = str(result.base)
    problems = result.problems if isinstance(result, Refusal) else ()
    context: dict[str, Any] = {
        "key": key,
        "open": key,
        "fields": [
            rung_field(result.document, key, name, base=base, problems=problems)
            for name in names
            if value_at(result.document, f"rungs.{key}") is not None
        ],
    }
    if isinstance(result, Done):
        if result.since or set(names) & set(OTHERS_SHOW_IT):
            context |= _list(result.document)
        elif set(names) & set(SHOWN_IN_ROW):
            found = row(result.document, key, library_of(result.document, [key]))
            context |= {"number": found[0], "row": found[1]} if found else {}
        context["theirs"] = _touched_by_others(request, result, key, names, base)
    return answer(request, ladder, result, "ladders/composer/_saved.html", context)


def _touched_by_others(request: WorkspaceRequest, result: Done, key: str, ours: list[str], base: str) -> list[Any]:
    """The fields of the open rung that others changed meanwhile: the page shows them as they are now."""
    places = " ".join(edit.place for edit in result.since).split()
    return [
        rung_field(result.document, key, name, base=base)
        for name in RUNG_FIELDS
        if name not in ours
        and any(editing.overlap(f"rungs.{key}.{'order' if name == 'phase' else name}", place) for place in places)
    ]


def _differing(document: Document, key: str, values: dict[str, Any]) -> dict[str, Any]:
    stands = {name: value_at(document, f"rungs.{key}.{name}") for name in values}
    return {name: value for name, value in values.items() if (value or None) != (stands[name] or None)}


@workspace_view("ladders.edit")
@require_POST
def place(request: WorkspaceRequest, key: str, rung: str) -> HttpResponse:
    """Move a rung: `direction` up or down, or into `phase` right `after` another."""
    ladder = _ladder(key)
    direction = request.POST.get("direction")

    def make(document: Document) -> Edit:
        if direction == "up":
            return editing.move_up(document, rung)
        if direction == "down":
            return editing.move_down(document, rung)
        return editing.move_to(document, rung, phase=request.POST.get("phase", ""), after=request.POST.get("after", ""))

    return _answer_with_list(request, ladder, attempt(request, ladder, make), again="ladders:rung_place", rung=rung)


@workspace_view("ladders.edit")
@require_POST
def removal(request: WorkspaceRequest, key: str, rung: str) -> HttpResponse:
    ladder = _ladder(key)
    result = attempt(request, ladder, lambda document: editing.remove(document, rung))
    return _answer_with_list(request, ladder, result, again="ladders:rung_removal", rung=rung)


@workspace_view("ladders.edit")
@require_POST
def copies(request: WorkspaceRequest, key: str, rung: str) -> HttpResponse:
    """Duplicate a rung as a milestone of its own."""
    ladder = _ladder(key)
    # Taken in the library, whether it shows them or not: credit is kept by the key.
    taken = set(Milestone.objects.filter(Q(key=rung) | Q(key__startswith=rung[:40])).values_list("key", flat=True))
    result = attempt(request, ladder, lambda document: editing.duplicate(document, rung, taken=taken))
    return _answer_with_list(request, ladder, result, again="ladders:rung_copies", rung=rung)


@workspace_view("ladders.edit")
@require_POST
def rungs(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Add a milestone: `milestone` of the library, or a new one by `name` and `event`, as the last of `phase`."""
    ladder = _ladder(key)
    phase = request.POST.get("phase", "")
    phase = phase if phase in PHASES else PHASES[0]

    def make(document: Document) -> Edit:
        if wanted := request.POST.get("milestone"):
            known = Milestone.objects.filter(key=wanted, archived_at=None) if storable(wanted) else None
            module = known.first() if known is not None else None
            if module is None:
                raise editing.CannotEdit([Problem("milestone", _("This milestone is no longer in the library."))])
            return editing.add(document, module.content, phase=phase)
        name, event = request.POST.get("name", ""), request.POST.get("event", "")
        taken = {rung["milestone"]["key"] for rung in document.get("rungs", [])}
        stem = editing.new_content(name, event)["key"]
        taken |= set(Milestone.objects.filter(key__startswith=stem).values_list("key", flat=True))
        return editing.add(document, editing.new_content(name, event, taken=taken), phase=phase)

    result = attempt(request, ladder, make)
    opened = result.places[0].removeprefix("rungs.") if isinstance(result, Done) and result.places else ""
    context = {"opened": opened, "in_panel": True}
    return _answer_with_list(request, ladder, result, again="ladders:rungs", context=context)


@workspace_view("ladders.edit")
@require_POST
def module(request: WorkspaceRequest, key: str, rung: str) -> HttpResponse:
    """Between a rung and its module in the library: `take` over what that says, or `give` it what the rung says."""
    ladder = _ladder(key)
    module = get_object_or_404(Milestone, key=rung)
    if request.POST.get("act") == "give":
        newest = newest_of(ladder)
        document = document_of(ladder, newest)
        here = value_at(document, f"rungs.{rung}")
        if newest is None or here is None:
            raise Http404("The ladder has no such milestone")
        if module.become(here["milestone"]):
            Entry.record(by=request.member, action="milestone.changed", target=module, ladder=ladder.key)
        result: Done | Refusal = Done(newest, document, f"Saved {module.name} to the library")
    else:
        content = module.content
        result = attempt(request, ladder, lambda document: editing.replace_content(document, rung, content))
    return _answer_with_list(request, ladder, result, again="ladders:rung_module", rung=rung, reload=True)


@workspace_view("ladders.edit")
@require_POST
def undo(request: WorkspaceRequest, key: str) -> HttpResponse:
    return _step(request, _ladder(key), "undo")


@workspace_view("ladders.edit")
@require_POST
def redo(request: WorkspaceRequest, key: str) -> HttpResponse:
    return _step(request, _ladder(key), "redo")


def _step(request: WorkspaceRequest, ladder: Ladder, way: str) -> HttpResponse:
    """Undo or redo the change `of` which the button spoke. When it is another's turn by now, say so and do nothing."""
    draft = newest_of(ladder)
    draft = draft if draft and not draft.is_published and _held(draft) else None
    edit = (drafts.undoable if way == "undo" else drafts.redoable)(draft) if draft else None
    if draft is None or edit is None:
        problem = Problem("", _("There is nothing to undo.") if way == "undo" else _("There is nothing to redo."))
        result: Done | Refusal = _refused(ladder, problem)
    elif request.POST.get("of") != str(edit.revision):
        words = _("Meanwhile %(name)s made a change: %(change)s. Press undo again to undo that")
        if way == "redo":
            words = _("Meanwhile %(name)s made a change: %(change)s. Press redo again to redo that")
        problem = Problem("", words % {"name": edit.actor, "change": kept_words(edit.words)})
        result = _refused(ladder, problem)
    else:
        (drafts.undo if way == "undo" else drafts.redo)(draft, by=request.member)
        words = _("Took back: %(change)s") if way == "undo" else _("Made again: %(change)s")
        result = Done(draft, draft.document, words % {"change": kept_words(edit.words)})
    if request.POST.get("page") == "translations":
        language = language_to(request.workspace, request.POST.get("to", ""))
        return answer_with_translations(request, ladder, result, language)
    return _answer_with_list(request, ladder, result, again=f"ladders:{way}", reload=True)


def _held(draft: LadderVersion) -> bool:
    """Lock the draft, so that of two who press at once the second is told; whether it is still there."""
    try:
        drafts.locked(draft)
    except drafts.Gone:
        return False
    return True


def _refused(ladder: Ladder, problem: Problem) -> Refusal:
    newest = newest_of(ladder)
    return Refusal(document_of(ladder, newest), Base.of(newest), problems=[problem])


def _answer_with_list(
    request: WorkspaceRequest,
    ladder: Ladder,
    result: Done | Refusal,
    *,
    again: str,
    rung: str = "",
    reload: bool = False,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """The whole list in its new order; `reload`: the open rung's form too, because its fields may say other things."""
    opened = request.POST.get("open", "")
    arguments = [request.workspace.slug, ladder.key, *([rung] if rung else [])]
    whole = {"open": opened, "again": reverse(again, args=arguments), **_list(result.document), **(context or {})}
    if isinstance(result, Done) and opened and (reload or result.since):
        library = library_of(result.document, [opened])
        whole["form"] = rung_form(result.document, opened, base=str(result.base), library=library)
    return answer(request, ladder, result, "ladders/composer/_listed.html", whole)


def _list(document: Document) -> dict[str, Any]:
    return {"phases": phases(document, library_of(document)), "rungs": len(document.get("rungs", []))}


def _ladder(key: str) -> Ladder:
    return get_object_or_404(Ladder.objects.select_related("role"), key=key, archived_at=None)
