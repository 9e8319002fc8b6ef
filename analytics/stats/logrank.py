"""The log-rank test: do two or more groups reach the event at the same pace?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analytics.stats.distributions import chi_square_tail
from analytics.stats.results import NotComputable
from analytics.stats.survival import Moment


@dataclass(frozen=True, slots=True)
class LogRank:
    """`observed` and `expected` events of each group; a group with more observed than expected is faster."""

    chi_square: float
    degrees: int
    p: float
    observed: tuple[int, ...]
    expected: tuple[float, ...]


def log_rank(groups: Sequence[Iterable[Moment | tuple[float, int, int]]]) -> LogRank | NotComputable:
    """Mantel's log-rank test over k ≥ 2 groups, with the hypergeometric variance.

    N. Mantel, Cancer Chemotherapy Reports 50 (1966) 163–170; R. Peto and J. Peto, JRSS A 135 (1972) 185–207; in
    this form D. G. Kleinbaum and M. Klein, Survival Analysis (2012), chapter 2: with d events among n at risk,
    e_i = d n_i / n and cov_ij = d (n−d) / (n−1) · n_i (n δ_ij − n_j) / n².
    """
    if len(groups) < 2:
        raise ValueError("a comparison needs two groups")
    merged = [_by_time(group) for group in groups]
    left = [sum(sum(both) for both in times.values()) for times in merged]
    if not all(left):
        return NotComputable("a group has nobody in it")
    k = len(groups)
    observed, expected = [0] * k, [0.0] * k
    covariance = [[0.0] * k for _ in range(k)]
    for time in sorted(set().union(*merged)):
        here = [times.get(time, (0, 0)) for times in merged]
        n, d = sum(left), sum(events for events, _ in here)
        if d:
            spread = d * (n - d) / (n - 1) if n > 1 else 0.0
            for i in range(k):
                observed[i] += here[i][0]
                expected[i] += d * left[i] / n
                for j in range(k):
                    own = n if i == j else 0
                    covariance[i][j] += spread * left[i] * (own - left[j]) / (n * n)
        for i, (events, censored) in enumerate(here):
            left[i] -= events + censored
    # The differences sum to zero, so the last group adds nothing: k − 1 degrees of freedom.
    gaps = [observed[i] - expected[i] for i in range(k - 1)]
    solved = _solve([row[: k - 1] for row in covariance[: k - 1]], gaps)
    if solved is None:
        return NotComputable("no event happened while all the groups were being followed")
    chi_square = max(0.0, sum(gap * x for gap, x in zip(gaps, solved, strict=True)))
    return LogRank(chi_square, k - 1, chi_square_tail(chi_square, k - 1), tuple(observed), tuple(expected))


def _by_time(group: Iterable[Moment | tuple[float, int, int]]) -> dict[float, tuple[int, int]]:
    merged: dict[float, tuple[int, int]] = {}
    for time, events, censored in group:
        had, ended = merged.get(time, (0, 0))
        merged[time] = (had + events, ended + censored)
    return merged


def _solve(matrix: list[list[float]], right: list[float]) -> list[float] | None:
    """x with matrix · x = right by Gaussian elimination with partial pivots; None when singular."""
    size = len(right)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    largest = max((abs(value) for row in matrix for value in row), default=0.0)
    for column in range(size):
        pivot = max(range(column, size), key=lambda i: abs(rows[i][column]))
        if abs(rows[pivot][column]) <= 1e-12 * max(largest, 1e-300):
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for i in range(column + 1, size):
            factor = rows[i][column] / rows[column][column]
            for j in range(column, size + 1):
                rows[i][j] -= factor * rows[column][j]
    solved = [0.0] * size
    for i in reversed(range(size)):
        rest = sum(rows[i][j] * solved[j] for j in range(i + 1, size))
        solved[i] = (rows[i][size] - rest) / rows[i][i]
    return solved
