"""Taking a starter pack into a workspace: its modules into the library, and its ladder with a draft begun."""

from dataclasses import dataclass, field

from django.db import IntegrityError, transaction

from milestones.ladders.document import Document
from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder, Role
from milestones.ladders.packs.catalogue import Pack
from milestones.library.models import Milestone
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member


@dataclass
class Adopted:
    """What adopting did. `kept`: names of what the workspace had already, and so has unchanged."""

    ladder: Ladder
    new: bool = True
    added: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def adopt(pack: Pack, *, by: Member) -> Adopted:
    """Make the pack the workspace's own, inside its scope.

    What the workspace has under one of the pack's keys is never overwritten: of its modules and its role the new
    ladder takes what they say here, and a ladder that is there already stays as it is.
    """
    try:
        with transaction.atomic():
            return _adopt(pack, by=by)
    except IntegrityError:
        # Somebody adopted it at the same moment, and was first.
        return _adopt(pack, by=by)


def _adopt(pack: Pack, *, by: Member) -> Adopted:
    if ladder := Ladder.objects.filter(key=pack.document["key"]).first():
        return Adopted(ladder, new=False)
    ours = {milestone.key: milestone.content for milestone in _ours(pack)}
    document = {**pack.document, "rungs": [_with_ours(rung, ours) for rung in pack.document["rungs"]]}
    kept = [content["name"] for content in ours.values()]
    if role := Role.objects.filter(key=pack.role).first():
        document["role"] = role.content
    ladder = import_ladder(document, by=by).ladder
    added = [milestone["name"] for milestone in pack.milestones if milestone["key"] not in ours]
    Entry.record(by=by, action="pack.adopted", target=ladder, pack=pack.key, added=added, kept=kept)
    return Adopted(ladder, added=added, kept=kept)


def _ours(pack: Pack) -> list[Milestone]:
    return list(Milestone.objects.filter(key__in=[milestone["key"] for milestone in pack.milestones]))


def _with_ours(rung: Document, ours: dict[str, Document]) -> Document:
    return {**rung, "milestone": ours.get(rung["milestone"]["key"], rung["milestone"])}
