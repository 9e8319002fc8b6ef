"""Interval plots: a line from low to high and a dot, placed in percent, so that they fit any width without scaling."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor, log10
from typing import Protocol

from analytics.metrics.as_of import DAY_S
from analytics.metrics.pace import Pace
from analytics.metrics.sizes import Caution, caution
from analytics.metrics.tally import Within
from analytics.stats import Curve, Interval, NotComputable, NotReached, Quantile

MARGIN = 0.04


class By(StrEnum):
    """What is plotted: the share within the window, or the median time in days."""

    SHARE = "share"
    MEDIAN = "median"


class Group(Protocol):
    """What can stand in a row: a pace, or whatever has the like."""

    @property
    def label(self) -> str: ...

    @property
    def people(self) -> int: ...

    @property
    def within(self) -> Within: ...

    @property
    def curve(self) -> Curve | NotComputable: ...

    @property
    def median(self) -> Quantile | NotComputable: ...


@dataclass(frozen=True)
class Row:
    """One group. The places are percent of the axis' width, as text for SVG attributes; empty when not shown."""

    pace: Group
    n: int
    caution: Caution
    marked: bool
    low: str = ""
    at: str = ""
    width: str = ""


@dataclass(frozen=True)
class Plot:
    """`ticks` are the axis' (place in percent, value); none when no row has a value."""

    by: By
    rows: tuple[Row, ...]
    ticks: tuple[tuple[str, float], ...]


def plot(groups: Sequence[Group], *, by: By, marked: Sequence[Group] = ()) -> Plot:
    """The groups' shares or medians with their intervals; the marked ones stand out.

    The axis covers the intervals rather than all from 0 on: lengths mean nothing here, only places do. An end that
    the data do not bound runs to the axis' end.
    """
    values = {id(group): found for group in groups if (found := _value(group, by)) is not None}
    ends = [end for at, interval in values.values() for end in (at, interval.low, interval.high)]
    known = [end for end in ends if not isinstance(end, NotReached)]
    scale = axis(known, most=1.0 if by is By.SHARE else None)
    place, ticks = scale.place, scale.ticks

    rows = []
    for group in groups:
        n = _n(group, by)
        row = Row(group, n, caution(n), any(group is one for one in marked))
        if (found := values.get(id(group))) is not None:
            at, interval = found
            low, high = place(interval.low), place(interval.high)
            row = Row(row.pace, n, row.caution, row.marked, f"{low:.2f}%", f"{place(at):.2f}%", f"{high - low:.2f}%")
        rows.append(row)
    told = tuple((f"{place(tick):.2f}%", tick) for tick in ticks) if values else ()
    return Plot(by, tuple(rows), told)


@dataclass(frozen=True)
class Axis:
    """`ticks` are round values, the ends among them."""

    ticks: tuple[float, ...]

    def place(self, value: float | NotReached) -> float:
        """In percent of the width."""
        first, last = self.ticks[0], self.ticks[-1]
        return 100.0 if isinstance(value, NotReached) else 100 * (value - first) / (last - first)


def axis(values: Sequence[float], *, most: float | None = 1.0, least: float = 0.0) -> Axis:
    """An axis that holds all of these values, which lie between `least` and `most`; shares unless said otherwise."""
    return Axis(tuple(_ticks(min(values, default=0.0), max(values, default=1.0), most=most, least=least)))


def by_median_if_all_have_one(groups: Sequence[Pace]) -> By:
    """Medians answer "how fast"; where some group has none yet, shares still can be compared."""
    shown = [group for group in groups if _shown(group)]
    return By.MEDIAN if shown and all(group.median_s is not None for group in shown) else By.SHARE


def _value(group: Group, by: By) -> tuple[float, Interval] | None:
    if not _shown(group):
        return None
    if by is By.SHARE:
        share = group.within.told
        return None if isinstance(share, NotComputable) else (share.value, share.interval)
    median = group.median
    if not isinstance(median, Quantile) or isinstance(median.time, NotReached):
        return None
    low, high = (
        end if isinstance(end, NotReached) else end / DAY_S for end in (median.interval.low, median.interval.high)
    )
    return median.time / DAY_S, Interval(low, high, median.interval.level)


def _n(group: Group, by: By) -> int:
    if by is By.SHARE:
        return 0 if isinstance(group.within.told, NotComputable) else group.within.told.of
    return 0 if isinstance(group.curve, NotComputable) else group.curve.n


def _ticks(low: float, high: float, *, most: float | None, least: float = 0.0) -> list[float]:
    """Three to six round values that hold low and high, with some room, none below `least` or above `most`."""
    room = MARGIN * (high - low)
    low, high = max(least, low - room), high + room if most is None else min(most, high + room)
    span = max(high - low, 1e-6)
    power = 10.0 ** floor(log10(span / 5))
    step = next(power * unit for unit in (1, 2, 2.5, 5, 10, 20) if span / (power * unit) <= 4)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(step * number, 10) for number in range(first, max(last, first + 1) + 1)]


def _shown(group: Group) -> bool:
    return caution(group.people) is not Caution.WITHHELD
