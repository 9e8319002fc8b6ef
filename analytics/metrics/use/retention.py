"""Who is still active so many periods after beginning. Pure.

What is kept of each person is every active period with the active one before it. So "in period N" is a sum over cells,
and "in N or later" is told from each person's last active period, which is one that no other follows.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from analytics.metrics import cohorts
from analytics.metrics.as_of import AsOf
from analytics.metrics.days import Days
from analytics.metrics.sizes import WITHHELD_BELOW, Caution, caution, of_enough
from analytics.metrics.triangles import WITHHELD, withheld
from analytics.metrics.use.counts import UseCount
from analytics.metrics.use.whole_days import last_whole_day, periods_watched
from analytics.stats import NotComputable, Share, withhold
from analytics.stats.retention import RetentionCell, RetentionMode, Returns, retention
from onboarding.usage.periods import LAST, Grain

NAMES = {
    Grain.DAY: "day",
    Grain.WEEK: "week",
    Grain.MONTH: "month of 30 days",
    Grain.CALENDAR_WEEK: "calendar week",
    Grain.CALENDAR_MONTH: "calendar month",
}


@dataclass(frozen=True)
class Row:
    """The people who began on these days; `cells` from period 1 on, as far as anybody has been watched.

    `withheld` are the periods of which nothing may be told, `size_withheld` says the same of how many they are.
    """

    days: Days
    people: int
    cells: tuple[RetentionCell, ...]
    withheld: frozenset[int] = frozenset()
    size_withheld: bool = False

    @property
    def caution(self) -> Caution:
        return caution(self.people)

    def told(self, cell: RetentionCell) -> Share | NotComputable:
        """A cell's share, unless it may not be told."""
        return WITHHELD if cell.period in self.withheld else cell.share

    @property
    def shown(self) -> Iterator[tuple[RetentionCell, Share | NotComputable]]:
        return ((cell, self.told(cell)) for cell in self.cells)


@dataclass(frozen=True)
class Retention:
    """The triangle, and over all rows the curve. `people`: all who began, watched or not.

    `withheld` are the periods of which nothing may be told at all, as others could be reckoned from it (use/apart.py).
    """

    grain: Grain
    mode: RetentionMode
    people: int
    rows: tuple[Row, ...]
    overall: tuple[RetentionCell, ...]
    withheld: frozenset[int] = frozenset()

    def told(self, cell: RetentionCell) -> Share | NotComputable:
        """What is told over all rows: of five people or more."""
        return WITHHELD if cell.period in self.withheld else of_enough(cell.mature, cell.share)

    def told_of(self, row: Row, cell: RetentionCell) -> Share | NotComputable:
        return WITHHELD if cell.period in self.withheld else row.told(cell)

    def at(self, period: int) -> RetentionCell | None:
        return next((cell for cell in self.overall if cell.period == period), None)


def retention_of(
    began: Iterable[UseCount],
    active: Iterable[UseCount],
    as_of: AsOf,
    *,
    grain: Grain,
    mode: RetentionMode = RetentionMode.ON,
    rows_by: cohorts.Grain = cohorts.Grain.WEEK,
    periods: int = 12,
) -> Retention:
    """From the cells of the measures *began* and `grain`, of the same people; the first `periods` periods are told."""
    last = last_whole_day(as_of)
    people: dict[date, int] = defaultdict(int)
    for count in began:
        if count.cohort_on <= as_of.day:
            people[count.cohort_on] += count.n
    watched = {day: periods_watched(grain, day, last) for day in people}
    by_day = _active(active, watched, mode)
    told = range(1, min(periods, LAST[grain]) + 1)

    def cells(days: Iterable[date]) -> tuple[RetentionCell, ...]:
        returns = _returns(days, people, watched, by_day)
        longest = max(returns.watched, default=0)
        return retention(returns, (period for period in told if period < longest), mode=mode)

    rows = []
    for days in cohorts.parts(Days(min(people), max(people)), rows_by) if people else ():
        own = [day for day in people if day in days]
        rows.append(Row(days, sum(people[day] for day in own), cells(own)))
    return Retention(grain, mode, sum(people.values()), _protected(rows), cells(people))


def parts_withheld(everybody: Retention, parts: Sequence[Retention]) -> list[frozenset[int]]:
    """For each of some parts of the people the periods of which nothing may be told, as everybody stands beside them.

    Whoever is in no part is one more. Each period is a table of its own, of those who have been watched for it.
    """
    hidden: list[set[int]] = [set() for _ in parts]
    for whole in everybody.overall:
        cells = [part.at(whole.period) for part in parts]
        watched = [max(cell.mature, 0) if cell else 0 for cell in cells]
        others = max(whole.mature - sum(watched), 0)
        for place, is_hidden in enumerate(withhold([*watched, others], WITHHELD_BELOW).groups[:-1]):
            if is_hidden:
                hidden[place].add(whole.period)
    return [frozenset(periods) for periods in hidden]


def _protected(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The same, with what may not be told marked: of few people, or from which few could be reckoned."""
    longest = max((len(row.cells) for row in rows), default=0)
    watched = [[max(cell.mature, 0) for cell in row.cells] + [0] * (longest - len(row.cells)) for row in rows]
    sizes = withhold([max(row.people, 0) for row in rows], WITHHELD_BELOW).groups
    return tuple(
        replace(
            row,
            withheld=frozenset(
                cell.period
                for cell, hidden in zip(row.cells, hides, strict=False)
                if hidden or 0 < row.people < WITHHELD_BELOW
            ),
            size_withheld=size,
        )
        for row, hides, size in zip(rows, withheld(watched), sizes, strict=True)
    )


def _active(cells: Iterable[UseCount], watched: Mapping[date, int], mode: RetentionMode) -> dict[date, dict[int, int]]:
    """By cohort day and period: who was active in it, or, for "on or after", whose last active period it is.

    Only periods that are over count, also for who was last active when.
    """
    found: dict[date, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for cohort_on, period, before, n in cells:
        if period >= watched.get(cohort_on, 0):
            continue
        found[cohort_on][period] += n
        if mode is RetentionMode.ON_OR_AFTER and before >= 0:
            found[cohort_on][before] -= n
    return found


def _returns(
    days: Iterable[date],
    people: Mapping[date, int],
    watched: Mapping[date, int],
    by_day: Mapping[date, Mapping[int, int]],
) -> Returns:
    followed: dict[int, int] = defaultdict(int)
    active: dict[tuple[int, int], int] = defaultdict(int)
    for day in days:
        if not people.get(day):
            continue
        followed[watched[day]] += people[day]
        for period, n in by_day.get(day, {}).items():
            active[watched[day], period] += n
    return Returns(followed, active)
