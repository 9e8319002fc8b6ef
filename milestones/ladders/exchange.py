"""Ladders in and out of the database as documents."""

from dataclasses import dataclass, field

from milestones.ladders import drafts
from milestones.ladders.document import Document
from milestones.ladders.models import Ladder, LadderVersion, Role
from milestones.library.models import Milestone
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member


@dataclass
class Imported:
    """What an import did. `changes` are plain sentences; none means the document said nothing new."""

    ladder: Ladder
    changes: list[str] = field(default_factory=list)


def import_ladder(document: Document, *, by: Member | None) -> Imported:
    """Make role, milestones and the ladder's draft say what the canonical `document` says, inside a scope.

    Only what differs is touched, so importing the same document again changes nothing: in particular no draft
    is begun that would say the same as the newest published version. Published versions stay as they are.
    """
    changes: list[str] = []
    role = _role(document["role"], changes)
    ladder = _ladder(document, role, changes)
    for rung in document.get("rungs", []):
        _milestone(rung["milestone"], changes, by=by)
    newest = ladder.newest
    if newest is None or newest.document != document:
        _write_draft(ladder, document, by=by, changes=changes)
    if changes:
        Entry.record(by=by, action="ladder.imported", target=ladder, changes=changes)
    return Imported(ladder, changes)


def export_ladder(ladder: Ladder, *, number: int | None = None) -> Document:
    """The document of a version: `number`, else the newest, be it a draft. Raises LadderVersion.DoesNotExist."""
    versions = ladder.versions.order_by("-number")
    version = versions.first() if number is None else versions.get(number=number)
    if version is None:
        raise LadderVersion.DoesNotExist(f"{ladder.name} has no version")
    return version.document


def _role(content: Document, changes: list[str]) -> Role:
    role = Role.objects.filter(key=content["key"]).first() or Role(key=content["key"])
    if role.pk is None or role.content != content:
        changes.append(f"role {content['key']} {'changed' if role.pk else 'added'}")
        role.name, role.rule, role.precedence = content["name"], content["rule"], content["precedence"]
        role.save()
    return role


def _ladder(document: Document, role: Role, changes: list[str]) -> Ladder:
    ladder = Ladder.objects.filter(key=document["key"]).first() or Ladder(key=document["key"])
    if ladder.pk is None or (ladder.name, ladder.role_id) != (document["name"], role.pk):
        changes.append(f"ladder {document['key']} {'changed' if ladder.pk else 'added'}")
        ladder.name, ladder.role = document["name"], role
        ladder.save()
    return ladder


def _milestone(content: Document, changes: list[str], *, by: Member | None) -> None:
    milestone = Milestone.objects.filter(key=content["key"]).first() or Milestone(key=content["key"])
    known = milestone.pk is not None
    if milestone.become(content, by=by):
        changes.append(f"milestone {content['key']} {'changed' if known else 'added'}")


def _write_draft(ladder: Ladder, document: Document, *, by: Member | None, changes: list[str]) -> None:
    draft, newest = ladder.draft, ladder.newest
    changes.append(f"draft of version {draft.number} changed" if draft else "draft begun")
    if draft is None:
        draft = LadderVersion(ladder=ladder, number=newest.number + 1 if newest else 1)
        drafts.fill(draft, document)
    else:
        drafts.write(draft, document, by=by, words="Imported a document", place="")
