"""How good earlier forecasts were: what was said as of a day, laid beside what came."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.stats.forecast import Forecast
from analytics.stats.results import NotComputable
from analytics.stats.shares import Share, share


@dataclass(frozen=True, slots=True)
class Outcome:
    """A forecast and how many of each of its waiting groups had arrived by its age, in the same order."""

    forecast: Forecast
    arrived: tuple[int, ...]

    def __post_init__(self) -> None:
        sizes = [group.people for group in self.forecast.waiting]
        if len(sizes) != len(self.arrived) or any(not 0 <= n <= of for n, of in zip(self.arrived, sizes, strict=True)):
            raise ValueError(f"of groups of {sizes} cannot have arrived {list(self.arrived)}")

    @property
    def came(self) -> int:
        """How many people there were in the end."""
        return self.forecast.reached + sum(self.arrived)

    @property
    def share(self) -> float:
        """The share that it came to."""
        return self.came / self.forecast.people

    @property
    def error(self) -> float:
        """Forecast minus outcome: above zero, too much was promised."""
        return self.forecast.share - self.share

    @property
    def covered(self) -> bool:
        # The same fraction may come out a hair beside itself.
        low, high = self.forecast.interval.low, self.forecast.interval.high
        assert isinstance(low, float)
        assert isinstance(high, float)
        return low - 1e-12 <= self.share <= high + 1e-12


@dataclass(frozen=True, slots=True)
class BackTest:
    """`coverage` should be near the intervals' level; errors are in shares of people.

    `brier` is the mean squared distance between a person's chance and what they did (0 or 1); `skill` is how much of
    the same with `base_rate` for everybody the forecast spares: 1 is perfect, 0 no better, below 0 worse.
    """

    n: int
    coverage: Share
    mean_absolute_error: float
    bias: float
    people: int
    brier: float | NotComputable
    naive_brier: float | NotComputable
    skill: float | NotComputable


def back_test(outcomes: Sequence[Outcome]) -> BackTest | NotComputable:
    """Put earlier forecasts to the test. People who had waited past the forecast's age are in no score.

    G. W. Brier, Monthly Weather Review 78 (1950) 1–3; the skill score against a reference, A. H. Murphy, Monthly
    Weather Review 116 (1988) 2417–2424. Forecasts for the same people as of several days are not
    independent, so the interval of the coverage is too narrow for them.
    """
    if not outcomes:
        return NotComputable("no earlier forecast has come due")
    people = 0
    brier = naive = 0.0
    for outcome in outcomes:
        for group, arrived in zip(outcome.forecast.waiting, outcome.arrived, strict=True):
            if group.age < outcome.forecast.by:
                people += group.people
                brier += _squares(group.chance, arrived, group.people)
                naive += _squares(outcome.forecast.base_rate, arrived, group.people)
    coverage = share(sum(outcome.covered for outcome in outcomes), len(outcomes))
    assert isinstance(coverage, Share)
    nobody = NotComputable("nobody was waiting when the forecasts were made")
    perfect = NotComputable("the naive forecast made no mistake")
    return BackTest(
        n=len(outcomes),
        coverage=coverage,
        mean_absolute_error=sum(abs(outcome.error) for outcome in outcomes) / len(outcomes),
        bias=sum(outcome.error for outcome in outcomes) / len(outcomes),
        people=people,
        brier=brier / people if people else nobody,
        naive_brier=naive / people if people else nobody,
        skill=nobody if not people else 1 - brier / naive if naive else perfect,
    )


def _squares(chance: float, arrived: int, of: int) -> float:
    return arrived * (1 - chance) ** 2 + (of - arrived) * chance**2
