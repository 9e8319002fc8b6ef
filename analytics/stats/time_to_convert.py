"""How long those who got there took, in bins. It shows only them; whoever is still on the way is not in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor

from analytics.stats.results import NotComputable

MOST_BINS = 60
# A bar needs a width also when everybody took equally long: a minute, as PostHog has it.
WIDTH_WITHOUT_RANGE_S = 60


@dataclass(frozen=True, slots=True)
class Bin:
    """`count` people took at least `start` seconds and less than `end`; the last bin has its end in it."""

    start: int
    end: int
    count: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bins of one width without gaps, from the fastest (rounded down) on."""

    n: int
    width: int
    bins: tuple[Bin, ...]


def joined(found: Histogram, fewest: int) -> tuple[Bin, ...]:
    """The bins from left to right, joined until each has at least so many people, so that none tells of a few.

    What is left at the end goes to the last one. A bin of nobody says nothing of anybody, and stands by itself between
    two that have enough. With fewer people in all there is a single bin.
    """
    bins: list[Bin] = []
    for one in found.bins:
        last = bins[-1] if bins else None
        if last is not None and 0 < last.count < fewest:
            bins[-1] = Bin(last.start, one.end, last.count + one.count)
        else:
            bins.append(one)
    while len(bins) > 1 and 0 < bins[-1].count < fewest:
        last = bins.pop()
        bins[-1] = Bin(bins[-1].start, last.end, bins[-1].count + last.count)
    return tuple(bins)


def histogram(counts: Iterable[tuple[float, int]]) -> Histogram | NotComputable:
    """Bins of times given as (seconds, how many): ceil(n^(1/3)) of them, between 1 and 60, ceil(range / bins) wide.

    The rule of PostHog's time to convert (bin_count and bin_width_seconds of its query), so that the picture can be
    laid beside theirs. The range goes from the lowest rounded down to the highest rounded up, in whole seconds.
    """
    rows = [(value, n) for value, n in counts if n]
    if any(value < 0 or n < 0 for value, n in rows):
        raise ValueError("nobody takes less than no time, and no count is negative")
    n = sum(n for _, n in rows)
    if n == 0:
        return NotComputable("nobody has reached it")
    low, high = floor(min(value for value, _ in rows)), ceil(max(value for value, _ in rows))
    bins = min(max(_cube_root_up(n), 1), MOST_BINS)
    if high == low:
        bins, width = 1, WIDTH_WITHOUT_RANGE_S
    else:
        width = ceil((high - low) / bins)
    filled = [0] * bins
    for value, count in rows:
        filled[min(int((value - low) // width), bins - 1)] += count
    return Histogram(
        n, width, tuple(Bin(low + i * width, low + (i + 1) * width, count) for i, count in enumerate(filled))
    )


def _cube_root_up(n: int) -> int:
    """The least whole number whose cube is at least n; in whole numbers, as 1000 ** (1/3) is beside 10."""
    root = round(n ** (1 / 3))
    while root**3 >= n and root > 0:
        root -= 1
    return root + 1
