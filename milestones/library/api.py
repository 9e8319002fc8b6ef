"""The milestone library for programs."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from milestones.library import shapes, writing
from milestones.library.content import TAGS, TRANSLATED
from milestones.library.criteria import describe
from milestones.library.finding import matches
from milestones.library.models import Milestone
from milestones.library.translations import states
from workspaces.api.operations import Answer, Call, operation
from workspaces.api.paging import Page, page_of_list
from workspaces.api.problems import Refused
from workspaces.api.views import KeyedView
from workspaces.tenants.languages import LANGUAGES


class Milestones(KeyedView):
    @operation(
        "milestones_list",
        "ladders.read",
        "The modules of the library, by name",
        answer=shapes.MilestoneLine,
        query=shapes.MilestoneFilters,
        pages=True,
        plain=True,
    )
    def get(self, call: Call) -> Page:
        asked = call.asked
        found = [
            milestone
            for milestone in Milestone.objects.order_by("name", "key")
            if (milestone.archived_at is not None) == asked["archived"]
            and matches(milestone.content, words=asked.get("q", ""), tags={kind: asked.get(kind, "") for kind in TAGS})
        ]
        page = page_of_list(found, asked)
        return Page([line(milestone) for milestone in page.items], page.after)

    @operation(
        "milestones_create",
        "ladders.edit",
        "A new module",
        answer=shapes.MilestoneInFull,
        body=shapes.NewMilestone,
        status=201,
        refuses=(409,),
        plain=True,
    )
    def post(self, call: Call) -> Answer:
        said = dict(call.body)
        try:
            milestone = writing.create(_said(said), by=call.by, key=said.pop("key", ""))
        except writing.ContentError as error:
            raise shapes.unwritable(error.problems, below="milestone") from None
        except writing.Taken as error:
            raise Refused("conflict", str(error)) from None
        return Answer(whole(milestone), headers={"Location": f"/api/v1/milestones/{milestone.key}"})


class OneMilestone(KeyedView):
    @operation("milestones_read", "ladders.read", "One module", answer=shapes.MilestoneInFull, plain=True)
    def get(self, call: Call, key: str) -> dict[str, Any]:
        return whole(get_object_or_404(Milestone, key=key))

    @operation(
        "milestones_change",
        "ladders.edit",
        "Make a module say this; versions and drafts keep the copies that they have",
        answer=shapes.MilestoneInFull,
        body=shapes.MilestoneBody,
        matches=True,
        refuses=(412,),
        plain=True,
    )
    def put(self, call: Call, key: str) -> dict[str, Any]:
        milestone = get_object_or_404(Milestone, key=key)
        try:
            writing.change(milestone, _said(dict(call.body)), base=milestone.revision, by=call.by)
        except writing.ContentError as error:
            raise shapes.unwritable(error.problems, below="milestone") from None
        except writing.Stale:
            raise Refused("precondition_failed") from None
        return whole(Milestone.objects.get(pk=milestone.pk))


class Archive(KeyedView):
    @operation(
        "milestones_archive",
        "ladders.edit",
        "Offer a module no longer to new ladders; whatever holds it keeps it",
        answer=shapes.MilestoneInFull,
        plain=True,
    )
    def post(self, call: Call, key: str) -> dict[str, Any]:
        milestone = get_object_or_404(Milestone, key=key)
        milestone.archive(by=call.by)
        return whole(milestone)


class Restore(KeyedView):
    @operation(
        "milestones_restore",
        "ladders.edit",
        "Take a module back into the library",
        answer=shapes.MilestoneInFull,
        plain=True,
    )
    def post(self, call: Call, key: str) -> dict[str, Any]:
        milestone = get_object_or_404(Milestone, key=key)
        milestone.restore(by=call.by)
        return whole(milestone)


class Translations(KeyedView):
    @operation(
        "milestones_translation",
        "ladders.read",
        "A module's texts in a further language, each beside its original",
        answer=shapes.TranslatedTexts,
        plain=True,
    )
    def get(self, call: Call, key: str, language: str) -> dict[str, Any]:
        return _translated(get_object_or_404(Milestone, key=key), _language(call, language))

    @operation(
        "milestones_translate",
        "ladders.edit",
        "Let a module say these texts in a further language",
        answer=shapes.TranslatedTexts,
        body=shapes.TranslationBody,
        matches=True,
        plain=True,
    )
    def put(self, call: Call, key: str, language: str) -> dict[str, Any]:
        milestone = get_object_or_404(Milestone, key=key)
        to = _language(call, language)
        texts = {path: text.replace("\r\n", "\n").strip() for path, text in call.body["texts"].items()}
        still = call.body.get("still", [])
        try:
            writing.translate(milestone, to, texts, still=still, base=milestone.revision, by=call.by)
        except writing.ContentError as error:
            at = f"milestone.translations.{to}"
            raise shapes.unwritable(error.problems, below=at, at="/texts") from None
        except writing.Stale:
            raise Refused("precondition_failed") from None
        return _translated(Milestone.objects.get(pk=milestone.pk), to)


def line(milestone: Milestone) -> dict[str, Any]:
    return {
        "key": milestone.key,
        "name": milestone.name,
        "done_when": describe(milestone.success),
        "unlock": milestone.unlock,
        "archived_at": milestone.archived_at,
        "revision": milestone.revision,
    }


def whole(milestone: Milestone) -> dict[str, Any]:
    return {
        **line(milestone),
        "content": milestone.content,
        "changed_at": milestone.changed_at,
        "changed_by": milestone.changed_by,
    }


def _said(body: dict[str, Any]) -> dict[str, Any]:
    """What was said of the content: what is null was not."""
    return {name: value for name, value in body.items() if value is not None and name != "key"}


def _language(call: Call, tag: str) -> str:
    if tag not in LANGUAGES or tag == call.workspace.language:
        raise Http404("There is no such language to translate to")
    return tag


def _translated(milestone: Milestone, to: str) -> dict[str, Any]:
    found = states(milestone.content, to, TRANSLATED)
    texts = [{"path": one.place.path, "original": one.original, "text": one.text, "state": one.state} for one in found]
    return {"language": to, "texts": texts}
