"""Shares of people (k of n) and the difference between two of them."""

from dataclasses import dataclass
from math import sqrt

from analytics.stats.distributions import normal_quantile
from analytics.stats.results import Interval, NotComputable


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of` people; `value` is between 0 and 1."""

    count: int
    of: int
    interval: Interval

    @property
    def value(self) -> float:
        return self.count / self.of


@dataclass(frozen=True, slots=True)
class Difference:
    """`first` minus `second`, as a share (0.05 = five percentage points)."""

    first: Share
    second: Share
    interval: Interval

    @property
    def value(self) -> float:
        return self.first.value - self.second.value

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return not self.interval.covers(0.0)


def wilson(count: int, of: int, *, level: float = 0.95) -> Interval:
    """Wilson's score interval without continuity correction.

    E. B. Wilson, JASA 22 (1927) 209–212; method 3 of R. G. Newcombe, Statistics in Medicine 17 (1998) 857–872:
    (2np + z² ± z √(z² + 4npq)) / 2(n + z²).
    """
    z = normal_quantile(level)
    middle = 2 * count + z * z
    spread = z * sqrt(z * z + 4 * count * (1 - count / of))
    scale = 2 * (of + z * z)
    # At the ends the bound is 0 or 1 in exact arithmetic; rounding must not leave it beside.
    low = 0.0 if count == 0 else (middle - spread) / scale
    high = 1.0 if count == of else (middle + spread) / scale
    return Interval(low, high, level)


def share(count: int, of: int, *, level: float = 0.95) -> Share | NotComputable:
    """`count` of `of` with Wilson's interval; not computable for nobody."""
    if of < 0 or not 0 <= count <= max(of, 0):
        raise ValueError(f"{count} of {of} is no share of people")
    if of == 0:
        return NotComputable("there is nobody to take a share of")
    return Share(count, of, wilson(count, of, level=level))


def difference(first: Share, second: Share, *, level: float = 0.95) -> Difference:
    """The difference of two independent shares with Newcombe's hybrid score interval.

    Method 10 of R. G. Newcombe, Statistics in Medicine 17 (1998) 873–890: with Wilson limits l, u of each,
    d − √((p₁−l₁)² + (u₂−p₂)²)  to  d + √((u₁−p₁)² + (p₂−l₂)²).
    """
    low_1, high_1 = _limits(first, level)
    low_2, high_2 = _limits(second, level)
    p, q = first.value, second.value
    low = p - q - sqrt((p - low_1) ** 2 + (high_2 - q) ** 2)
    high = p - q + sqrt((high_1 - p) ** 2 + (q - low_2) ** 2)
    return Difference(first, second, Interval(max(low, -1.0), min(high, 1.0), level))


def apart(first: Share, second: Share, *, level: float = 0.95) -> bool:
    """Whether the first is above the second, at this level, however the two shares hang together.

    Two Wilson intervals that each miss with half the chance of error miss together with no more than the whole of it
    (Bonferroni), also where they are of the same people. Newcombe's interval of a difference needs independent ones.
    """
    each = (1 + level) / 2
    return _limits(first, each)[0] > _limits(second, each)[1]


def _limits(one: Share, level: float) -> tuple[float, float]:
    limits = wilson(one.count, one.of, level=level)
    assert isinstance(limits.low, float)
    assert isinstance(limits.high, float)
    return limits.low, limits.high
