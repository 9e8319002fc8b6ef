"""The small answers that every statistic is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotComputable:
    """There is no such number; `reason` is a phrase for people ("nobody began in this period")."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotReached:
    """A quantile that the curve has not come down to; it lies beyond `after` (in the curve's own unit)."""

    after: float


@dataclass(frozen=True, slots=True)
class Interval:
    """A two-sided confidence interval. `high` (or `low`) is a `NotReached` where the data give no bound."""

    low: float | NotReached
    high: float | NotReached
    level: float = 0.95

    def covers(self, value: float) -> bool:
        """Whether `value` lies inside; an end that is not reached bounds nothing."""
        above = isinstance(self.low, NotReached) or self.low <= value
        below = isinstance(self.high, NotReached) or value <= self.high
        return above and below
