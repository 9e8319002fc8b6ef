"""A against B: how many got to first value, how soon, and whether that is more than chance."""

from dataclasses import dataclass

from analytics.dashboards.asked import Asked
from analytics.dashboards.compare.sides import Side
from analytics.metrics import subject as goals
from analytics.metrics.counts import Counts
from analytics.metrics.pace import Comparison, Pace, Whose, change, compare, is_clear, pace
from analytics.metrics.sizes import WARNED_BELOW, WITHHELD_BELOW
from analytics.stats import Difference, NotComputable


@dataclass(frozen=True)
class Versus:
    """`shared` people are on both sides: then the two are no separate groups, and nothing is claimed."""

    sides: tuple[Side, Side]
    comparison: Comparison
    activation: Difference | NotComputable
    activation_clear: bool
    shared: int

    @property
    def paces(self) -> tuple[Pace, ...]:
        return self.comparison.groups

    @property
    def empty(self) -> list[Pace]:
        return [pace for pace in self.paces if not pace.people]

    @property
    def withheld(self) -> list[Pace]:
        return [pace for pace in self.paces if pace.people < WITHHELD_BELOW]

    @property
    def small(self) -> list[Pace]:
        return [pace for pace in self.paces if pace.people < WARNED_BELOW]

    @property
    def faster(self) -> Pace | None:
        """Who reaches first value faster, when that can be claimed."""
        if self.shared or self.small or not self.comparison.clear:
            return None
        return self.comparison.by_pace[0]


def versus(asked: Asked, sides: tuple[Side, Side], counts: Counts) -> Versus:
    """By arithmetic on the counts of everybody on either side."""
    value = goals.first_value(asked.subject)
    tallies = [side.counts(asked, counts).towards(value) for side in sides]
    first, second = (
        pace(side.name, tally, asked.as_of, window_days=asked.window_days, whose=_whose(side))
        for side, tally in zip(sides, tallies, strict=True)
    )
    both = sides[0].shared(sides[1])
    difference = change(first.within, second.within)
    return Versus(
        sides,
        compare([first, second]),
        difference,
        is_clear(difference),
        both.counts(asked, counts).towards(value).people if both else 0,
    )


def _whose(side: Side) -> Whose:
    return Whose(side.days, side.version, tuple((trait, (value,)) for trait, value in side.traits))
