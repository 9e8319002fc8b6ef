"""The net promoter score: the share who would recommend, less the share who would warn."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from analytics.stats.distributions import normal_quantile
from analytics.stats.results import Interval, NotComputable

# Fewer answers say more about who answered than about the product.
FEWEST_ANSWERS = 5
HIGHEST, PROMOTER_FROM, DETRACTOR_UP_TO = 10, 9, 6


@dataclass(frozen=True, slots=True)
class PromoterScore:
    """`value` is between −1 and 1; it is told times a hundred."""

    promoters: int
    passives: int
    detractors: int
    interval: Interval

    @property
    def n(self) -> int:
        return self.promoters + self.passives + self.detractors

    @property
    def value(self) -> float:
        return (self.promoters - self.detractors) / self.n

    @property
    def variance(self) -> float:
        """(p + d − (p − d)²) / n, the variance of a mean of answers that count 1, 0 and −1."""
        return ((self.promoters + self.detractors) / self.n - self.value**2) / self.n


def promoter_score(
    answers: Iterable[tuple[int, int]], *, fewest: int = FEWEST_ANSWERS, level: float = 0.95
) -> PromoterScore | NotComputable:
    """Answers from 0 to 10 given as (answer, how many); 9 and 10 promote, 0 to 6 detract.

    F. F. Reichheld, Harvard Business Review 81 (2003) 46–54. The interval is Tango's score interval, see `_limit`.
    """
    promoters = passives = detractors = 0
    for answer, count in answers:
        if not 0 <= answer <= HIGHEST or count < 0:
            raise ValueError(f"answers go from 0 to {HIGHEST} and are counted: {(answer, count)}")
        if answer >= PROMOTER_FROM:
            promoters += count
        elif answer <= DETRACTOR_UP_TO:
            detractors += count
        else:
            passives += count
    n = promoters + passives + detractors
    if n < max(fewest, 1):
        return NotComputable(f"fewer than {max(fewest, 1)} people have answered")
    upper = _limit(promoters, detractors, n, level)
    lower = -_limit(detractors, promoters, n, level)
    return PromoterScore(promoters, passives, detractors, Interval(lower, upper, level))


def _limit(promoters: int, detractors: int, n: int, level: float) -> float:
    """The upper limit Δ: the largest score that the answers do not speak against.

    T. Tango, Statistics in Medicine 17 (1998) 891–908: the root of (b − c − nΔ) / √(n(2q + Δ(1 − Δ))) = −z, where q,
    the share of detractors if the score were Δ, is the larger root of 2n q² + (2n − b + c)Δ q − (b + c) q − cΔ(1 − Δ);
    here b are promoters, c detractors. B. Rocks, The American Statistician 70 (2016) 365–372, finds that score
    intervals cover well where the plain normal interval does not: few answers, or nearly all alike.
    """
    if promoters == n:
        return 1.0
    z = normal_quantile(level)

    def score(delta: float) -> float:
        linear = (2 * n - promoters + detractors) * delta - promoters - detractors
        constant = -detractors * delta * (1 - delta)
        q = (sqrt(max(linear * linear - 8 * n * constant, 0.0)) - linear) / (4 * n)
        spread = n * (2 * q + delta * (1 - delta))
        gap = promoters - detractors - n * delta
        return gap / sqrt(spread) if spread > 0 else float("-inf")

    low, high = (promoters - detractors) / n, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if score(middle) > -z:
            low = middle
        else:
            high = middle
    return (low + high) / 2
