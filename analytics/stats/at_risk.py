"""The table under a curve: how many people it still rests on."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from analytics.stats.survival import Curve


@dataclass(frozen=True, slots=True)
class AtRisk:
    """`at_risk` people have neither had the event nor left before `time`; the others count up to and including it."""

    time: float
    at_risk: int
    had_event: int
    censored: int


def risk_table(curve: Curve, times: Iterable[float]) -> tuple[AtRisk, ...]:
    """The people behind the curve at each of `times`, in their order. Beyond the follow-up nobody is at risk.

    As in the table of S. J. Pocock, T. G. Clayton and D. G. Altman, Lancet 359 (2002) 1686–1689: somebody whose time
    ends at t was still at risk at t.
    """
    events = [0, *accumulate(curve.events)]
    censored = [0, *accumulate(curve.censored)]

    def rows() -> Iterator[AtRisk]:
        for time in times:
            if time < 0:
                raise ValueError(f"a curve begins at 0, not at {time}")
            before, up_to = bisect_left(curve.times, time), bisect_right(curve.times, time)
            yield AtRisk(time, curve.n - events[before] - censored[before], events[up_to], censored[up_to])

    return tuple(rows())
