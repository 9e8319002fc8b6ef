"""People by the week or month in which they began. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from analytics.metrics.as_of import DAY_S, AsOf
from analytics.metrics.tally import Days, Tally
from analytics.stats import NotComputable, Share, share

WEEK_DAYS = 7


class Grain(StrEnum):
    """Weeks begin on Monday."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class CohortCell:
    """Who had reached the goal so many days after beginning; not computable while anybody is not watched so long."""

    days: int
    share: Share | NotComputable


@dataclass(frozen=True)
class Cohort:
    """The people who began from `days.first` to `days.last` (cut to the period asked for)."""

    days: Days
    people: int
    cells: tuple[CohortCell, ...]


def cohorts(
    tally: Tally, as_of: AsOf, *, grain: Grain = Grain.WEEK, after_days: Sequence[int] = (), within: Days | None = None
) -> tuple[Cohort, ...]:
    """Every week or month from the first cohort day to the last, also those in which nobody began.

    `after_days` are the ages (in whole days) at which the share is told; `within` the period they are cut to.
    """
    if within is None:
        if not tally.began:
            return ()
        within = Days(min(tally.began), max(tally.began))
    start_of, next_of = _RULES[grain]
    reached: dict[date, list[tuple[int, int]]] = {}
    for day, elapsed, n in tally.reached:
        reached.setdefault(day, []).append((elapsed, n))
    found = []
    start = start_of(within.first)
    while start <= within.last:
        days = Days(max(start, within.first), min(next_of(start) - timedelta(days=1), within.last))
        found.append(_cohort(days, tally.began, reached, as_of, after_days))
        start = next_of(start)
    return tuple(found)


def _cohort(
    days: Days,
    began: Mapping[date, int],
    reached: Mapping[date, list[tuple[int, int]]],
    as_of: AsOf,
    after_days: Sequence[int],
) -> Cohort:
    own = [day for offset in range(days.length) if (day := days.first + timedelta(days=offset)) in began]
    people = sum(began[day] for day in own)
    cells = []
    for after in after_days:
        if own and not as_of.is_mature(own[-1], after):
            cells.append(CohortCell(after, NotComputable(f"not everybody has been watched for {after} days yet")))
            continue
        count = sum(n for day in own for elapsed, n in reached.get(day, ()) if elapsed <= after * DAY_S)
        cells.append(CohortCell(after, share(max(0, min(count, people)), max(0, people))))
    return Cohort(days, people, tuple(cells))


def _week_start(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _next_week(start: date) -> date:
    return start + timedelta(days=WEEK_DAYS)


def _month_start(day: date) -> date:
    return day.replace(day=1)


def _next_month(start: date) -> date:
    return (start + timedelta(days=31)).replace(day=1)


_RULES: dict[Grain, tuple[Callable[[date], date], Callable[[date], date]]] = {
    Grain.WEEK: (_week_start, _next_week),
    Grain.MONTH: (_month_start, _next_month),
}
