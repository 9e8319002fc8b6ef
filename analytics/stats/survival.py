"""The Kaplan–Meier estimate: how long until an event, when some are still on their way.

E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations", JASA 53 (1958) 457–481.
Somebody censored at time t was still at risk at t: at equal times events come before censorings.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from math import exp, log, sqrt
from typing import Any

import numpy as np

from analytics.stats.distributions import normal_quantile
from analytics.stats.moments import Moment, Moments
from analytics.stats.results import Interval, NotComputable, NotReached

Column = np.ndarray[tuple[int, ...], np.dtype[Any]]

# A survival that should be exactly one half may come out of the product a hair above it.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Step:
    """One time of the curve. `survival` holds from this time on, until the next event."""

    time: float
    at_risk: int
    events: int
    censored: int
    survival: float
    variance: float
    interval: Interval | NotComputable


@dataclass(frozen=True, slots=True)
class Quantile:
    """The time by which `share` have had the event, or `NotReached`; its interval may be open above."""

    share: float
    time: float | NotReached
    interval: Interval


@dataclass(frozen=True)
class Curve:
    """A survival curve in columns, one entry for each distinct time (in the unit of the moments)."""

    n: int
    level: float
    times: tuple[float, ...] = field(repr=False)
    at_risk: tuple[int, ...] = field(repr=False)
    events: tuple[int, ...] = field(repr=False)
    censored: tuple[int, ...] = field(repr=False)
    survival: tuple[float, ...] = field(repr=False)
    greenwood: tuple[float, ...] = field(repr=False)
    """Σ d / n(n − d) up to each time; infinite from where nobody is left. Var S = S² times this."""

    @property
    def followed_until(self) -> float:
        """The longest time that anybody was followed for."""
        return self.times[-1]

    @property
    def had_event(self) -> int:
        return sum(self.events)

    def steps(self) -> Iterator[Step]:
        """Every time with its interval."""
        return (self._step(index) for index in range(len(self.times)))

    def at(self, time: float) -> Step | NotComputable:
        """The step in force at `time` (with `time` as its time and the people at risk then).

        Beyond the longest follow-up nothing is known, unless nobody is left without the event.
        """
        if time < 0:
            raise ValueError(f"a curve begins at 0, not at {time}")
        if time > self.followed_until and self.survival[-1] > 0:
            return NotComputable("nobody has been followed for that long")
        index = bisect_right(self.times, time) - 1
        if index < 0:
            return Step(time, self.n, 0, 0, 1.0, 0.0, Interval(1.0, 1.0, self.level))
        step = self._step(index)
        if self.times[index] == time:
            return step
        left = step.at_risk - step.events - step.censored
        return Step(time, left, 0, 0, step.survival, step.variance, step.interval)

    def quantile(self, share: float) -> Quantile:
        """The first time at which S(t) ≤ 1 − share, with the interval of Brookmeyer and Crowley.

        R. Brookmeyer and J. Crowley, Biometrics 38 (1982) 29–41, on the log-log scale: the times at which the
        lower and the upper limit of the curve come down to 1 − share. `NotReached` where they do not.
        """
        if not 0 < share < 1:
            raise ValueError(f"a quantile is asked for a share between 0 and 1, not {share}")
        rest = 1 - share + _ROUNDING
        low, high = self._columns_of_limits
        found, low_at, high_at = (self._first(column <= rest) for column in (self._survival, low, high))
        return Quantile(share, found, Interval(low_at, high_at, self.level))

    def _first(self, there: Column) -> float | NotReached:
        """The first time at which something is so."""
        return self.times[int(there.argmax())] if there.any() else NotReached(self.followed_until)

    @cached_property
    def _survival(self) -> Column:
        return np.array(self.survival)

    @cached_property
    def _columns_of_limits(self) -> tuple[Column, Column]:
        """_limits at every time. Where everybody has had the event the scale has none; the lower one is 0 there."""
        s = self._survival
        with np.errstate(all="ignore"):
            log_s = np.log(s)
            half = normal_quantile(self.level) * np.sqrt(np.array(self.greenwood)) / -log_s
            low, high = np.exp(log_s * np.exp(np.minimum(half, 700.0))), np.exp(log_s * np.exp(-half))
        low, high = np.where(s >= 1, 1.0, low), np.where(s >= 1, 1.0, high)
        return np.where(s <= 0, 0.0, low), np.where(s <= 0, 1.0, high)

    @property
    def median(self) -> Quantile:
        return self.quantile(0.5)

    def _step(self, index: int) -> Step:
        survival, sum_ = self.survival[index], self.greenwood[index]
        limits = self._limits(survival, sum_)
        interval: Interval | NotComputable = (
            NotComputable("everybody has had the event; the variance is not defined")
            if limits is None
            else Interval(*limits, self.level)
        )
        return Step(
            self.times[index],
            self.at_risk[index],
            self.events[index],
            self.censored[index],
            survival,
            survival * survival * sum_ if survival > 0 else 0.0,
            interval,
        )

    def _limits(self, survival: float, greenwood: float) -> tuple[float, float] | None:
        """Limits on the scale log(−log S): S^exp(±z·se), se = √(Σ d/n(n−d)) / |log S|.

        J. D. Kalbfleisch and R. L. Prentice, The Statistical Analysis of Failure Time Data (2002), 1.4; the
        `conf.type = "log-log"` of R's survfit. Before the first event both limits are 1; at S = 0 there are none.
        """
        if survival <= 0:
            return None
        if survival >= 1:
            return 1.0, 1.0
        log_survival = log(survival)
        half = normal_quantile(self.level) * sqrt(greenwood) / -log_survival
        # Far out the exponent overflows long after the limit has come down to 0.
        low = exp(log_survival * exp(min(half, 700.0)))
        return low, exp(log_survival * exp(-half))


def kaplan_meier(
    moments: Iterable[Moment | tuple[float, int, int]] | Moments, *, level: float = 0.95
) -> Curve | NotComputable:
    """The curve of people counted by moment, in any order; counts at equal times add up.

    Variance by M. Greenwood's formula (Reports on Public Health 33, 1926): Var S = S² Σ d / n(n − d).
    """
    counted = Moments.of(moments)
    n = counted.people
    if n == 0:
        return NotComputable("there is nobody to follow")
    left, events = counted.at_risk, counted.events
    survival = np.cumprod((left - events) / left)
    with np.errstate(divide="ignore"):  # from where nobody is left the sum is infinite
        greenwood = np.cumsum(np.where(events > 0, events / (left * (left - events).astype(np.float64)), 0.0))
    return Curve(
        n,
        level,
        *(tuple(column.tolist()) for column in (counted.times, left, events, counted.censored, survival, greenwood)),
    )
