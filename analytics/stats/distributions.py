"""The two distributions that the tests and intervals lean on."""

from functools import lru_cache
from math import erfc, exp, lgamma, log, sqrt
from statistics import NormalDist


@lru_cache(maxsize=16)
def normal_quantile(level: float) -> float:
    """z such that a standard normal lies within ±z with probability `level` (0.95 → 1.959964)."""
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, not {level}")
    return NormalDist().inv_cdf((1 + level) / 2)


def chi_square_tail(statistic: float, degrees: int) -> float:
    """P(X ≥ statistic) for a chi-square variable with a whole number of degrees of freedom.

    It is Q(degrees/2, statistic/2), the regularised upper incomplete gamma function, by the recurrence
    Q(a+1, x) = Q(a, x) + xᵃ e⁻ˣ / Γ(a+1) from Q(1/2, x) = erfc(√x) or Q(1, x) = e⁻ˣ
    (NIST Digital Library of Mathematical Functions, 8.4.6, 8.4.8 and 8.8.6).
    """
    if degrees < 1:
        raise ValueError(f"a chi-square needs at least one degree of freedom, not {degrees}")
    if statistic <= 0:
        return 1.0
    x = statistic / 2
    if degrees % 2:
        a, tail = 0.5, erfc(sqrt(x))
    else:
        a, tail = 1.0, exp(-x)
    while a < degrees / 2:
        tail += exp(a * log(x) - x - lgamma(a + 1))
        a += 1
    return min(tail, 1.0)
