"""What publishing a draft would make of everybody's journeys: the engine's own function on what it will know then."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from milestones.ladders.models import LadderVersion
from milestones.ladders.spec import VersionSpec
from milestones.ladders.specs import published_specs, spec_of
from onboarding.people import directory
from onboarding.people.models import Person
from onboarding.progress import rulings, untracked
from onboarding.progress.assign import journeys_of
from onboarding.progress.cells import JourneyState
from onboarding.progress.plan import Plan
from workspaces.tenants.models import Workspace

PEOPLE_AT_ONCE = 5_000


class Change(NamedTuple):
    """One person's journey on the draft's ladder, as it is and as it would be; None where there is none."""

    before: JourneyState | None
    after: JourneyState | None


@dataclass(frozen=True)
class Rehearsal:
    """What publishing `version` would change. `people`: everybody who has a journey on its ladder before or after."""

    version: VersionSpec
    people: Mapping[int, Change] = field(default_factory=dict)


def rehearse(draft: LadderVersion, *, at: datetime, moves: bool, people: Iterable[int] | None = None) -> Rehearsal:
    """What publishing the draft at `at` would make of these people's journeys (or everybody's), in the draft's scope.

    Equal, to the person, to what the engine computes once the draft is published then, as long as nothing else
    comes in meanwhile.
    """
    stage = Stage.of(draft, at=at, moves=moves)
    ids = everybody() if people is None else iter([sorted(people)])
    return Rehearsal(stage.version, {person: change for page in ids for person, change in stage.changes(page)})


def everybody() -> Iterator[list[int]]:
    """The ids of everybody who may climb ladders, in pages."""
    after = 0
    while page := page_after(after):
        yield page
        after = page[-1]


def page_after(person: int) -> list[int]:
    """The next people in the order of their ids."""
    return list(_known_people().filter(pk__gt=person).order_by("pk").values_list("pk", flat=True)[:PEOPLE_AT_ONCE])


def number_of_people() -> int:
    return _known_people().count()


@dataclass(frozen=True)
class Stage:
    """The workspace's plan as it is, and as it would be with the draft published."""

    version: VersionSpec
    before: Plan
    after: Plan

    @classmethod
    def of(cls, draft: LadderVersion, *, at: datetime, moves: bool) -> "Stage":
        """The stage for publishing the draft at `at`, in its workspace's scope."""
        workspace = Workspace.objects.get(pk=draft.workspace_id)
        before = Plan(
            tuple(published_specs()),
            tuple(workspace.segments),
            workspace.zone,
            rulings.any_revoked(),
            tuple(workspace.values),
        )
        version = spec_of(draft, at=at, moves=moves)
        return cls(version, before, replace(before, versions=(*before.versions, version)))

    def changes(self, people: Iterable[int]) -> Iterator[tuple[int, Change]]:
        """Of these people, those who have a journey on the version's ladder before or after, with both."""
        known = untracked.known()
        those = _known_people().filter(pk__in=list(people)).order_by("pk")
        seen = dict(those.values_list("pk", "first_seen_at"))
        facts = known.facts_of(directory.still_somebody(seen), self.after)
        for person, found in facts.items():
            change = Change(
                *(
                    next((s for s in journeys_of(person, found, plan) if s.ladder_id == self.version.ladder_id), None)
                    for plan in (self.before, self.after)
                )
            )
            if change != (None, None):
                yield person, change


def _known_people() -> QuerySet[Person]:
    return Person.objects.exclude(external_id="")
