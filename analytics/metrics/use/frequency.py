"""How often and how widely people use the product: key workflows again, active days, different workflows. Pure.

Told of the first whole days since the start, or since the first use, so every window is one of those that are kept.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from analytics.metrics.as_of import AsOf
from analytics.metrics.sizes import WITHHELD_BELOW, of_enough
from analytics.metrics.use.counts import UseCount
from analytics.metrics.use.whole_days import days_watched, last_whole_day
from analytics.stats import Bin, Histogram, NotComputable, Share, joined, share
from onboarding.usage.cells import MOST_REPEATS, WINDOWS


class Workflow(NamedTuple):
    """A key workflow: its signal, and what it is called."""

    signal: str
    name: str


class Numbers(NamedTuple):
    """So many `people` have a number from `low` to `high`; None: whichever from `low` on."""

    low: int
    high: int | None
    people: int = 0


@dataclass(frozen=True)
class Spread:
    """How many people have which number, among the `mature`; those with none included.

    `counts` are for arithmetic. What is told is `numbers`, in which nobody can be picked out.
    """

    window_days: int
    people: int
    counts: dict[int, int]
    most: int | None = None
    """The number that stands for itself and all above it, where there is one."""

    @property
    def mature(self) -> int:
        return sum(self.counts.values())

    @property
    def immature(self) -> int:
        return self.people - self.mature

    @property
    def numbers(self) -> tuple[Numbers, ...]:
        """Numbers that anybody has, neighbours joined until at least five people have one of them; of fewer, none.

        Where the last ones are joined, the largest is not told: it may be one person's.
        """
        if self.mature < WITHHELD_BELOW:
            return ()
        each = (Bin(number, number + 1, self.counts.get(number, 0)) for number in range(max(self.counts) + 1))
        bins = joined(Histogram(self.mature, 1, tuple(each)), WITHHELD_BELOW)
        told = [Numbers(one.start, one.end - 1, one.count) for one in bins if one.count]
        if told[-1].low != told[-1].high or told[-1].high == self.most:
            told[-1] = told[-1]._replace(high=None)
        return tuple(told)

    @property
    def median(self) -> float | NotComputable:
        """Told of five people or more."""
        return of_enough(self.mature, self.quantile(0.5))

    def quantile(self, part: float) -> float | NotComputable:
        """The smallest number that at least this part of the mature do not exceed."""
        seen = 0
        for number, n in sorted(self.counts.items()):
            seen += n
            if seen >= part * self.mature:
                return float(number)
        return NotComputable(_("nobody has been watched for that long yet"))

    def at_least(self, number: int) -> Share | NotComputable:
        return share(sum(n for had, n in self.counts.items() if had >= number), self.mature)


@dataclass(frozen=True)
class WorkflowUse:
    """`used_early`: of the mature who began, who used it within the window. `again`: how many days of use in the window
    from the first one, among all who ever used it.
    """

    workflow: Workflow
    used_early: Share | NotComputable
    reach_immature: int
    again: Spread

    @property
    def reach(self) -> Share | NotComputable:
        """The former, told where five people or more used it at all, of as many who began."""
        began = self.used_early.of if isinstance(self.used_early, Share) else 0
        return of_enough(self.again.people, of_enough(began, self.used_early))

    @property
    def repeated(self) -> Share | NotComputable:
        """Of those who used it and were watched for the window from then on, who used it on another day; of five or
        more.
        """
        return of_enough(self.again.people, of_enough(self.again.mature, self.again.at_least(2)))


def window_within(days: int) -> int:
    """The longest window kept that is not longer than this; else the shortest."""
    return max((window for window in WINDOWS if window <= days), default=WINDOWS[0])


def spread(began: Iterable[UseCount], cells: Iterable[UseCount], as_of: AsOf, *, window_days: int) -> Spread:
    """From the cells of *began* and *active_days* or *key_events*; also of *repeat*, where `p` 0 says who used it."""
    mature, people = _mature(began, as_of, window_days)
    counts: Counter[int] = Counter()
    for cohort_on, window, number, n in cells:
        if window == window_days and cohort_on in mature:
            counts[number] += n
    none = sum(mature.values()) - sum(counts.values())
    return Spread(window_days, people, {number: n for number, n in ((0, none), *counts.items()) if n > 0})


def workflow_use(
    workflow: Workflow,
    began: Iterable[UseCount],
    first_uses: Iterable[UseCount],
    repeats: Iterable[UseCount],
    as_of: AsOf,
    *,
    window_days: int,
) -> WorkflowUse:
    """From the cells of *began*, *first_use* and *repeat*."""
    mature, people = _mature(began, as_of, window_days)
    used = sum(n for cohort_on, after, _, n in first_uses if cohort_on in mature and after < window_days)
    watched, repeats = sum(mature.values()), list(repeats)
    users = [count for count in repeats if count.p == 0]
    return WorkflowUse(
        workflow,
        share(used, watched),
        people - watched,
        replace(spread(users, repeats, as_of, window_days=window_days), most=MOST_REPEATS),
    )


def _mature(began: Iterable[UseCount], as_of: AsOf, window_days: int) -> tuple[dict[date, int], int]:
    """By cohort day, who has been watched for the whole window; and how many there are in all."""
    last = last_whole_day(as_of)
    people: dict[date, int] = defaultdict(int)
    for count in began:
        if count.cohort_on <= as_of.day:
            people[count.cohort_on] += count.n
    return {day: n for day, n in people.items() if days_watched(day, last) >= window_days}, sum(people.values())
