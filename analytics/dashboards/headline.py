"""Which sentence heads the page. A claim is made only where the comparison behind it is clear."""

from dataclasses import dataclass
from enum import StrEnum

from analytics.dashboards.board import Board
from analytics.metrics.pace import Comparison, Pace
from analytics.metrics.segments import BreakDown
from analytics.metrics.sizes import Caution
from analytics.stats import NotComputable

# A headline is read by everybody, every day, in every period: each look is another chance for chance.
HEADLINE_P = 0.001


class Kind(StrEnum):
    TOO_FEW = "too few"
    VERSION = "version"
    PERIOD = "period"
    MEDIAN = "median"
    SHARE = "share"
    EARLY = "early"


@dataclass(frozen=True)
class Headline:
    """`faster` tells the direction of a change, `gap_s` by how much the medians differ where both are known."""

    kind: Kind
    faster: bool = False
    gap_s: float | None = None


def headline(board: Board) -> Headline:
    """The most that can truly be said: a version's effect, a change on the days before, else where things stand."""
    if board.caution is Caution.WITHHELD:
        return Headline(Kind.TOO_FEW)
    if board.versions and is_headline(board.versions.comparison):
        return _changed(Kind.VERSION, board.versions.comparison)
    # A change over the period that a new version explains is not told a second time, as if it were another one.
    if is_headline(board.pace_change) and not board.versions:
        return _changed(Kind.PERIOD, board.pace_change)
    if board.now.median_s is not None:
        return Headline(Kind.MEDIAN)
    if not isinstance(board.now.within.told, NotComputable):
        return Headline(Kind.SHARE)
    return Headline(Kind.EARLY)


def is_headline(comparison: Comparison) -> bool:
    return comparison.p is not None and comparison.p < HEADLINE_P


def _changed(kind: Kind, comparison: Comparison) -> Headline:
    now, before = comparison.groups
    faster = comparison.by_pace[0] is now
    gap = None
    if now.median_s is not None and before.median_s is not None:
        gap = before.median_s - now.median_s
    # Where curves cross, the medians may point the other way; then only the direction of the whole is told.
    tells_the_same = gap is not None and gap != 0 and (gap > 0) == faster
    return Headline(kind, faster, abs(gap) if gap is not None and tells_the_same else None)


@dataclass(frozen=True)
class Quickest:
    """The fastest and the slowest segment of a trait that clearly differ."""

    trait: str
    fastest: Pace
    slowest: Pace


def quickest(segments: BreakDown | NotComputable) -> Quickest | None:
    """The segments to name, when they clearly differ."""
    if isinstance(segments, NotComputable) or not is_headline(segments.comparison):
        return None
    by_pace = segments.comparison.by_pace
    shown = [segment.pace for segment in segments.segments]
    if not all(any(one is group for group in shown) for one in (by_pace[0], by_pace[-1])):
        return None  # one of them is not told apart (segments.gathered)
    return Quickest(segments.trait, by_pace[0], by_pace[-1])
