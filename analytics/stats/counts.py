"""Plain order statistics of counted values."""

from collections.abc import Iterable

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
