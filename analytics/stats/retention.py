"""Who comes back: by cohort and period, from counts, without taking people who cannot have come back yet for lost.

A period is the nth day, week or month from each person's own beginning; the period 0 is the one in which they began.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analytics.stats.results import NotComputable
from analytics.stats.shares import Share, share


class RetentionMode(StrEnum):
    """`on`: active in that very period. `on or after` ("unbounded"): active in it or in any later one."""

    ON = "on"
    ON_OR_AFTER = "on or after"


@dataclass(frozen=True)
class Returns:
    """A cohort in counts that add: people by whole periods watched, and those active by (periods watched, period).

    For "on" `active` holds everybody under each period in which they were active; for "on or after" under the *last*
    one only, also when that period still runs.
    """

    watched: Mapping[int, int]
    active: Mapping[tuple[int, int], int]

    @property
    def people(self) -> int:
        return sum(self.watched.values())


@dataclass(frozen=True, slots=True)
class RetentionCell:
    """Of `people`, `mature` have been watched for the whole period; `share` is that of the mature who came back.

    "On or after" can still rise while people are watched; it is what is known by now.
    """

    period: int
    people: int
    mature: int
    share: Share | NotComputable

    @property
    def immature(self) -> int:
        return self.people - self.mature

    @property
    def complete(self) -> bool:
        """Whether everybody has been watched for the period; other cells are to be marked."""
        return self.mature == self.people


def retention(
    cohort: Returns, periods: Iterable[int], *, mode: RetentionMode, level: float = 0.95
) -> tuple[RetentionCell, ...]:
    """A cohort's row of the triangle, each share with Wilson's interval.

    Only the mature are counted, above the line as below it: whoever is active early in a period that still runs says
    nothing yet of those who will be later.
    """
    return tuple(_cell(cohort, period, mode, level) for period in periods)


def pooled(rows: Sequence[Sequence[RetentionCell]], *, level: float = 0.95) -> tuple[RetentionCell, ...]:
    """The curve over all cohorts: period by period over the people who are mature for it, whichever cohort they are of.

    Later periods rest on older cohorts only, so the curve may rise where no cohort's own does; n stands beside it.
    """
    by_period: dict[int, list[RetentionCell]] = {}
    for row in rows:
        for cell in row:
            by_period.setdefault(cell.period, []).append(cell)
    return tuple(
        RetentionCell(
            period,
            sum(cell.people for cell in cells),
            mature := sum(cell.mature for cell in cells),
            _share(sum(cell.share.count for cell in cells if isinstance(cell.share, Share)), mature, level),
        )
        for period, cells in sorted(by_period.items())
    )


def _cell(cohort: Returns, period: int, mode: RetentionMode, level: float) -> RetentionCell:
    if period < 0:
        raise ValueError(f"periods count from 0, the one of the beginning, not from {period}")
    mature = sum(n for watched, n in cohort.watched.items() if watched > period)
    returned = sum(
        n
        for (watched, active), n in cohort.active.items()
        if watched > period and (active == period if mode is RetentionMode.ON else active >= period)
    )
    return RetentionCell(period, cohort.people, mature, _share(returned, mature, level))


def _share(returned: int, mature: int, level: float) -> Share | NotComputable:
    if mature == 0:
        return NotComputable("nobody has been watched for that long yet")
    return share(returned, mature, level=level)
