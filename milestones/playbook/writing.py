"""Writing in a playbook: every change says who and why, and none overwrites another that its writer had not seen."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from milestones.ladders.models import Ladder
from milestones.library.criteria import describe, parse
from milestones.playbook.book import Book, book_of
from milestones.playbook.models import CHAPTER, MOST_CHAPTERS, Playbook, Section, Span
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member


class Overtaken(Exception):
    """Somebody else wrote since the revision that was read. `now` is how the section stands; nothing was changed."""

    def __init__(self, now: Section) -> None:
        super().__init__(
            gettext("%(now)s was written by %(written_by)s meanwhile") % {"now": now, "written_by": now.written_by}
        )
        self.now = now


class NoSuchPlace(LookupError):
    """The playbook has nothing at this place."""


class TooMany(ValueError):
    """A playbook has so many chapters already that nobody would read another; the message says so."""


def write(
    ladder: Ladder, place: str, *, text: str, by: Member | None, why: str, base: int | None = None, title: str = ""
) -> Section:
    """Let the section at `place` say `text` (and a chapter be called `title`). Raises Overtaken and NoSuchPlace.

    `base` is the revision that the writer had read; None writes over whatever is there (an import, which says what it
    changes). A text that says nothing new changes nothing.
    """
    book, section = _open(ladder, place)
    if base is not None and section.revision != base:
        raise Overtaken(section)
    title = title.strip() or section.title
    if (section.text, section.title) == (text, title) and section.pk:
        return section
    before = section.text
    section.text, section.title = text, title
    section.revision += 1
    section.written_at, section.written_by = timezone.now(), str(by) if by else "import"
    section.settle(_criterion(book, place))
    section.save()
    name = book.name_of(place) or title
    if not text:
        what = gettext("emptied “%(name)s”") % {"name": name}
    else:
        what = (gettext("rewrote “%(name)s”") if before else gettext("wrote “%(name)s”")) % {"name": name}
    _log(book, by, what, why, place, before=before, after=text)
    Entry.record(by=by, action="playbook.written", target=book.playbook, place=place, why=why)
    return section


def confirm(ladder: Ladder, place: str, *, by: Member, why: str = "") -> Section:
    """Somebody has looked, and the section is still right: it is fresh again. Raises NoSuchPlace."""
    book, section = _open(ladder, place)
    if section.stale_since:
        section.settle(_criterion(book, place))
        section.save()
        _log(book, by, gettext("confirmed “%(place)s” as still right") % {"place": book.name_of(place)}, why, place)
        Entry.record(by=by, action="playbook.confirmed", target=book.playbook, place=place)
    return section


def expect(ladder: Ladder, place: str, *, span: Span | None, by: Member | None, why: str) -> Section:
    """Expect this of a milestone, or with None nothing any more. Raises NoSuchPlace."""
    book, section = _open(ladder, place)
    step = book.step(place)
    if step is None:
        raise NoSuchPlace(place)
    if section.span == span:
        return section
    section.low, section.high, section.within_days = span or (None, None, None)
    section.accepted = ""
    if section.stale_cause in ("below", "above"):
        section.stale_since, section.stale_cause, section.stale_reason = None, "", ""
    if section.criterion is None:
        section.criterion = step.criterion
    section.save()
    _log(
        book,
        by,
        gettext("expects %(what)s of “%(step)s”") % {"what": span or gettext("nothing"), "step": step.name},
        why,
        place,
    )
    Entry.record(by=by, action="playbook.expected", target=book.playbook, place=place, span=str(span or "nothing"))
    return section


def add_chapter(ladder: Ladder, *, title: str, by: Member | None, key: str = "") -> Section:
    """A new, empty chapter at the end. Raises TooMany."""
    playbook = Playbook.locked(ladder)
    chapters = playbook.sections.filter(place__startswith=CHAPTER)
    if chapters.filter(removed_at=None).count() >= MOST_CHAPTERS:
        raise TooMany(
            gettext("A playbook has at most %(most_chapters)s chapters; remove one first.")
            % {"most_chapters": MOST_CHAPTERS}
        )
    last = chapters.order_by("-position").first()
    taken = set(chapters.values_list("place", flat=True))
    number = 1
    while (place := f"{CHAPTER}{key or number}") in taken:
        key, number = "", number + 1
    section = Section.objects.create(
        playbook=playbook, place=place, title=title, position=last.position + 1 if last else 1
    )
    playbook.note(by=by, what=gettext("added the chapter “%(title)s”") % {"title": title}, place=place)
    Entry.record(by=by, action="playbook.chapter_added", target=playbook, place=place, title=title)
    return section


def remove_chapter(ladder: Ladder, place: str, *, by: Member | None) -> Section:
    """Take a chapter out; its text is kept and `restore_chapter` brings it back. Raises NoSuchPlace."""
    return _put(ladder, place, by=by, removed=True)


def restore_chapter(ladder: Ladder, place: str, *, by: Member | None) -> Section:
    return _put(ladder, place, by=by, removed=False)


def move_chapter(ladder: Ladder, place: str, *, up: bool, by: Member) -> None:
    """Change places with the chapter above or below; nothing happens at the ends. Raises NoSuchPlace."""
    playbook = Playbook.locked(ladder)
    chapters = list(playbook.sections.filter(place__startswith=CHAPTER, removed_at=None))
    here = next((n for n, section in enumerate(chapters) if section.place == place), None)
    if here is None:
        raise NoSuchPlace(place)
    there = here + (-1 if up else 1)
    if not 0 <= there < len(chapters):
        return
    chapters[here], chapters[there] = chapters[there], chapters[here]
    for position, section in enumerate(chapters, 1):
        section.position = position
        section.save(update_fields=["position"])
    Entry.record(by=by, action="playbook.chapter_moved", target=playbook, place=place, up=up)


def _open(ladder: Ladder, place: str) -> tuple[Book, Section]:
    """The book and its section at `place`, with the playbook locked: what is read here still holds at saving."""
    playbook = Playbook.locked(ladder)
    book = book_of(ladder)
    section = book.section(place)
    if section is None:
        raise NoSuchPlace(place)
    section.playbook = playbook
    return book, section


def _put(ladder: Ladder, place: str, *, by: Member | None, removed: bool) -> Section:
    playbook = Playbook.locked(ladder)
    section = playbook.sections.filter(place=place, place__startswith=CHAPTER).first()
    if section is None:
        raise NoSuchPlace(place)
    if (section.removed_at is not None) != removed:
        section.removed_at = timezone.now() if removed else None
        section.save(update_fields=["removed_at"])
        said = (
            gettext("removed the chapter “%(title)s”") if removed else gettext("brought back the chapter “%(title)s”")
        )
        playbook.note(by=by, what=said % {"title": section.title}, place=place)
        action = "playbook.chapter_removed" if removed else "playbook.chapter_brought_back"
        Entry.record(by=by, action=action, target=playbook, place=place)
    return section


def _criterion(book: Book, place: str) -> dict[str, Any] | None:
    step = book.step(place)
    return step.criterion if step else None


def _log(book: Book, by: Member | None, what: str, why: str, place: str, **kept: Any) -> None:
    book.playbook.note(by=by, what=what, why=why, place=place, **kept)


def criterion_changed(section: Section, criterion: dict[str, Any]) -> str:
    """Why a section about another criterion is stale, or ''."""
    if section.criterion is None or section.criterion == criterion:
        return ""
    return gettext("The success criterion was “%(old)s” and is now “%(new)s”.") % {
        "old": describe(parse(section.criterion)),
        "new": describe(parse(criterion)),
    }
