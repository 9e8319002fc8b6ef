"""Plain order statistics of counted values, and whether more happened in one time than in another."""

from collections.abc import Iterable, Sequence
from math import sqrt

from analytics.stats.distributions import normal_quantile
from analytics.stats.results import NotComputable


def median_of_counts(counts: Iterable[tuple[float, int]]) -> float | NotComputable:
    """The middle of values given as (value, how many); with an even number, the mean of the middle two.

    Of those who reached something, this describes only them; whoever is still on the way is not in it. The
    honest median over everybody is `Curve.median`.
    """
    ordered = sorted((value, n) for value, n in counts if n > 0)
    total = sum(n for _, n in ordered)
    if total == 0:
        return NotComputable("nobody has reached it")
    lower = _nth(ordered, (total - 1) // 2)
    upper = _nth(ordered, total // 2)
    return (lower + upper) / 2


def _nth(ordered: list[tuple[float, int]], index: int) -> float:
    for value, n in ordered:
        if index < n:
            return value
        index -= n
    raise IndexError(index)


def rates_differ(first: Sequence[int], second: Sequence[int], *, level: float = 0.95, cycle: int = 7) -> bool:
    """Whether counts by day of two equally long times are of different rates.

    Things come in bursts (a campaign, an account that brings ten people) and by weekday. So the variance is that of a
    Poisson process times a dispersion: Pearson's χ² over its degrees of freedom, about the mean of each time and
    weekday, and never less than 1. P. McCullagh and J. A. Nelder, Generalized Linear Models (1989), 6.2.

    Raises ValueError when the times are not equally long.
    """
    if len(first) != len(second):
        raise ValueError(f"times of {len(first)} and {len(second)} days cannot be compared by their counts")
    total = sum(first) + sum(second)
    if not total:
        return False
    chi_square, degrees = 0.0, 0
    for days in (first, second):
        for place in range(min(cycle, len(days))):
            same = days[place::cycle]
            mean = sum(same) / len(same)
            if mean:
                chi_square += sum((count - mean) ** 2 for count in same) / mean
                degrees += len(same) - 1
    dispersion = max(1.0, chi_square / degrees) if degrees else 1.0
    return abs(sum(first) - sum(second)) > normal_quantile(level) * sqrt(dispersion * total)
