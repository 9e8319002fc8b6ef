"""Who will have reached first value by day N: a cohort of today, and the curve of those before it.

Of the people still waiting at age t, a share 1 − S(N)/S(t) is expected by age N. Two things are unknown: the curve
itself, which comes from so many people, and what these particular people will do. The interval holds both.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, sqrt

from analytics.stats.distributions import normal_quantile
from analytics.stats.results import Interval, NotComputable
from analytics.stats.survival import Curve


@dataclass(frozen=True, slots=True)
class Waiting:
    """`people` of one age still on their way, and the chance that one of them gets there by the forecast's age."""

    age: float
    people: int
    chance: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """Of `people`, `reached` are there; `share` is what is expected by age `by`, `interval` where it should fall.

    `base_rate` is 1 − S(by): what a forecast would be that doesn't know how long anybody has waited already.
    """

    by: float
    people: int
    reached: int
    waiting: tuple[Waiting, ...]
    base_rate: float
    interval: Interval

    @property
    def share(self) -> float:
        return (self.reached + sum(group.people * group.chance for group in self.waiting)) / self.people


def forecast(
    curve: Curve, *, by: float, reached: int, waiting: Iterable[tuple[float, int]], level: float = 0.95
) -> Forecast | NotComputable:
    """What share of a cohort will have reached the event by age `by`.

    `reached` did so by that age already; `waiting` are the others as (age, how many), those past `by` included: they
    are too late. Not computable beyond the curve's follow-up. It assumes that they go on as those before them did.
    """
    if by <= 0 or reached < 0:
        raise ValueError(f"a forecast is for an age after 0 of people there are: {(by, reached)}")
    merged: dict[float, int] = {}
    for age, people in waiting:
        if age < 0 or people < 0:
            raise ValueError(f"no age and no count is negative: {(age, people)}")
        merged[age] = merged.get(age, 0) + people
    total = reached + sum(merged.values())
    if total == 0:
        return NotComputable("there is nobody to forecast for")
    if by > curve.followed_until and curve.survival[-1] > 0:
        return NotComputable("nobody before them has been followed for that long")
    if any(n and age < by and _at(curve, age)[0] <= 0 for age, n in merged.items()):
        return NotComputable("some have waited longer already than anybody before them did")
    groups = tuple(Waiting(age, n, _chance(curve, age, by)) for age, n in sorted(merged.items()) if n)
    open_ = [group for group in groups if group.age < by]
    low, high = _arrivals(curve, open_, by, level)
    interval = Interval((reached + low) / total, (reached + high) / total, level)
    return Forecast(by, total, reached, groups, 1 - _at(curve, by)[0], interval)


def _chance(curve: Curve, age: float, by: float) -> float:
    return 1 - _at(curve, by)[0] / _at(curve, age)[0] if age < by else 0.0


def _arrivals(curve: Curve, groups: list[Waiting], by: float, level: float) -> tuple[int, int]:
    """How many of those waiting will arrive: a two-sided prediction interval in whole people.

    K. Krishnamoorthy and J. Peng, Journal of Statistical Planning and Inference 141 (2011) 1709–1718, "joint sampling":
    of m people, Y are inside when the score test would not tell Y/m from the share p that n people before them had:
    (Y/m − p)² ≤ z² q(1 − q)(1/m + 1/n), where q pools both. Like Wilson's interval it holds at p near 0 and 1.
    The curve's p does not come from a plain sample, so n is the number of people from whom p would be known as well as
    it is: p(1 − p) / Var p (E. L. Korn and B. I. Graubard, Survey Methodology 24 (1998) 193–201), but never more than
    were at risk. People of several ages are pooled by their mean chance, which can only widen the interval.
    """
    m = sum(group.people for group in groups)
    if m == 0:
        return 0, 0
    p = min(max(sum(group.people * group.chance for group in groups) / m, 0.0), 1.0)
    n = _known_from(curve, groups, by, p, m)
    z = normal_quantile(level)
    k, f = z * z * (1 / m + 1 / n), m / (n + m)
    middle = k * f * (1 - 2 * p)
    root = sqrt(middle * middle + 4 * (1 + k * f * f) * k * p * (1 - p))
    scale = 2 * (1 + k * f * f)
    low, high = m * (p + (middle - root) / scale), m * (p + (middle + root) / scale)
    # Rounding must not lose a whole number that the limit is meant to be.
    return max(ceil(low - 1e-9), 0), min(floor(high + 1e-9), m)


def _known_from(curve: Curve, groups: list[Waiting], by: float, p: float, m: int) -> float:
    """The effective number of people behind the mean chance."""
    variance = _variance_of_chance(curve, groups, by) / (m * m)
    # Nobody came between, or everybody: no variance tells how sure that is, only the people who were there.
    if p >= 1:
        return float(_last_at_risk(curve, by))
    if p <= 0 or variance <= 0:
        return float(max(curve.n - _before(curve, by), 1))
    return min(p * (1 - p) / variance, float(max(curve.n - _before(curve, groups[0].age), 1)))


def _variance_of_chance(curve: Curve, groups: list[Waiting], by: float) -> float:
    """Var Σ nⱼ(1 − S(N)/S(tⱼ)) by the delta method.

    log S has independent increments whose variances are the terms of Greenwood's sum G, so
    Cov(S(N)/S(t), S(N)/S(u)) = S(N)/S(t) · S(N)/S(u) · (G(N) − G(max(t, u))).
    """
    until = _at(curve, by)[1]
    variance = earlier = 0.0
    for group in groups:
        gap = until - _at(curve, group.age)[1]
        weight = group.people * (1 - group.chance)
        if weight:
            variance += weight * (weight + 2 * earlier) * gap
            earlier += weight
    return variance


def _at(curve: Curve, time: float) -> tuple[float, float]:
    """Survival and Greenwood's sum."""
    index = bisect_right(curve.times, time) - 1
    return (curve.survival[index], curve.greenwood[index]) if index >= 0 else (1.0, 0.0)


def _before(curve: Curve, time: float) -> int:
    """How many had the event or left before this time."""
    index = bisect_left(curve.times, time)
    return curve.n if index == len(curve.times) else curve.n - curve.at_risk[index]


def _last_at_risk(curve: Curve, by: float) -> int:
    """How many were at risk when the last event up to `by` happened."""
    index = bisect_right(curve.times, by) - 1
    while not curve.events[index]:
        index -= 1
    return curve.at_risk[index]
