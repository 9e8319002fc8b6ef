"""A published ladder version as a plain value: all that the progress engine has to know. No Django."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from milestones.library.conditions import Criterion, EventCondition, Rule, signals


@dataclass(frozen=True)
class RungSpec:
    key: str  # the milestone's key: credit for it is kept over versions
    name: str
    phase: str
    criterion: Criterion
    due_after: timedelta | None  # after the rung opened
    prerequisites: tuple[str, ...]  # keys of rungs to complete before this one opens
    first_value: bool
    unlock: str  # feature key, '' for none
    spacing: timedelta | None = None  # offered no sooner than this after the step done before; never holds back credit


@dataclass(frozen=True)
class VersionSpec:
    version_id: int
    ladder_id: int
    ladder_key: str
    number: int
    role_key: str
    role_precedence: int  # of several roles that match, the one with the smallest number counts
    rule: Rule
    start: EventCondition | None  # None: the journey starts when the person was first seen
    funnel: tuple[str, ...]  # keys of rungs, in the order in which they are counted
    rungs: tuple[RungSpec, ...]
    effective_from: datetime | None  # journeys that start at or after it use this version; None: all before too
    published_at: datetime
    moves: bool = False  # whether people under way on earlier versions moved to it when it was published
    closed_at: datetime | None = None  # when the ladder was archived: no journey starts from then on
    closures: tuple[tuple[datetime, datetime], ...] = ()  # earlier times during which it was archived
    new_steps_a_session: int | None = None

    @cached_property
    def signals(self) -> dict[str, EventCondition]:
        """Every kind of event that the version reads, the start included, by its signal."""
        found = {self.start.signal: self.start} if self.start else {}
        for rung in self.rungs:
            found |= signals(rung.criterion)
        return found

    @cached_property
    def first_value(self) -> RungSpec:
        """The one rung at which the user has got real value."""
        return next(rung for rung in self.rungs if rung.first_value)
