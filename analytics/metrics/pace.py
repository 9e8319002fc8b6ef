"""How fast a group reaches a goal, and whether two or more groups differ. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from django.utils.translation import gettext as _

from analytics.metrics.as_of import DAY_S, AsOf
from analytics.metrics.days import Days
from analytics.metrics.sizes import of_enough
from analytics.metrics.tally import Tally, Within
from analytics.stats import (
    Curve,
    Difference,
    LogRank,
    Moments,
    NotComputable,
    NotReached,
    Quantile,
    RestrictedMean,
    difference,
    kaplan_meier,
    log_rank,
    median_of_counts,
    restricted_mean,
)
from analytics.stats.results import Interval

# A page makes about five comparisons. At this level one page in twenty of a product where nothing differs would claim
# something (Bonferroni); the intervals that are shown are 95% ones.
CLEAR_P = 0.01


@dataclass(frozen=True)
class Whose:
    """Whom a group is made of, beyond what is asked: on which days they began, on which version, and with one of these
    values of each trait (None: not set).
    """

    days: Days | None = None
    version: int | None = None
    traits: tuple[tuple[str, tuple[str | None, ...]], ...] = ()


EVERYBODY = Whose()


class Grouped(Protocol):
    """Whatever is told of a group."""

    @property
    def whose(self) -> Whose: ...


@dataclass(frozen=True)
class Pace:
    """A group's way to a goal: everybody's curve, its median, and the share within the window."""

    label: str
    as_of: AsOf
    within: Within
    tally: Tally = field(repr=False)
    whose: Whose = EVERYBODY

    @property
    def people(self) -> int:
        return self.tally.people

    @property
    def reached(self) -> int:
        return self.tally.people_reached

    @property
    def unwatched(self) -> int:
        return self.tally.unwatched(self.as_of)

    @cached_property
    def moments(self) -> Moments:
        return self.tally.moments(self.as_of)

    @cached_property
    def curve(self) -> Curve | NotComputable:
        """Of five people or more, as all that is read from it."""
        found = kaplan_meier(self.moments)
        return found if isinstance(found, NotComputable) else of_enough(found.n, found)

    @property
    def median_of_reached(self) -> float | NotComputable:
        """Of those who got there only, in seconds; smaller than the median over everybody. Told of five or more."""
        return of_enough(self.reached, median_of_counts(self.tally.times_reached()))

    @property
    def median(self) -> Quantile | NotComputable:
        """The time by which half of everybody has got there, by Kaplan–Meier, in seconds."""
        return self.curve if isinstance(self.curve, NotComputable) else self.curve.median

    @cached_property
    def mean(self) -> RestrictedMean | NotComputable:
        """How long people wait on average, in seconds, counting no wait beyond the window."""
        if isinstance(self.curve, NotComputable):
            return self.curve
        return restricted_mean(self.curve, self.within.days * DAY_S)

    @property
    def median_s(self) -> float | None:
        """The median where there is one and it is reached."""
        median = self.median
        if isinstance(median, NotComputable) or isinstance(median.time, NotReached):
            return None
        return median.time


@dataclass(frozen=True)
class Change:
    """What a figure was in the days before, and whether the difference is more than chance."""

    difference: Difference | NotComputable
    clear: bool


@dataclass(frozen=True)
class Comparison:
    """Whether groups differ in pace. `clear` only when it is hardly chance; `p` allows for `tried` such looks."""

    groups: tuple[Pace, ...]
    test: LogRank | NotComputable
    p: float | None
    clear: bool
    tried: int = 1

    @property
    def by_pace(self) -> tuple[Pace, ...]:
        """The groups, fastest first: by how many more reached it than if all were alike.

        A group that is too new for the test to say anything of it is in no place.
        """
        if isinstance(self.test, NotComputable):
            return self.groups
        ratios = zip(self.test.observed, self.test.expected, self.groups, strict=True)
        ranked = sorted((row for row in ratios if row[1]), key=lambda row: -row[0] / row[1])
        return tuple(group for _, _, group in ranked)


def pace(label: str, tally: Tally, as_of: AsOf, *, window_days: int, whose: Whose = EVERYBODY) -> Pace:
    return Pace(label, as_of, tally.within(window_days, as_of), tally, whose)


def compare(groups: Sequence[Pace], *, tried: int = 1) -> Comparison:
    """The log-rank test over the groups; `tried` such comparisons were looked at to choose this one (Bonferroni)."""
    if len(groups) < 2:
        return Comparison(tuple(groups), NotComputable(_("there is nothing to compare with")), None, False)
    test = log_rank([group.moments for group in groups])
    p = None if isinstance(test, NotComputable) else min(1.0, test.p * tried)
    return Comparison(tuple(groups), test, p, p is not None and p < CLEAR_P, tried)


def change(now: Within, before: Within) -> Difference | NotComputable:
    """The difference of two shares within the window, now minus before."""
    if isinstance(now.told, NotComputable) or isinstance(before.told, NotComputable):
        return NotComputable(_("there is nothing to compare with"))
    return difference(now.told, before.told)


def is_clear(change: Difference | NotComputable) -> bool:
    """Whether a difference is a claim worth making (at 99%, see CLEAR_P)."""
    if isinstance(change, NotComputable):
        return False
    strict: Interval = difference(change.first, change.second, level=1 - CLEAR_P).interval
    return not strict.covers(0.0)


def changed(now: Pace, before: Pace) -> Change:
    """The same of two groups, with whether it is clear."""
    found = change(now.within, before.within)
    return Change(found, is_clear(found))
