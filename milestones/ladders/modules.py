"""Where the library's modules are used, and drafts whose copy of one says something else than the library."""

from collections.abc import Iterable
from dataclasses import dataclass

from milestones.ladders import drafts
from milestones.ladders.models import LadderVersion, Rung
from milestones.ladders.versions.changes import Change
from milestones.ladders.versions.rungs_compared import kept
from milestones.library.models import Milestone
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member


@dataclass(frozen=True)
class OtherCopy:
    """A draft whose copy differs; `changes`: what taking over the library's would change in it."""

    draft: LadderVersion
    changes: tuple[Change, ...]


def versions_with(milestone: Milestone) -> list[LadderVersion]:
    """Every version of ladders in use that has this module, ladder by ladder."""
    versions = LadderVersion.objects.filter(rungs__key=milestone.key, ladder__archived_at=None)
    return list(versions.select_related("ladder").order_by("ladder__name", "ladder_id", "number"))


def other_copies(milestone: Milestone) -> list[OtherCopy]:
    """The drafts that hold an older copy, or one that was changed there."""
    content = milestone.content
    rungs = Rung.objects.filter(
        key=milestone.key, version__state=LadderVersion.State.DRAFT, version__ladder__archived_at=None
    )
    copies = []
    for rung in rungs.select_related("version__ladder").order_by("version__ladder__name"):
        changes = _changes(rung.content, content)
        if changes:
            copies.append(OtherCopy(rung.version, changes))
    return copies


def update(milestone: Milestone, keys: Iterable[str], *, by: Member) -> list[LadderVersion]:
    """Let the drafts of these ladders take over what the library says; returns those that this changed."""
    wanted = set(keys)
    changed = []
    for draft in [copy.draft for copy in other_copies(milestone) if copy.draft.ladder.key in wanted]:
        try:
            drafts.take_module(draft, milestone, by=by)
        except drafts.Gone:
            continue  # published or discarded just now
        changed.append(draft)
        Entry.record(by=by, action="draft.module_updated", target=draft, milestone=milestone.key)
    return changed


def _changes(before: dict[str, object], after: dict[str, object]) -> tuple[Change, ...]:
    documents = [{"rungs": [{"milestone": content, "phase": "core"}]} for content in (before, after)]
    return tuple(change for _, _, changes in kept(documents[0], documents[1]) for change in changes)
