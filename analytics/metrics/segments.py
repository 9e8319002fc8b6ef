"""The same numbers for each value of a trait, as it was when the journey began. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from analytics.metrics.as_of import AsOf
from analytics.metrics.counts import Counts
from analytics.metrics.pace import Comparison, Pace, compare, pace
from analytics.metrics.sizes import WARNED_BELOW, Caution, caution
from analytics.metrics.subject import Goal
from analytics.metrics.tally import Tally
from analytics.stats import NotComputable

NOT_SET = "not set"
MOST_VALUES = 8


@dataclass(frozen=True)
class Segment:
    """One value of the trait (or several small ones, or none of them) and its people."""

    label: str
    values: tuple[str | None, ...]
    pace: Pace

    @property
    def caution(self) -> Caution:
        return caution(self.pace.people)


@dataclass(frozen=True)
class BreakDown:
    """Everybody by a trait, the largest segment first. Together the segments are everybody, each person once.

    `comparison` is over the segments with enough people.
    """

    trait: str
    segments: tuple[Segment, ...]
    comparison: Comparison


def break_down(counts: Counts, trait: str, goal: Goal, as_of: AsOf, *, window_days: int, tried: int = 1) -> BreakDown:
    """Split by a trait's values at the journey's start; beyond eight, the smallest share one segment."""
    tallies = {value: part.towards(goal) for value, part in counts.split(trait).items()}
    tallies = {value: tally for value, tally in tallies.items() if tally.people or tally.people_reached}
    ranked = sorted(tallies, key=lambda value: (-tallies[value].people, value is None, value or ""))
    kept, rest = (ranked, []) if len(ranked) <= MOST_VALUES else (ranked[: MOST_VALUES - 1], ranked[MOST_VALUES - 1 :])
    segments = [
        Segment(_label(value), (value,), pace(_label(value), tallies[value], as_of, window_days=window_days))
        for value in kept
    ]
    if rest:
        label = f"{len(rest)} others"
        merged = Tally.sum([tallies[value] for value in rest])
        segments.append(Segment(label, tuple(rest), pace(label, merged, as_of, window_days=window_days)))
    enough = [segment.pace for segment in segments if segment.pace.people >= WARNED_BELOW]
    return BreakDown(trait, tuple(segments), compare(enough, tried=tried))


def clearest(
    counts: Counts, traits: Iterable[str], goal: Goal, as_of: AsOf, *, window_days: int
) -> BreakDown | NotComputable:
    """Of several traits, the one whose segments differ most clearly in pace; having looked at all is allowed for."""
    looked_at = list(traits)
    found = [
        break_down(counts, trait, goal, as_of, window_days=window_days, tried=len(looked_at)) for trait in looked_at
    ]
    told = [(one.comparison.p, index) for index, one in enumerate(found) if one.comparison.p is not None]
    if not told:
        return NotComputable("no segment has enough people to compare")
    return found[min(told)[1]]


def _label(value: str | None) -> str:
    return NOT_SET if value is None or value == "" else value
