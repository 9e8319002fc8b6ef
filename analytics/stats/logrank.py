"""The log-rank test: do two or more groups reach the event at the same pace?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.stats.distributions import chi_square_tail
from analytics.stats.moments import Moment, Moments
from analytics.stats.results import NotComputable


@dataclass(frozen=True, slots=True)
class LogRank:
    """`observed` and `expected` events of each group; a group with more observed than expected is faster.

    Of a group with nothing expected nobody was followed while anybody had the event: it says nothing.
    """

    chi_square: float
    degrees: int
    p: float
    observed: tuple[int, ...]
    expected: tuple[float, ...]


def log_rank(groups: Sequence[Iterable[Moment | tuple[float, int, int]] | Moments]) -> LogRank | NotComputable:
    """Mantel's log-rank test over k ≥ 2 groups, with the hypergeometric variance.

    N. Mantel, Cancer Chemotherapy Reports 50 (1966) 163–170; R. Peto and J. Peto, JRSS A 135 (1972) 185–207; in
    this form D. G. Kleinbaum and M. Klein, Survival Analysis (2012), chapter 2: with d events among n at risk,
    e_i = d n_i / n and cov_ij = d (n−d) / (n−1) · n_i (n δ_ij − n_j) / n². Groups of which nobody was followed beside
    others when an event happened are left out of the test and of its degrees of freedom, as R's survdiff does.
    """
    if len(groups) < 2:
        raise ValueError("a comparison needs two groups")
    counted = [Moments.of(group) for group in groups]
    if sum(group.people > 0 for group in counted) < 2:
        return NotComputable("there are no two groups with anybody in them")
    times = np.unique(np.concatenate([group.times for group in counted]))
    k = len(groups)
    had, gone = np.zeros((2, k, len(times)))
    for i, group in enumerate(counted):
        here = np.searchsorted(times, group.times)
        had[i, here] = group.events
        gone[i, here] = group.events + group.censored
    left = gone.sum(axis=1, keepdims=True) - np.cumsum(gone, axis=1) + gone  # at risk in each group just before
    n, d = left.sum(axis=0), had.sum(axis=0)
    some = d > 0
    left, n, d = left[:, some], n[some], d[some]
    observed = [int(events) for events in had.sum(axis=1)]
    expected = (d / n * left).sum(axis=1).tolist()
    spread = np.where(n > 1, d * (n - d) / np.maximum(n - 1, 1), 0.0) / (n * n)
    covariance = np.diag((spread * left * n).sum(axis=1)) - (spread * left) @ left.T
    told = np.flatnonzero((spread * left * (n - left)).sum(axis=1)).tolist()
    # The differences sum to zero, so the last group adds nothing: one degree of freedom less than groups.
    told = told[:-1]
    gaps = [observed[i] - expected[i] for i in told]
    solved = _solve(covariance[np.ix_(told, told)].tolist(), gaps)
    if not told or solved is None:
        return NotComputable("no event happened while two of the groups were being followed")
    chi_square = max(0.0, sum(gap * x for gap, x in zip(gaps, solved, strict=True)))
    return LogRank(chi_square, len(told), chi_square_tail(chi_square, len(told)), tuple(observed), tuple(expected))


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
