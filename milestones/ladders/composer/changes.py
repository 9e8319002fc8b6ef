"""One change of a draft by somebody who had read it before: made on what stands now, never over what others wrote.

A page knows the *base*, the version's number and revision that it shows. A change is a function of the document, so
it is made on the newest one: changes at different places meet in peace. Only where somebody else changed the very
place that this change is about, and differently, nothing is written: Clash says who, and the member chooses.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext

from milestones.ladders import drafts
from milestones.ladders.document import Document, read
from milestones.ladders.editing import CannotEdit, Edit, overlap, value_at
from milestones.ladders.models import DraftEdit, Ladder, LadderVersion
from milestones.library.problems import Problem
from workspaces.tenants.models import Member

Make = Callable[[Document], Edit]

TRIES = 3


@dataclass(frozen=True)
class Base:
    """What a page shows: the newest version's number, and the revision of it that was read."""

    number: int
    revision: int

    def __str__(self) -> str:
        return f"{self.number}.{self.revision}"

    @classmethod
    def of(cls, version: LadderVersion | None) -> "Base":
        return cls(version.number, version.revision) if version else cls(0, 0)

    @classmethod
    def parse(cls, text: str) -> "Base | None":
        number, _, revision = text.partition(".")
        if len(text) > 20 or not (number.isdecimal() and revision.isdecimal()):
            return None
        return cls(int(number), int(revision))


class Clash(Exception):
    """Others changed the same places meanwhile. `edits`: their changes of them; `now`: what the draft says."""

    def __init__(self, places: Sequence[str], edits: Sequence[DraftEdit], now: Document, base: Base) -> None:
        super().__init__("Somebody changed the same place meanwhile.")
        self.places, self.edits, self.now, self.base = tuple(places), tuple(edits), now, base


@dataclass(frozen=True)
class Done:
    """The draft after the change. `since`: what others changed between the page's base and this change."""

    version: LadderVersion
    document: Document
    words: str  # '' when the change said nothing new
    since: tuple[DraftEdit, ...] = ()
    places: tuple[str, ...] = ()  # what the change touched

    @property
    def base(self) -> Base:
        return Base.of(self.version)


def change(ladder: Ladder, make: Make, *, by: Member, base: Base | None) -> Done:
    """Make the change on the ladder's draft, which is begun if there is none. `base=None` asks for no comparison.

    Raises CannotEdit (nothing is changed, and no draft is begun) and Clash.
    """
    for _ in range(TRIES - 1):
        try:
            return _change(ladder, make, by=by, base=base)
        except drafts.Stale:  # somebody came between reading and writing: read again
            continue
    return _change(ladder, make, by=by, base=base)


def _change(ladder: Ladder, make: Make, *, by: Member, base: Base | None) -> Done:
    newest = newest_of(ladder)
    now = document_of(ladder, newest)
    since = changes_since(ladder, newest, base)
    edit = make(now)
    _refuse_clash(edit, now, since, Base.of(newest), base)
    if edit.document == now:
        return Done(newest or LadderVersion(ladder=ladder), now, "", since)
    if newest is not None and not newest.is_published:
        draft = newest
    else:
        draft = drafts.begin(ladder, by=by)
        if draft.revision:  # somebody else began it just now, and changed it: what was read is no longer so
            raise drafts.Stale([])
    drafts.write(draft, edit.document, by=by, words=edit.words, place=edit.place, base=draft.revision, before=now)
    return Done(draft, edit.document, edit.words, since, edit.places)


def newest_of(ladder: Ladder) -> LadderVersion | None:
    """The version that the composer shows, with its ladder and role at hand."""
    newest = ladder.newest
    if newest is not None:
        newest.ladder = ladder
    return newest


def document_of(ladder: Ladder, newest: LadderVersion | None) -> Document:
    """What the composer shows: the draft, or what a draft would say that was begun now."""
    if newest is None:
        return read({"ladder": {"key": ladder.key, "name": ladder.name, "role": ladder.role.content}})
    document = newest.document
    # What a published version changed is not what the next one changes.
    return {field: value for field, value in document.items() if field != "notes"} if newest.is_published else document


def changes_since(ladder: Ladder, newest: LadderVersion | None, base: Base | None) -> tuple[DraftEdit, ...]:
    """What was changed since the page was read, oldest first. Raises CannotEdit when that can no longer be told."""
    now = Base.of(newest)
    if base is None or base == now:
        return ()
    gone = gettext("The draft that you had open was discarded meanwhile. Reload the page to see what is there now.")
    if base.number > now.number or (base.number == now.number and base.revision > now.revision):
        raise CannotEdit([Problem("", gone)])
    return tuple(
        DraftEdit.objects.filter(version__ladder=ladder)
        .filter(Q(version__number__gt=base.number) | Q(version__number=base.number, revision__gt=base.revision))
        .select_related("version")
        .order_by("version__number", "revision")
    )


def _refuse_clash(edit: Edit, now: Document, since: Sequence[DraftEdit], at: Base, base: Base | None) -> None:
    if not since or base is None:
        return
    first = since[0]
    # Very old changes are dropped: then nobody can say any more what the page had read.
    complete = first.revision == (base.revision + 1 if first.version.number == base.number else 1)
    before = read({"ladder": first.before}) if complete else None
    places, edits = [], []
    for place in edit.places:
        met = [other for other in since if any(overlap(place, theirs) for theirs in other.place.split() or [""])]
        if not met and complete:
            continue
        stands = value_at(now, place)
        if stands == value_at(edit.document, place) or (before is not None and stands == value_at(before, place)):
            continue
        places.append(place)
        edits += met or list(since[-1:])
    if places:
        raise Clash(places, list(dict.fromkeys(edits)), now, at)
