"""A ladder's versions as a history: going back to one, beginning another ladder with one, putting the draft away."""

from django.utils import timezone

from milestones.ladders import drafts
from milestones.ladders.document import Document, read
from milestones.ladders.models import Ladder, LadderVersion
from milestones.ladders.versions.comparison import without_notes
from workspaces.audit.models import Entry
from workspaces.scope import current_workspace_id
from workspaces.scope.wakes import announce
from workspaces.tenants.models import Member


def take_back(version: LadderVersion, *, by: Member) -> LadderVersion:
    """Make the ladder's draft say what `version` says, as one change that can be undone. Returns the draft.

    The role and the ladder's name are not a version's to bring back: they stay as they are now.
    """
    ladder = version.ladder
    draft = drafts.begin(ladder, by=by)
    document = _said_in(ladder, version.document) | {"notes": f"Back to what version {version.number} said."}
    drafts.write(draft, document, by=by, words=f"Went back to version {version.number}", place="")
    Entry.record(by=by, action="draft.taken_back", target=draft, number=version.number)
    return draft


def duplicate(version: LadderVersion, *, key: str, name: str, by: Member) -> Ladder:
    """Begin another ladder for the same role, whose draft says what `version` says."""
    ladder = Ladder.objects.create(key=key, name=name, role=version.ladder.role)
    draft = LadderVersion(ladder=ladder, number=1)
    document = without_notes(version.document)
    drafts.fill(draft, read({"ladder": document | {"key": key, "name": name}}))
    Entry.record(by=by, action="ladder.duplicated", target=ladder, of=str(version), key=key)
    return ladder


def discarded(ladder: Ladder) -> Entry | None:
    """The record of the draft that was thrown away last, if no version followed it yet."""
    if ladder.draft is not None:
        return None
    entries = Entry.objects.filter(action="draft.discarded", details__document__key=ladder.key)
    entry = entries.order_by("-at", "-pk").first()
    live = ladder.published
    if entry is None or (live is not None and live.published_at is not None and entry.at < live.published_at):
        return None
    return entry


def bring_back(ladder: Ladder, *, by: Member) -> LadderVersion | None:
    """Begin the draft again that was thrown away last. None when there is none to bring back."""
    Ladder.objects.select_for_update().get(pk=ladder.pk)  # a draft that is begun meanwhile is not written over
    entry = discarded(ladder)
    if entry is None:
        return None
    draft = drafts.begin(ladder, by=by)
    document = _said_in(ladder, entry.details["document"])
    drafts.write(draft, document, by=by, words="Brought the discarded draft back", place="")
    return draft


def archive(ladder: Ladder, *, by: Member) -> None:
    """Nobody begins it from now on; those under way keep what they have, and the numbers stay."""
    if ladder.archived_at is None:
        ladder.close(at=timezone.now())
        _announced(ladder, by=by, action="ladder.archived")


def restore(ladder: Ladder, *, by: Member) -> None:
    """People begin it again, and those who came meanwhile and got no other; nobody loses what they got meanwhile."""
    if ladder.archived_at is not None:
        ladder.reopen(at=timezone.now())
        _announced(ladder, by=by, action="ladder.restored")


def _announced(ladder: Ladder, *, by: Member, action: str) -> None:
    Entry.record(by=by, action=action, target=ladder)
    announce("ladders.published", current_workspace_id())


def _said_in(ladder: Ladder, document: Document) -> Document:
    """What a document of old says, for this ladder as it is called now and for whom it is now."""
    return read({"ladder": {**document, "key": ladder.key, "name": ladder.name, "role": ladder.role.content}})
