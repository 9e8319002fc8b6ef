"""Bringing a ladder from one environment to the other: from test to live once it is good, or back to go on from there.

What crosses is the ladder's canonical document, milestones and role included, as a file would carry it; it becomes the
draft over there, to be compared, reviewed and published like any draft. No scope ever holds both environments: one is
entered and left, then the other.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from milestones.ladders.document import Document
from milestones.ladders.exchange import Imported, export_ladder, import_ladder
from milestones.ladders.models import Ladder, LadderVersion, Role
from milestones.ladders.versions.comparison import Group, compare, without_notes
from milestones.ladders.versions.exactly import exact
from milestones.library.models import Milestone
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.models import Member, Workspace


class ChangedMeanwhile(Exception):
    """One of both sides no longer says what was looked at; nothing was done."""


@dataclass(frozen=True)
class Module:
    """A milestone of the library over there that would say something else, and the other ladders that have it."""

    name: str
    ladders: tuple[str, ...]


@dataclass(frozen=True)
class There:
    """What the other environment has of the ladder: `document` is its newest version's, None where there is none."""

    document: Document | None
    draft_changed_at: datetime | None
    draft_changed_by: str
    has_draft: bool
    archived: bool
    role_rule_differs: bool
    modules: tuple[Module, ...]


@dataclass(frozen=True)
class Look:
    """What would cross, and what it meets. `seen` stands for both sides as they are now."""

    ladder: Ladder
    versions: tuple[LadderVersion, ...]
    version: LadderVersion
    document: Document
    there: There

    @property
    def changes(self) -> tuple[Group, ...]:
        return compare(self.there.document, self.document) if self.there.document is not None else ()

    @property
    def says_the_same(self) -> bool:
        return self.there.document == self.document and not self.there.modules and not self.there.role_rule_differs

    @property
    def seen(self) -> str:
        sides = [self.document, self.there.document, [module.name for module in self.there.modules]]
        state = [*sides, self.there.has_draft, self.there.role_rule_differs]
        return hashlib.sha256(exact(state).encode()).hexdigest()


def look(key: str, number: int | None, *, source: Workspace, target: Workspace) -> Look:
    """Both sides of a ladder's version, the newest if none is named. Outside of any scope.

    Raises Ladder.DoesNotExist or LadderVersion.DoesNotExist.
    """
    with scope(source):
        ladder = Ladder.objects.select_related("role").get(key=key)
        versions = tuple(ladder.versions.order_by("-number"))
        version = next((one for one in versions if number in (None, one.number)), None)
        if version is None:
            raise LadderVersion.DoesNotExist
        document = without_notes(export_ladder(ladder, number=version.number))
    with scope(target):
        return Look(ladder, versions, version, document, _there(document))


def bring(seen: Look, *, by: Member, target: Workspace) -> Imported | None:
    """Make the target's draft say it, noted in both environments; None where it says all of it already.

    Outside of any scope; `by` is a member of the source. Raises ChangedMeanwhile.
    """
    there = by.in_environment(target)
    with transaction.atomic():
        with scope(target):
            Ladder.objects.select_for_update().filter(key=seen.document["key"]).first()
            if _there(seen.document) != seen.there:
                raise ChangedMeanwhile
            if seen.says_the_same:
                return None
            done = import_ladder(seen.document, by=there)
            Entry.record(by=there, action="ladder.brought", target=done.ladder, source=by.workspace.name)
        with scope(by.workspace):
            Entry.record(by=by, action="ladder.taken", target=seen.version, to=target.name)
    return done


def _there(document: Document) -> There:
    ladder = Ladder.objects.select_related("role").filter(key=document["key"]).first()
    newest = ladder.versions.order_by("-number").first() if ladder else None
    draft = ladder.draft if ladder else None
    role = document["role"]
    known = Role.objects.filter(key=role["key"]).first()
    return There(
        document=without_notes(newest.document) if newest else None,
        draft_changed_at=draft.changed_at if draft else None,
        draft_changed_by=draft.changed_by if draft else "",
        has_draft=draft is not None,
        archived=bool(ladder and ladder.archived_at),
        role_rule_differs=known is not None and known.content != role,
        modules=_modules(document),
    )


def _modules(document: Document) -> tuple[Module, ...]:
    wanted = {rung["milestone"]["key"]: rung["milestone"] for rung in document.get("rungs", [])}
    differing = [
        one for one in Milestone.objects.filter(key__in=wanted).order_by("key") if one.content != wanted[one.key]
    ]
    return tuple(Module(one.name, _other_ladders(one, document["key"])) for one in differing)


def _other_ladders(milestone: Milestone, key: str) -> tuple[str, ...]:
    having = Ladder.objects.filter(versions__rungs__milestone=milestone, archived_at=None).exclude(key=key)
    return tuple(having.order_by("name").values_list("name", flat=True).distinct())
