"""What an explanation starts from: a message, its person as the engine knows them, questions to the engine. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple

from milestones.ladders.spec import RungSpec, VersionSpec
from milestones.library.conditions import Criterion
from milestones.library.operators import MISSING, lookup
from onboarding.debugger.fates import Word
from onboarding.progress.cells import JourneyState
from onboarding.progress.facts import UNRULED, Facts, Membership, Ruled, RungKey
from onboarding.progress.replay import Hit, Reached, fulfilled

NEVER = datetime(9000, 1, 1, tzinfo=UTC)  # leaves room for a period after it


class Said(NamedTuple):
    """A message of the log, as far as ladders can read it.

    `accounts`: what it counts for as an event, which is the account that it names, or else all that its sender is in.
    `lies_before`: it is older than what the workspace keeps of its log.
    """

    type: str
    event: str
    at: datetime
    message_id: str
    properties: Mapping[str, Any]
    traits: Mapping[str, Any]
    group_id: str = ""
    accounts: tuple[str, ...] = ()
    lies_before: bool = False

    def says(self, trait: str) -> bool:
        return trait in self.traits or lookup(self.traits, trait) is not MISSING


class Words(NamedTuple):
    """Whose word it is that a rung was completed by hand, and that what came up to some moment does not count."""

    completed: Word | None = None
    revoked: Word | None = None


@dataclass(frozen=True)
class Situation:
    """A person as the engine knows them: their facts, and their journeys by ladder. `known`: they have a userId.

    `words` say whose word the rulings among the facts are.
    """

    facts: Facts | None
    journeys: Mapping[int, JourneyState]
    known: bool
    words: Mapping[RungKey, Words] = field(default_factory=dict)


class Judged(NamedTuple):
    """A rung as one version asks for it, with what was complete on that version and when the rung opened.

    `until`: when the person was moved on from that version, clocks that run ahead allowed for.
    """

    version: VersionSpec
    rung: RungSpec
    complete: Mapping[str, Reached]
    opened: datetime | None
    until: datetime | None = None


@dataclass(frozen=True)
class Case:
    """A message before a rung: what the engine is asked about. `start`: of the person's journey."""

    said: Said
    judged: Judged
    facts: Facts
    start: datetime
    read_yet: bool

    @property
    def ruled(self) -> Ruled:
        return self.facts.rulings.get((self.judged.version.ladder_id, self.judged.rung.key), UNRULED)

    @cached_property
    def counting(self) -> Facts:
        """What counts for the rung: all that came after it was revoked."""
        return self.facts.after(self.ruled.revoked_until)

    def hit(self, criterion: Criterion, membership: Membership | None = None) -> Hit | None:
        """When the engine holds the criterion, or a part of it, for fulfilled; by this account, where one is given.

        A step that is not open opens never.
        """
        facts, start = self.counting, self.start
        if membership is not None:
            facts = replace(facts, accounts=(self._counting(membership),))
        return fulfilled(criterion, facts, start=start, opened=self.judged.opened or NEVER, since=start)

    def _counting(self, membership: Membership) -> Membership:
        found = {one.account.key: one for one in self.counting.accounts}
        return found[membership.account.key]

    def comes_to_them_at(self, membership: Membership) -> datetime:
        """From when on the person has what the account did before."""
        return max(self.start, membership.since)

    @cached_property
    def memberships(self) -> list[Membership]:
        """The accounts that the message counts for; first the one by which the rung is reached first."""
        mine = [one for one in self.facts.accounts if one.account.key in self.said.accounts]

        def reached_at(membership: Membership) -> datetime:
            hit = self.hit(self.judged.rung.criterion, membership)
            return hit.at if hit else NEVER

        return sorted(mine, key=reached_at) if len(mine) > 1 else mine
