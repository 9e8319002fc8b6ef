"""Changing a draft: every change is one revision, kept with who made it, so that nothing is overwritten or lost.

A draft is changed as one document: the caller reads it, makes another of it and writes that back. `base` says which
revision the caller had read; when somebody changed the draft since, Stale tells what, and nothing is written.
"""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from milestones.ladders.document import TEXTS, Document, read
from milestones.ladders.models import DraftEdit, Ladder, LadderVersion, Rung
from milestones.library.models import Milestone
from milestones.library.periods import parse_period
from workspaces.audit.models import Entry
from workspaces.scope.bulk import insert_rows
from workspaces.tenants.models import Member

MOST_EDITS = 200  # of one draft that are kept for undo


class Stale(Exception):
    """Somebody changed the draft since the revision that the caller had read. `since`: their changes, oldest first."""

    def __init__(self, since: Sequence[DraftEdit]) -> None:
        super().__init__("The draft was changed meanwhile.")
        self.since = tuple(since)


class Gone(Stale):
    """The draft was published or discarded meanwhile; there is nothing left that could be changed."""

    def __init__(self) -> None:
        super().__init__([])


class NothingToUndo(Exception):
    """There is no change left to take back, or none to make again."""


def begin(ladder: Ladder, *, by: Member | None) -> LadderVersion:
    """The ladder's draft; where there is none, one that says what the newest version says."""
    Ladder.objects.select_for_update().get(pk=ladder.pk)
    draft, newest = ladder.draft, ladder.newest
    if draft is not None:
        return draft
    draft = LadderVersion(ladder=ladder, number=newest.number + 1 if newest else 1)
    if newest is not None:
        document = newest.document
        fill(draft, {field: value for field, value in document.items() if field != "notes"})
    else:
        draft.save()
    Entry.record(by=by, action="draft.begun", target=draft)
    return draft


def write(
    draft: LadderVersion,
    document: Document,
    *,
    by: Member | None,
    words: str,
    place: str,
    base: int | None = None,
    before: Document | None = None,
) -> int:
    """Make the draft say what the canonical `document` says; returns the revision that it has then.

    A document that says nothing new leaves the revision as it is. Raises Stale or Gone. `before`: what the draft said
    at `base`, from a caller who has just read it and made the canonical `document` of it; neither is read again then.
    """
    now = locked(draft)
    if base is not None and base != now.revision:
        raise Stale(list(now.edits.filter(revision__gt=base).order_by("revision")))
    if base is None or before is None:
        before, document = None, read({"ladder": document})
    return _change(draft, now, document, by=by, words=words, place=place, before=before)


def undo(draft: LadderVersion, *, by: Member | None) -> DraftEdit:
    """Take back the last change that still stands, whoever made it. Raises NothingToUndo."""
    now = locked(draft)
    edit = undoable(now)
    if edit is None:
        raise NothingToUndo
    before = read({"ladder": edit.before})
    _change(draft, now, before, by=by, words=edit.words, place=edit.place, undoes=edit.revision)
    return edit


def redo(draft: LadderVersion, *, by: Member | None) -> DraftEdit:
    """Make the change again that was taken back last, unless another one came after. Raises NothingToUndo."""
    now = locked(draft)
    edit = redoable(now)
    if edit is None:
        raise NothingToUndo
    # What a change made of the draft is what the next one found; the one that took it back came after it.
    after = read({"ladder": now.edits.get(revision=edit.revision + 1).before})
    _change(draft, now, after, by=by, words=edit.words, place=edit.place, redoes=edit.revision)
    return edit


def undoable(draft: LadderVersion) -> DraftEdit | None:
    """The change that `undo` would take back."""
    return _edit(draft, _stacks(draft)[0])


def redoable(draft: LadderVersion) -> DraftEdit | None:
    """The change that `redo` would make again."""
    return _edit(draft, _stacks(draft)[1])


def standing(draft: LadderVersion) -> tuple[DraftEdit | None, DraftEdit | None]:
    """What `undo` would take back and what `redo` would make again, without the documents that they keep."""
    done, undone = _stacks(draft)
    wanted = [stack[-1] for stack in (done, undone) if stack]
    found = {edit.revision: edit for edit in draft.edits.filter(revision__in=wanted).defer("before")} if wanted else {}
    return found.get(done[-1]) if done else None, found.get(undone[-1]) if undone else None


def take_module(draft: LadderVersion, milestone: Milestone, *, by: Member | None) -> int:
    """Make the draft's copy of a module say what the library says now; returns the revision. Raises Gone."""
    now = locked(draft)  # before it is read, so that nothing that is written meanwhile gets lost
    now.ladder = draft.ladder
    document = now.document
    rungs = [
        {**rung, "milestone": milestone.content} if rung["milestone"]["key"] == milestone.key else rung
        for rung in document.get("rungs", [])
    ]
    return write(
        draft,
        {**document, "rungs": rungs},
        by=by,
        words=f"Took over {milestone.name} from the library",
        place=f"rungs.{milestone.key}",
    )


def discard(draft: LadderVersion, *, by: Member | None) -> None:
    """Throw the draft away; the audit log keeps what it said last, the published versions stay. Raises Gone."""
    Ladder.objects.select_for_update().get(pk=draft.ladder_id)
    now = locked(draft)
    now.ladder = draft.ladder
    Entry.record(by=by, action="draft.discarded", target=now, document=now.document)
    now.delete()


def locked(draft: LadderVersion) -> LadderVersion:
    """The draft as it stands, locked until the transaction ends, so that one change follows the other. Raises Gone."""
    now = LadderVersion.objects.select_for_update().filter(pk=draft.pk, state=LadderVersion.State.DRAFT).first()
    if now is None:
        raise Gone
    return now


def _change(
    draft: LadderVersion,
    now: LadderVersion,
    after: Document,
    *,
    by: Member | None,
    words: str,
    place: str,
    undoes: int | None = None,
    redoes: int | None = None,
    before: Document | None = None,
) -> int:
    now.ladder = draft.ladder
    before = now.document if before is None else before
    if after == before:
        return now.revision
    draft.revision = now.revision + 1
    draft.changed_at, draft.changed_by = timezone.now(), str(by) if by else "command line"
    fill(draft, after, before=before)
    DraftEdit.objects.create(
        version=draft,
        revision=draft.revision,
        place=place[:200],
        words=words[:300],
        by=by.user if by else None,
        actor=draft.changed_by,
        at=draft.changed_at,
        before=before,
        undoes=undoes,
        redoes=redoes,
    )
    draft.edits.filter(revision__lte=draft.revision - MOST_EDITS).delete()
    return draft.revision


def fill(draft: LadderVersion, document: Document, *, before: Document | None = None) -> None:
    """Write the document into the draft's rows, of its rungs only what differs from `before` (nothing: a new draft).

    Keeps no revision: that is `write`.

    The ladder's own name and the role's content are not a draft's to change; the rest is.
    """
    for said in TEXTS:
        setattr(draft, said, document.get(said, ""))
    draft.start, draft.funnel = document.get("start"), document.get("funnel", [])
    draft.new_steps_a_session = document.get("new_steps_a_session")
    draft.stories, draft.impact = document.get("stories", []), document.get("impact", {})
    draft.translations = document.get("translations", {})
    draft.save()
    _put_rungs(draft, document.get("rungs", []), before=(before or {}).get("rungs", []))


def _put_rungs(draft: LadderVersion, rungs: list[Document], *, before: list[Document]) -> None:
    """Make the draft's rungs these. Places are unique, so those that differ are deleted first and written anew."""
    if rungs == before:
        return
    old = {rung["milestone"]["key"]: (place, rung) for place, rung in enumerate(before, 1)}
    new = {rung["milestone"]["key"]: (place, rung) for place, rung in enumerate(rungs, 1)}
    gone = [key for key, value in old.items() if new.get(key) != value]
    changed = {key: value for key, value in new.items() if old.get(key) != value}
    if gone:
        draft.rungs.filter(key__in=gone)._raw_delete("default")
    milestones = dict(Milestone.objects.filter(key__in=changed).values_list("key", "pk"))
    missing = [rung["milestone"] for key, (_, rung) in changed.items() if key not in milestones]
    for content in missing:
        milestone = Milestone()
        milestone.become(content)
        milestones[milestone.key] = milestone.pk
    insert_rows(Rung, [_row(draft, milestones[key], place, rung) for key, (place, rung) in changed.items()])


def _row(draft: LadderVersion, milestone: int, place: int, rung: Document) -> dict[str, Any]:
    return {
        "version_id": draft.pk,
        "milestone_id": milestone,
        "key": rung["milestone"]["key"],
        "position": place,
        "phase": rung["phase"],
        "due_after": _seconds(rung, "due_after"),
        "spacing": _seconds(rung, "spacing"),
        "prerequisites": rung.get("prerequisites", []),
        "first_value": rung.get("first_value", False),
        "content": rung["milestone"],
    }


def _seconds(rung: Document, field: str) -> str | None:
    """A period as PostgreSQL reads an interval."""
    return f"{parse_period(rung[field]).total_seconds():.0f} seconds" if field in rung else None


def _stacks(draft: LadderVersion) -> tuple[list[int], list[int]]:
    """The revisions whose changes stand, and those taken back and not yet overtaken; the last of each comes next."""
    done: list[int] = []
    undone: list[int] = []
    for revision, undoes, redoes in draft.edits.order_by("revision").values_list("revision", "undoes", "redoes"):
        if undoes is not None:
            undone.append(undoes)
            done = [number for number in done if number != undoes]
        elif redoes is not None:
            done.append(revision)
            undone = undone[:-1]
        else:
            done.append(revision)
            undone = []
    return done, undone


def _edit(draft: LadderVersion, stack: list[int]) -> DraftEdit | None:
    return draft.edits.filter(revision=stack[-1]).first() if stack else None
