"""Cumulative incidence: the chance of one end, when another may come first (first value, or leaving before it).

Taking those who left for people still on their way says what would be if nobody could leave; 1 − Kaplan–Meier is then
too high. The estimate of O. O. Aalen and S. Johansen, Scandinavian Journal of Statistics 5 (1978) 141–150, is the
share that got there in a world where people do leave. All its ends and those still waiting make one.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import exp, log, sqrt
from typing import NamedTuple

from analytics.stats.distributions import normal_quantile
from analytics.stats.results import Interval, NotComputable


class Ends(NamedTuple):
    """At `time`, so many people came to each end (in one fixed order), and so many were last seen without any."""

    time: float
    ends: tuple[int, ...]
    censored: int


@dataclass(frozen=True, slots=True)
class Chance:
    """The share of everybody that has come to an end by `time`."""

    time: float
    value: float
    variance: float
    interval: Interval | NotComputable


@dataclass(frozen=True)
class Incidence:
    """In columns, one entry for each distinct time; `incidence[end][index]`, and `variance` likewise."""

    n: int
    level: float
    times: tuple[float, ...] = field(repr=False)
    at_risk: tuple[int, ...] = field(repr=False)
    ends: tuple[tuple[int, ...], ...] = field(repr=False)
    censored: tuple[int, ...] = field(repr=False)
    survival: tuple[float, ...] = field(repr=False)
    """The share without any end: the Kaplan–Meier curve of all ends taken together."""
    incidence: tuple[tuple[float, ...], ...] = field(repr=False)
    variance: tuple[tuple[float, ...], ...] = field(repr=False)

    @property
    def followed_until(self) -> float:
        return self.times[-1]

    def at(self, end: int, time: float) -> Chance | NotComputable:
        """The chance of this end by `time`. Beyond the longest follow-up nothing is known, unless nobody is left.

        Limits on the scale log(−log I): I^exp(±z·se / I log I), the `conf.type = "log-log"` of R's survfit; compared
        with others by J. B. Choudhury, Statistics in Medicine 21 (2002) 1129–1144.
        """
        if time < 0:
            raise ValueError(f"a curve begins at 0, not at {time}")
        if time > self.followed_until and self.survival[-1] > 0:
            return NotComputable("nobody has been followed for that long")
        index = bisect_right(self.times, time) - 1
        value, variance = (self.incidence[end][index], self.variance[end][index]) if index >= 0 else (0.0, 0.0)
        return Chance(time, value, variance, self._interval(value, variance))

    def _interval(self, value: float, variance: float) -> Interval | NotComputable:
        if value <= 0:
            return NotComputable("nobody has come to this end by then; the variance is not defined")
        if value >= 1 or variance <= 0:
            return NotComputable("everybody has come to this end; the variance is not defined")
        half = normal_quantile(self.level) * sqrt(variance) / (value * -log(value))
        return Interval(exp(log(value) * exp(min(half, 700.0))), exp(log(value) * exp(-half)), self.level)


def cumulative_incidence(
    moments: Iterable[Ends | tuple[float, Sequence[int], int]], *, level: float = 0.95
) -> Incidence | NotComputable:
    """The incidence of each end from people counted by moment, in any order; counts at equal times add up.

    Variance by the delta method over multinomial counts (the "Greenwood type"), E. Marubini and M. G. Valsecchi,
    Analysing Survival Data from Clinical Trials and Observational Studies (1995), chapter 10; with d of n at risk
    ending at tᵢ, dₖ of them so, and Iᵢ the incidence up to and including tᵢ:
    Var I(t) = Σ (I(t) − Iᵢ)² d / n(n − d)  +  Σ Sᵢ₋₁² dₖ(n − dₖ) / n³  −  2 Σ (I(t) − Iᵢ) Sᵢ₋₁ dₖ / n².
    With one end it is Greenwood's, without censoring p(1 − p)/n; it is that of R's survfit and etm. A. Allignol,
    M. Schumacher and J. Beyersmann, Biometrical Journal 52 (2010) 126–137, prefer it to Aalen's, which cmprsk gives.
    """
    merged, kinds = _by_time(moments)
    n = sum(sum(ends) + censored for ends, censored in merged.values())
    if n == 0:
        return NotComputable("there is nobody to follow")
    times = sorted(merged)
    left, survival = n, 1.0
    at_risk, survivals = [], []
    running = [_Running() for _ in range(kinds)]
    for time in times:
        ends, censored = merged[time]
        at_risk.append(left)
        if any(ends):
            for one, count in zip(running, ends, strict=True):
                one.advance(count, sum(ends), left, survival)
            survival = survival * (left - sum(ends)) / left
        else:
            for one in running:
                one.stay()
        survivals.append(survival)
        left -= sum(ends) + censored
    return Incidence(
        n,
        level,
        tuple(times),
        tuple(at_risk),
        tuple(tuple(merged[time][0]) for time in times),
        tuple(merged[time][1] for time in times),
        tuple(survivals),
        tuple(tuple(one.values) for one in running),
        tuple(tuple(one.variances) for one in running),
    )


class _Running:
    """One end's incidence, and the sums that its variance at any later time is made of."""

    def __init__(self) -> None:
        self.values: list[float] = []
        self.variances: list[float] = []
        self.value = self.variance = 0.0
        self._g = self._ig = self._iig = self._own = self._cross = self._icross = 0.0

    def advance(self, count: int, all_ends: int, at_risk: int, survival: float) -> None:
        self.value += survival * count / at_risk
        value = self.value
        if at_risk > all_ends:
            # Where nobody is left there is no later time whose incidence could differ from this one's.
            g = all_ends / (at_risk * (at_risk - all_ends))
            self._g += g
            self._ig += value * g
            self._iig += value * value * g
        cross = survival * count / at_risk**2
        self._own += survival * survival * count * (at_risk - count) / at_risk**3
        self._cross += cross
        self._icross += value * cross
        spread = value * value * self._g - 2 * value * self._ig + self._iig
        self.variance = max(spread + self._own - 2 * (value * self._cross - self._icross), 0.0)
        self.stay()

    def stay(self) -> None:
        self.values.append(self.value)
        self.variances.append(self.variance)


def _by_time(
    moments: Iterable[Ends | tuple[float, Sequence[int], int]],
) -> tuple[dict[float, tuple[list[int], int]], int]:
    merged: dict[float, tuple[list[int], int]] = {}
    kinds: int | None = None
    for time, ends, censored in moments:
        if time < 0 or min(ends, default=0) < 0 or censored < 0:
            raise ValueError(f"a moment has no negative time or count: {(time, tuple(ends), censored)}")
        kinds = len(ends) if kinds is None else kinds
        if len(ends) != kinds:
            raise ValueError(f"every moment counts the same {kinds} ends, not {len(ends)}")
        if any(ends) or censored:
            had, were = merged.get(time, ([0] * kinds, 0))
            merged[time] = ([a + b for a, b in zip(had, ends, strict=True)], were + censored)
    return merged, kinds or 0
