"""People by the week or month in which they began. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import ngettext

from analytics.metrics.as_of import AsOf
from analytics.metrics.days import Days
from analytics.metrics.sizes import WITHHELD_BELOW, Caution, caution
from analytics.metrics.tally import Numbers, Tally, share_of
from analytics.metrics.triangles import WITHHELD, withheld
from analytics.stats import NotComputable, Share, withhold

WEEK_DAYS = 7


class Grain(StrEnum):
    """Weeks begin on Monday."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class CohortCell:
    """Who had reached the goal so many days after beginning; not computable while anybody is not watched so long.

    `withheld`: of so few, or so that others of so few cannot be reckoned from it; then `told` says nothing else.
    """

    days: int
    share: Share | NotComputable
    withheld: bool = False

    @property
    def told(self) -> Share | NotComputable:
        return WITHHELD if self.withheld else self.share


@dataclass(frozen=True)
class Cohort:
    """The people who began from `days.first` to `days.last` (cut to the period asked for).

    `withheld`: even how many they are, from whoever may not see single people.
    """

    days: Days
    people: int
    cells: tuple[CohortCell, ...]
    withheld: bool = False


def cohorts(
    tally: Tally, as_of: AsOf, *, grain: Grain = Grain.WEEK, after_days: Sequence[int] = (), within: Days | None = None
) -> tuple[Cohort, ...]:
    """Every week or month from the first cohort day to the last, also those in which nobody began.

    `after_days` are the ages (in whole days) at which the share is told; `within` the period they are cut to.
    """
    if within is None:
        first, last = tally.first_begun, tally.last_begun
        if first is None or last is None:
            return ()
        within = Days(first, last)
    reached = {age: tally.reached_within(age) for age in after_days}
    return _protected([_cohort(days, tally, reached, as_of) for days in parts(within, grain)])


def _protected(found: Sequence[Cohort]) -> tuple[Cohort, ...]:
    """The same, with what may not be told marked."""
    told = [[one.people if isinstance(cell.share, Share) else 0 for cell in one.cells] for one in found]
    sizes = withhold([max(one.people, 0) for one in found], WITHHELD_BELOW).groups
    return tuple(
        replace(
            one,
            cells=tuple(
                replace(cell, withheld=hidden or (caution(one.people) is Caution.WITHHELD and one.people > 0))
                for cell, hidden in zip(one.cells, row, strict=True)
            ),
            withheld=size,
        )
        for one, row, size in zip(found, withheld(told), sizes, strict=True)
    )


def parts(within: Days, grain: Grain) -> Iterator[Days]:
    """Every week or month in these days, the first and the last cut to them."""
    for whole in spans(within, grain):
        yield Days(max(whole.first, within.first), min(whole.last, within.last))


def spans(within: Days, grain: Grain) -> Iterator[Days]:
    """Every whole week or month of which at least a day is within these days."""
    start_of, next_of = _RULES[grain]
    start = start_of(within.first)
    while start <= within.last:
        yield Days(start, next_of(start) - timedelta(days=1))
        start = next_of(start)


def _cohort(days: Days, tally: Tally, reached: Mapping[int, Numbers], as_of: AsOf) -> Cohort:
    own = slice(tally.place(days.first), tally.place(days.last + timedelta(days=1)))
    part = tally.begun(days)
    people, last = part.people, part.last_begun
    cells = []
    for age, by_day in reached.items():
        if last is not None and not as_of.is_mature(last, age):
            cells.append(CohortCell(age, NotComputable(_not_yet(age))))
            continue
        cells.append(CohortCell(age, share_of(int(by_day[own].sum()), people)))
    return Cohort(days, people, tuple(cells))


def _not_yet(days: int) -> str:
    return ngettext(
        "not everybody has been watched for %(days)d day yet",
        "not everybody has been watched for %(days)d days yet",
        days,
    ) % {"days": days}


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
