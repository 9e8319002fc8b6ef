"""The restricted mean: how long people wait on average, counting no wait beyond a limit.

It is the area under the Kaplan–Meier curve up to the limit τ. Unlike the mean of those who got there, it has everybody
in it; unlike the median it exists when fewer than half have got there, and two groups differ by so much time.
"""

from bisect import bisect_right
from dataclasses import dataclass
from math import erfc, sqrt

from analytics.stats.distributions import normal_quantile
from analytics.stats.results import Interval, NotComputable
from analytics.stats.survival import Curve

_NO_VARIANCE = NotComputable("too few had the event by then to tell how sure the mean is")


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """The mean of min(time to the event, `until`), in the curve's unit."""

    until: float
    value: float
    variance: float
    interval: Interval | NotComputable


@dataclass(frozen=True, slots=True)
class MeanDifference:
    """`first` minus `second`; below zero when the first group is faster. `p` is that of the two-sided normal test."""

    first: RestrictedMean
    second: RestrictedMean
    interval: Interval | NotComputable
    p: float | NotComputable

    @property
    def value(self) -> float:
        return self.first.value - self.second.value

    @property
    def clear(self) -> bool:
        """Whether there is an interval and it leaves out zero."""
        return isinstance(self.interval, Interval) and not self.interval.covers(0.0)


def restricted_mean(curve: Curve, until: float) -> RestrictedMean | NotComputable:
    """The area under the curve from 0 to `until`; not computable beyond the longest follow-up.

    J. P. Klein and M. L. Moeschberger, Survival Analysis (2003), section 4.5: μ = ∫₀^τ S(t) dt, with
    Var μ = Σ (∫_tᵢ^τ S(t) dt)² dᵢ / nᵢ(nᵢ − dᵢ) over the times of events up to τ; what R's survfit prints as rmean.
    The interval is the normal one, cut to what is possible.
    """
    if until <= 0:
        raise ValueError(f"a mean is restricted to a time after 0, not to {until}")
    if until > curve.followed_until and curve.survival[-1] > 0:
        return NotComputable("nobody has been followed for that long")
    known = bisect_right(curve.times, until)
    # From the right, the area beyond each time is a running sum.
    area, right, variance = 0.0, until, 0.0
    for index in reversed(range(known)):
        time, events, at_risk = curve.times[index], curve.events[index], curve.at_risk[index]
        area += curve.survival[index] * (right - time)
        if at_risk > events:
            variance += area * area * events / (at_risk * (at_risk - events))
        right = time
    value = area + right
    return RestrictedMean(until, value, variance, _interval(value, variance, (0.0, until), curve.level))


def mean_difference(
    first: RestrictedMean, second: RestrictedMean, *, level: float = 0.95
) -> MeanDifference | NotComputable:
    """How much longer the first of two independent groups waits, on average and up to the same limit.

    P. Royston and M. K. B. Parmar, BMC Medical Research Methodology 13:152 (2013): the variances add.
    """
    if first.until != second.until:
        return NotComputable("the two means are restricted to different times")
    if first.variance == 0 or second.variance == 0:
        return MeanDifference(first, second, _NO_VARIANCE, _NO_VARIANCE)
    gap, variance = first.value - second.value, first.variance + second.variance
    interval = _interval(gap, variance, (-first.until, first.until), level)
    return MeanDifference(first, second, interval, erfc(abs(gap) / sqrt(2 * variance)))


def _interval(value: float, variance: float, ends: tuple[float, float], level: float) -> Interval | NotComputable:
    if variance == 0:
        return _NO_VARIANCE
    half = normal_quantile(level) * sqrt(variance)
    return Interval(max(value - half, ends[0]), min(value + half, ends[1]), level)
