"""The same numbers for each value of a trait, as it was when the journey began. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop, ngettext

from analytics.metrics.as_of import AsOf
from analytics.metrics.counts import Counts
from analytics.metrics.pace import Comparison, Pace, Whose, compare, pace
from analytics.metrics.sizes import WARNED_BELOW, WITHHELD_BELOW, Caution, caution
from analytics.metrics.subject import Goal
from analytics.metrics.tally import Tally
from analytics.stats import NotComputable, withhold

# As addresses have it; people read it in their language.
NOT_SET = gettext_noop("not set")
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
    segments = [_segment(trait, _label(value), [(value, tallies[value])], as_of, window_days) for value in kept]
    if rest:
        label = others_words(len(rest))
        segments.append(_segment(trait, label, [(value, tallies[value]) for value in rest], as_of, window_days))
    enough = [segment.pace for segment in segments if segment.pace.people >= WARNED_BELOW]
    return BreakDown(trait, tuple(segments), compare(enough, tried=tried))


def gathered(found: BreakDown) -> BreakDown | NotComputable:
    """The same for whoever may not see single people: small segments share one with as many others as it takes.

    The total stands beside them, so a segment that is only left out could be reckoned from it (decision 0077). The
    comparison stays the one of the real segments.
    """
    hidden = withhold([segment.pace.people for segment in found.segments], WITHHELD_BELOW)
    if hidden.total:
        return NotComputable(gettext("the segments are too small to be told apart"))
    apart = [one for one, withheld in zip(found.segments, hidden.groups, strict=True) if not withheld]
    rest = [one for one, withheld in zip(found.segments, hidden.groups, strict=True) if withheld]
    if not rest:
        return found
    window = rest[0].pace.within.days
    tally = Tally.sum([one.pace.tally for one in rest])
    values = tuple(value for one in rest for value in one.values)
    label, whose = others_words(len(values)), Whose(traits=((found.trait, values),))
    others = Segment(label, values, pace(label, tally, rest[0].pace.as_of, window_days=window, whose=whose))
    return BreakDown(found.trait, (*apart, others), found.comparison)


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
        return NotComputable(gettext("no segment has enough people to compare"))
    return found[min(told)[1]]


def _segment(
    trait: str, label: str, tallies: Sequence[tuple[str | None, Tally]], as_of: AsOf, window_days: int
) -> Segment:
    values, whole = tuple(value for value, _ in tallies), Tally.sum([tally for _, tally in tallies])
    whose = Whose(traits=((trait, values),))
    return Segment(label, values, pace(label, whole, as_of, window_days=window_days, whose=whose))


def _label(value: str | None) -> str:
    return gettext(NOT_SET) if value is None or value == "" else value


def others_words(number: int) -> str:
    return ngettext("%(n)d other", "%(n)d others", number) % {"n": number}
