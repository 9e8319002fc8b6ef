"""What the engine looks for in one workspace: its published versions, and the signals and traits that they read."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import zip_longest
from typing import NamedTuple
from zoneinfo import ZoneInfo

from milestones.ladders.spec import VersionSpec
from milestones.library.conditions import EventCondition, Rule, TraitCondition, leaves, rule_matches
from milestones.library.operators import MISSING
from onboarding.progress.facts import Facts

Need = tuple[str, str]  # kind and key, as in Tracked

# Rises when the same versions and facts come to other journeys than before, so that everybody is replayed once.
RULES = "3"

# A segment that begins so is a trait of the account.
ACCOUNTS = "account."

# That what identify calls say of people in their accounts is kept with their memberships.
MEMBERS: Need = ("members", "")

ALWAYS = datetime.min.replace(tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)


class Course(NamedTuple):
    """Whoever starts on the first of these versions from `since` on and before `until` climbs them in turn.

    The others are the later versions of the ladder to which people under way were moved. They were published at `until`
    or later, so after everybody's start.
    """

    versions: tuple[VersionSpec, ...]
    since: datetime
    until: datetime

    @property
    def began(self) -> VersionSpec:
        return self.versions[0]


class AccountNeeds(NamedTuple):
    """What is asked of accounts: signals, of each how many of its first moments are enough (None: all), and traits.

    `repeats`: whether a saying that repeats the one before it can matter. After a revocation it does.
    """

    signals: Mapping[str, int | None] = {}
    traits: frozenset[str] = frozenset()
    repeats: bool = False

    def __bool__(self) -> bool:
        return bool(self.signals or self.traits)


class Role(NamedTuple):
    """A role as a publication said it. Of several that match, the one with the smallest precedence counts."""

    precedence: int
    key: str
    rule: Rule


@dataclass(frozen=True)
class Plan:
    """`segments` are the traits that the workspace's numbers split by; `zone` says when its days begin.

    `revoked`: whether a member's revocation stands anywhere, so that more of an account's events may be needed.
    `values` are the traits of accounts by which their growth is told; no journey depends on them.
    """

    versions: tuple[VersionSpec, ...]
    segments: tuple[str, ...]
    zone: ZoneInfo
    revoked: bool = False
    values: tuple[str, ...] = ()

    @cached_property
    def by_id(self) -> dict[int, VersionSpec]:
        return {version.version_id: version for version in self.versions}

    @cached_property
    def signals(self) -> dict[str, EventCondition]:
        return {key: condition for version in self.versions for key, condition in version.signals.items()}

    @cached_property
    def traits(self) -> frozenset[str]:
        """Every trait of persons that a criterion, a role's rule or a segment reads."""
        return self._criteria_traits("person") | self._rule_traits | frozenset(self.person_segments)

    @cached_property
    def person_segments(self) -> tuple[str, ...]:
        return tuple(name for name in self.segments if not name.startswith(ACCOUNTS))

    @cached_property
    def account_segments(self) -> dict[str, str]:
        """The segments that are traits of accounts, as they are written and as the trait is called."""
        return {name: name.removeprefix(ACCOUNTS) for name in self.segments if name.startswith(ACCOUNTS)}

    @cached_property
    def account_needs(self) -> AccountNeeds:
        """What criteria by account and segments ask of accounts.

        A condition that counts from the start takes the first events that the account ever sent, but for those that an
        earlier step of the ordered funnel took. So it can never need more of them than it counts and all of the
        ladder's conditions together take: an account's long history costs nothing. From the opening any may count, and
        so they may after a revocation, after which a trait must be said anew, if only as it was.
        """
        most: dict[str, int | None] = {}
        for versions in self.ladders.values():
            taken: dict[str, int] = {}
            asked: dict[str, int | None] = {}
            for version in versions:
                for rung in version.rungs:
                    found = [leaf for leaf in leaves(rung.criterion) if isinstance(leaf, EventCondition)]
                    taken[rung.key] = max(taken.get(rung.key, 0), sum(leaf.at_least for leaf in found))
                    for leaf in found:
                        if leaf.by == "account":
                            known = asked.get(leaf.signal, 0)
                            of_start = leaf.of == "start" and known is not None
                            asked[leaf.signal] = max(known or 0, leaf.at_least) if of_start else None
            for signal, number in asked.items():
                whole = None if number is None or self.revoked else number + sum(taken.values())
                known = most.get(signal, 0)
                most[signal] = None if whole is None or known is None else max(known, whole)
        traits = self._criteria_traits("account") | frozenset(self.account_segments.values())
        traits |= frozenset(self.values)
        return AccountNeeds(most, traits, self.revoked)

    def _criteria_traits(self, by: str) -> frozenset[str]:
        read = [leaf for version in self.versions for rung in version.rungs for leaf in leaves(rung.criterion)]
        return frozenset(leaf.trait for leaf in read if isinstance(leaf, TraitCondition) and leaf.by == by)

    @cached_property
    def ladders(self) -> dict[int, list[VersionSpec]]:
        """Per ladder its published versions, the oldest first."""
        ladders: dict[int, list[VersionSpec]] = {}
        for version in sorted(self.versions, key=_age):
            ladders.setdefault(version.ladder_id, []).append(version)
        return ladders

    @cached_property
    def courses(self) -> dict[int, list[Course]]:
        """Per ladder what can be climbed: a course for each version to start on, the oldest first.

        A version is for those who start between its publication and the next one's; the first is for all before too.
        After the ladder was archived nobody starts.
        """
        courses: dict[int, list[Course]] = {}
        for ladder_id, versions in self.ladders.items():
            for place, (version, following) in enumerate(zip_longest(versions, versions[1:])):
                moved_to = [later for later in versions[place + 1 :] if later.moves]
                until = (following.effective_from or ALWAYS) if following else NEVER
                course = Course(
                    (version, *moved_to), version.effective_from or ALWAYS, min(until, version.closed_at or NEVER)
                )
                courses.setdefault(ladder_id, []).append(course)
        return courses

    @cached_property
    def course_of(self) -> dict[int, Course]:
        """By the id of the version that they start on."""
        return {course.began.version_id: course for courses in self.courses.values() for course in courses}

    @cached_property
    def rungs_by_signal(self) -> dict[tuple[int, str], list[str]]:
        """Per version and signal, the keys of the rungs that read it of the person; the start reads as ''."""
        starts = {(v.version_id, v.start.signal): [""] for v in self.versions if v.start is not None}
        return self._readers("person", starts)

    @cached_property
    def rungs_by_account_signal(self) -> dict[tuple[int, str], list[str]]:
        """Per version and signal, the keys of the rungs that read it of the account."""
        return self._readers("account", {})

    def _readers(self, by: str, readers: dict[tuple[int, str], list[str]]) -> dict[tuple[int, str], list[str]]:
        for version in self.versions:
            for rung in version.rungs:
                for leaf in leaves(rung.criterion):
                    if isinstance(leaf, EventCondition) and leaf.by == by:
                        readers.setdefault((version.version_id, leaf.signal), []).append(rung.key)
        return readers

    @cached_property
    def needs(self) -> frozenset[Need]:
        """All that journeys depend on besides the facts, and whose history must have been taken into account.

        Published versions never change, so their ids stand for all that they say; that a ladder was archived, or is
        used again, is no part of them.
        """
        return frozenset(
            [("signal", key) for key in self.signals]
            + [("trait", name) for name in self.traits]
            + [("version", str(version.version_id)) for version in self.versions]
            + [("closed", f"{v.ladder_id} {closed.isoformat()}") for v in self.versions for closed in _closings(v)]
            + [("by_account", key) for key in self.account_needs.signals]
            + [("of_account", name) for name in self.account_needs.traits]
            + [("segment", name) for name in self.segments]
            + [("zone", self.zone.key), ("rules", RULES), MEMBERS]
        )

    def role_of(self, facts: Facts, start: datetime) -> str:
        """The role of somebody who starts a journey then; '' when they have none.

        It is judged by what was in force at the start: of the roles that match, the one with the smallest precedence.
        If none matches: of the roles that came into force only after it, the first to come that matches. So whatever
        is published, archived or used again later can give somebody a role, and never takes one away.
        """
        said = {name: facts.trait_at_start(name, start) for name in self._rule_traits}
        traits = {name: value for name, value in said.items() if value is not MISSING}
        return next((role.key for role in self._roles_for(start) if rule_matches(role.rule, traits)), "")

    def roles_at(self, at: datetime) -> list[Role]:
        """The roles in force at a moment, in the order in which they are tried.

        A role is in force while the newest version of a ladder in use is for it. Its rule and precedence are those of
        its latest publication.
        """
        published = [version for version in self._by_publication if version.published_at <= at]
        newest = {version.ladder_id: version for version in published}
        in_force = {version.role_key for version in newest.values() if not _is_closed(version, at)}
        latest = {version.role_key: _role(version) for version in published}
        return sorted((role for key, role in latest.items() if key in in_force), key=lambda role: role[:2])

    def _roles_for(self, start: datetime) -> list[Role]:
        """The roles to try for a journey that starts then."""
        turn = bisect_right(self._turns, start)
        if turn not in self._tried:
            at = self._turns[turn - 1] if turn else ALWAYS
            tried = {role.key: role for role in self.roles_at(at)}
            for came, role in self._comings:
                if came > at:
                    tried.setdefault(role.key, role)
            self._tried[turn] = list(tried.values())
        return self._tried[turn]

    @cached_property
    def _tried(self) -> dict[int, list[Role]]:
        return {}

    @cached_property
    def _turns(self) -> list[datetime]:
        """The moments at which roles came into force, changed or went."""
        return sorted({v.published_at for v in self.versions} | {at for v in self.versions for at in _closings(v)})

    @cached_property
    def _comings(self) -> list[tuple[datetime, Role]]:
        """When roles came into force, by a publication or because a ladder was used again; some were so already."""
        published = [(version.published_at, _role(version)) for version in self.versions]
        reopened = {reopened for version in self.versions for _, reopened in version.closures}
        again = [(at, role) for at in reopened for role in self.roles_at(at)]
        return sorted(published + again, key=lambda coming: (coming[0], *coming[1][:2]))

    @cached_property
    def _by_publication(self) -> list[VersionSpec]:
        return sorted(self.versions, key=lambda v: (v.published_at, v.role_precedence, v.role_key, *_age(v)))

    @cached_property
    def _rule_traits(self) -> frozenset[str]:
        read = [leaf for version in self.versions for leaf in leaves(version.rule)]
        return frozenset(leaf.trait for leaf in read if isinstance(leaf, TraitCondition))


def by_event(conditions: Iterable[EventCondition]) -> dict[str, list[EventCondition]]:
    """The conditions by the name of the event that they ask for."""
    found: dict[str, list[EventCondition]] = {}
    for condition in conditions:
        found.setdefault(condition.event, []).append(condition)
    return found


def _age(version: VersionSpec) -> tuple[int, int]:
    return version.number, version.version_id


def _closings(version: VersionSpec) -> list[datetime]:
    """The moments at which the version's ladder was archived or used again."""
    earlier = [at for closure in version.closures for at in closure]
    return earlier + ([version.closed_at] if version.closed_at else [])


def _is_closed(version: VersionSpec, at: datetime) -> bool:
    return (version.closed_at is not None and version.closed_at <= at) or any(
        closed <= at < reopened for closed, reopened in version.closures
    )


def _role(version: VersionSpec) -> Role:
    return Role(version.role_precedence, version.role_key, version.rule)
