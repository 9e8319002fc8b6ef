"""What people wrote in playbooks, in and out of the database as documents."""

from dataclasses import dataclass, field, replace

from milestones.ladders.document import Document, DocumentError
from milestones.ladders.models import Ladder
from milestones.library.problems import Problem
from milestones.playbook import writing
from milestones.playbook.book import book_of
from milestones.playbook.care import Care, take_care
from milestones.playbook.document import days_of, days_text, read, weeks_text
from milestones.playbook.models import CHAPTER, MILESTONE, WINDOW_DAYS, Playbook, Section, Span
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member, Workspace

WHY = "Imported from YAML"


@dataclass
class Imported:
    """What an import did. `changes` are plain sentences; none means the document said nothing new."""

    ladder: Ladder
    changes: list[str] = field(default_factory=list)


def export_playbook(ladder: Ladder) -> Document:
    """The canonical document of what people wrote in the ladder's playbook. Inside a scope."""
    book = book_of(ladder)
    playbook = book.playbook
    written = [*(step.section for step in book.steps), *book.left]
    return read(
        {
            "playbook": {
                "ladder": ladder.key,
                "owner": playbook.owner.email if playbook.owner else None,
                "review_every": weeks_text(playbook.cadence_weeks) if playbook.cadence_weeks else None,
                "numbers_within": days_text(playbook.window_days),
                "chapters": [_chapter(section) for section in book.chapters],
                "milestones": [_milestone(section) for section in written],
            }
        }
    )


def import_playbook(document: Document, *, workspace: Workspace, by: Member | None) -> Imported:
    """Make the playbook say what the canonical `document` says. Raises DocumentError, before anything is changed.

    Only what differs is touched, and each change stands in the change log. What the document doesn't have is emptied or
    removed, so that export and import in turn end in the same; texts of milestones that the ladder no longer has are
    left alone.
    """
    ladder = Ladder.objects.filter(key=document["ladder"]).first()
    if ladder is None:
        known = ", ".join(Ladder.objects.order_by("key").values_list("key", flat=True)) or "none"
        raise DocumentError([Problem("ladder", f"there is no ladder {document['ladder']!r} here; there are: {known}")])
    care = _care(document, ladder, workspace)
    _refuse_unknown(document, ladder)
    imported = Imported(ladder)
    imported.changes += take_care(ladder, care, by=by, why=WHY)
    _chapters(document.get("chapters", []), imported, by)
    _milestones({item["key"]: item for item in document.get("milestones", [])}, imported, by)
    if imported.changes:
        Entry.record(by=by, action="playbook.imported", target=Playbook.of(ladder), changes=imported.changes)
    return imported


def _care(document: Document, ladder: Ladder, workspace: Workspace) -> Care:
    owner = None
    if email := document.get("owner"):
        member = workspace.members.select_related("user").filter(user__email=email).first()
        if member is None:
            raise DocumentError([Problem("owner", f"{email} is no member here; name one, or leave the owner out")])
        owner = member.user
    weeks = days_of(document["review_every"]) // 7 if "review_every" in document else None
    window = days_of(document["numbers_within"]) if "numbers_within" in document else WINDOW_DAYS
    return replace(Care.of(Playbook.of(ladder)), owner=owner, cadence_weeks=weeks, window_days=window)


def _refuse_unknown(document: Document, ladder: Ladder) -> None:
    book = book_of(ladder)
    known = {section.rung for section in (*(step.section for step in book.steps), *book.left)}
    problems = [
        Problem(f"milestones[{n}].key", f"the ladder has no {item['key']!r}; it has {', '.join(sorted(known))}")
        for n, item in enumerate(document.get("milestones", []))
        if item["key"] not in known
    ]
    if problems:
        raise DocumentError(problems)


def _chapters(wanted: list[Document], imported: Imported, by: Member | None) -> None:
    ladder = imported.ladder
    playbook = Playbook.locked(ladder)
    known = {section.place: section for section in playbook.sections.filter(place__startswith=CHAPTER)}
    for item in wanted:
        place = CHAPTER + item["key"]
        section = known.get(place)
        if section is None:
            writing.add_chapter(ladder, title=item["title"], by=by, key=item["key"])
            imported.changes.append(f"chapter {item['key']} added")
        elif section.removed_at:
            writing.restore_chapter(ladder, place, by=by)
            imported.changes.append(f"chapter {item['key']} brought back")
        before = section or Section(title=item["title"])
        if (before.title, before.text) != (item["title"], item.get("text", "")):
            writing.write(ladder, place, title=item["title"], text=item.get("text", ""), by=by, why=WHY)
            if section is not None:
                imported.changes.append(f"chapter {item['key']} rewritten")
    places = [CHAPTER + item["key"] for item in wanted]
    for place, section in known.items():
        if place not in places and section.removed_at is None:
            writing.remove_chapter(ladder, place, by=by)
            imported.changes.append(f"chapter {place.removeprefix(CHAPTER)} removed")
    _order(playbook, places, imported)


def _order(playbook: Playbook, places: list[str], imported: Imported) -> None:
    found = list(playbook.sections.filter(place__in=places))
    if [section.place for section in found] == places:
        return
    for section in found:
        section.position = places.index(section.place) + 1
        section.save(update_fields=["position"])
    imported.changes.append("chapters put in another order")


def _milestones(wanted: dict[str, Document], imported: Imported, by: Member | None) -> None:
    ladder = imported.ladder
    for step in book_of(ladder).steps:
        item = wanted.get(step.key, {})
        section = step.section
        if section.text != item.get("text", ""):
            writing.write(ladder, step.place, text=item.get("text", ""), by=by, why=WHY)
            imported.changes.append(f"milestone {step.key} {'rewritten' if section.text else 'written'}")
        span = _span(item.get("expected"))
        if section.span != span:
            writing.expect(ladder, step.place, span=span, by=by, why=WHY)
            imported.changes.append(f"milestone {step.key} expects {span or 'nothing'}")
    for section in book_of(ladder).left:
        text = wanted.get(section.rung, {}).get("text", section.text)
        if text != section.text:
            writing.write(ladder, section.place, text=text, by=by, why=WHY)
            imported.changes.append(f"milestone {section.rung} rewritten")


def _span(expected: Document | None) -> Span | None:
    return Span(expected["from"], expected["to"], days_of(expected["within"])) if expected else None


def _chapter(section: Section) -> Document:
    return {"key": section.place.removeprefix(CHAPTER), "title": section.title, "text": section.text}


def _milestone(section: Section) -> Document:
    span = section.span
    expected = {"from": span.low, "to": span.high, "within": days_text(span.within_days)} if span else None
    return {"key": section.place.removeprefix(MILESTONE), "text": section.text, "expected": expected}
