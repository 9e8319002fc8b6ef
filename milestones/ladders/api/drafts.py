"""A ladder's draft as one document: begin, read, write, undo, discard, publish."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from milestones.ladders import drafts
from milestones.ladders.api import shapes
from milestones.ladders.document import DocumentError, missing_for_publication, read
from milestones.ladders.models import Ladder, LadderVersion
from milestones.ladders.publication import NotPublishable
from milestones.ladders.versions import history, publishing
from milestones.ladders.versions.state import state_of
from milestones.library.shapes import unwritable
from workspaces.api.operations import Call, operation
from workspaces.api.problems import At, Refused
from workspaces.api.views import KeyedView


class Draft(KeyedView):
    @operation("ladders_draft", "ladders.read", "The draft as a document", answer=shapes.DraftInFull, plain=True)
    def get(self, call: Call, key: str) -> dict[str, Any]:
        return draft_data(_draft(key))

    @operation(
        "ladders_begin_draft",
        "ladders.edit",
        "Begin a draft that says what the newest version says, unless there is one",
        answer=shapes.DraftInFull,
        plain=True,
    )
    def post(self, call: Call, key: str) -> dict[str, Any]:
        return draft_data(drafts.begin(_ladder(key), by=call.by))

    @operation(
        "ladders_write_draft",
        "ladders.edit",
        "Make the draft say what a document says, as one change that can be undone",
        answer=shapes.DraftInFull,
        body=shapes.DraftBody,
        matches=True,
        plain=True,
    )
    def put(self, call: Call, key: str) -> dict[str, Any]:
        draft = _draft(key)
        ladder = draft.ladder
        said = {**_mapping(call.body["document"]), "key": ladder.key, "name": ladder.name, "role": ladder.role.content}
        try:
            drafts.write(draft, read({"ladder": said}), by=call.by, words="Changed by a program", place="")
        except DocumentError as error:
            raise unwritable(error.problems, below="ladder", at="/document") from None
        except drafts.Gone:
            raise Http404("The draft is not there any more") from None
        return draft_data(_draft(key))

    @operation("ladders_discard_draft", "ladders.edit", "Throw the draft away; it can be brought back")
    def delete(self, call: Call, key: str) -> None:
        try:
            drafts.discard(_draft(key), by=call.by)
        except drafts.Gone:
            raise Http404("The draft is not there any more") from None


class BringBack(KeyedView):
    @operation(
        "ladders_bring_back_draft",
        "ladders.edit",
        "Begin the draft again that was thrown away last",
        answer=shapes.DraftInFull,
        refuses=(409,),
        plain=True,
    )
    def post(self, call: Call, key: str) -> dict[str, Any]:
        draft = history.bring_back(_ladder(key), by=call.by)
        if draft is None:
            raise Refused("conflict", "There is no discarded draft to bring back.")
        return draft_data(draft)


class Undo(KeyedView):
    @operation(
        "ladders_undo",
        "ladders.edit",
        "Take back the draft's last change that still stands",
        answer=shapes.DraftInFull,
        refuses=(409,),
        plain=True,
    )
    def post(self, call: Call, key: str) -> dict[str, Any]:
        return _undone(key, drafts.undo, call)


class Redo(KeyedView):
    @operation(
        "ladders_redo",
        "ladders.edit",
        "Make the change again that was taken back last",
        answer=shapes.DraftInFull,
        refuses=(409,),
        plain=True,
    )
    def post(self, call: Call, key: str) -> dict[str, Any]:
        return _undone(key, drafts.redo, call)


class Publication(KeyedView):
    @operation(
        "ladders_publish",
        "ladders.publish",
        "Publish the draft: people climb it from now on",
        answer=shapes.VersionInFull,
        body=shapes.PublicationBody,
        refuses=(409,),
    )
    def post(self, call: Call, key: str) -> LadderVersion:
        ladder, said = _ladder(key), call.body
        draft = ladder.draft
        if draft is None:
            raise Refused("conflict", f"{ladder.name} has no draft; begin or import one first.")
        seen = said.get("state") or state_of(draft)
        notes = said.get("notes", draft.notes)
        try:
            return publishing.publish(ladder, by=call.by, seen=seen, moves=said["moves"], notes=notes)
        except publishing.ChangedMeanwhile:
            raise Refused("conflict", "The draft was changed since you read it; nothing was done.") from None
        except NotPublishable as error:
            raise unwritable(error.problems, at="/document") from None


def draft_data(draft: LadderVersion) -> dict[str, Any]:
    document = draft.document
    return {
        "number": draft.number,
        "revision": draft.revision,
        "state": state_of(draft),
        "changed_at": draft.changed_at,
        "changed_by": draft.changed_by,
        "missing": [
            {"place": problem.place, "message": problem.message} for problem in missing_for_publication(document)
        ],
        "document": document,
    }


def _undone(key: str, verb: Any, call: Call) -> dict[str, Any]:
    try:
        verb(_draft(key), by=call.by)
    except drafts.NothingToUndo:
        raise Refused("conflict", "There is no such change left.") from None
    except drafts.Gone:
        raise Http404("The draft is not there any more") from None
    return draft_data(_draft(key))


def _ladder(key: str) -> Ladder:
    return get_object_or_404(Ladder.objects.select_related("role", "workspace"), key=key)


def _draft(key: str) -> LadderVersion:
    found = LadderVersion.objects.select_related("ladder__role", "ladder__workspace")
    return get_object_or_404(found, ladder__key=key, state=LadderVersion.State.DRAFT)


def _mapping(document: Any) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise Refused("invalid", errors=[At("A document is an object.", pointer="/document")])
    return document
