"""Everything that the adoption page tells, from one query over the cells. No words here: templates write them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from analytics.dashboards.asked import SPLIT_NOTHING, SPLIT_VERSION, Asked
from analytics.metrics import subject as goals
from analytics.metrics.cohorts import WEEK_DAYS, Cohort, Grain, cohorts
from analytics.metrics.counts import Counts
from analytics.metrics.days import Days
from analytics.metrics.funnel import DropOff, Funnel, Mode, drop_off, funnel
from analytics.metrics.pace import CLEAR_P, Change, Comparison, Pace, Whose, changed, compare, pace
from analytics.metrics.registry import COMPLETION_DAYS
from analytics.metrics.rungs import RungLine, rung_table
from analytics.metrics.segments import BreakDown, break_down, clearest, gathered
from analytics.metrics.sizes import Caution, caution, of_enough
from analytics.metrics.subject import Goal
from analytics.metrics.version_change import VersionChange, version_change
from analytics.stats import NotComputable, rates_differ

COHORT_WEEKS = 12
# A year of weeks would be a wall; months then.
MONTHS_FROM_DAYS = 180
MOST_LINES = 4


@dataclass(frozen=True)
class Board:
    """The page's numbers. `now` and `before` are towards first value, of the period and of the days before it."""

    asked: Asked
    now: Pace
    before: Pace
    before_is_whole: bool
    pace_change: Comparison
    activation_change: Change
    completion: Pace
    completion_change: Change
    began_change_clear: bool
    funnel: Funnel
    drop_off: DropOff | NotComputable
    rungs: tuple[RungLine, ...]
    cohort_grain: Grain
    cohorts: tuple[Cohort, ...]
    cohort_change: Comparison
    split: str
    lines: tuple[Pace, ...]
    segments: BreakDown | NotComputable
    versions: VersionChange | None
    course: tuple[Cohort, ...]
    course_medians_s: tuple[float | None, ...]

    @property
    def people(self) -> int:
        return self.now.people

    @property
    def caution(self) -> Caution:
        return caution(self.people)

    @property
    def pace_is_faster(self) -> bool:
        return self.pace_change.by_pace[0] is self.pace_change.groups[0]

    @property
    def newer_is_faster(self) -> bool:
        return self.cohort_change.by_pace[0] is self.cohort_change.groups[0]

    @property
    def withholds_cohorts(self) -> bool:
        return any(cell.withheld for cohort in self.cohorts for cell in cohort.cells)

    @property
    def hides_lines(self) -> bool:
        """Whether the curve shows only some of the segments."""
        split = self.split not in (SPLIT_NOTHING, SPLIT_VERSION)
        return split and not isinstance(self.segments, NotComputable) and len(self.segments.segments) > len(self.lines)

    @property
    def line_comparison(self) -> Comparison | None:
        """The test of the groups that the curve shows, where it shows several."""
        if self.split == SPLIT_VERSION and self.versions:
            return self.versions.comparison
        if self.split == SPLIT_NOTHING or isinstance(self.segments, NotComputable):
            return None
        return self.segments.comparison


def board(asked: Asked, counts: Counts, traits: Sequence[str], *, outside: bool = False) -> Board:
    """Reckon the page. `counts` hold the period and the days before it; `traits` are the workspace's segments.

    `outside`: for eyes that may not see single people (segments.gathered).
    """
    subject, as_of, window = asked.subject, asked.as_of, asked.window_days
    value, whole = goals.first_value(subject), goals.finished(subject)
    period, earlier = counts.begun(asked.begun), counts.begun(asked.before)
    now = pace("", period.towards(value), as_of, window_days=window)
    before = pace("", earlier.towards(value), as_of, window_days=window, whose=Whose(asked.before))
    done = pace("", period.towards(whole), as_of, window_days=COMPLETION_DAYS)
    done_before = pace("", earlier.towards(whole), as_of, window_days=COMPLETION_DAYS)
    versions = version_change(asked, counts)
    segments = _segments(asked, period, traits)
    if outside and not isinstance(segments, NotComputable):
        segments = gathered(segments)
    split = _split(asked, versions)
    if asked.trait and isinstance(segments, NotComputable):
        split = SPLIT_NOTHING  # none of them can be told apart
    grain = Grain.MONTH if asked.period_days >= MONTHS_FROM_DAYS else Grain.WEEK
    # Nobody's weeks before the first person say nothing.
    since_first = Days(now.tally.first_begun or asked.begun.first, asked.begun.last)
    course = cohorts(now.tally, as_of, grain=grain, after_days=(window,), within=since_first)
    ordered = funnel(period, subject, as_of, window_days=window, mode=Mode.ORDERED)
    return Board(
        asked=asked,
        now=now,
        before=before,
        before_is_whole=before.tally.first_begun is not None
        and before.tally.first_begun - asked.before.first < timedelta(days=WEEK_DAYS),
        pace_change=compare([now, before]),
        activation_change=changed(now, before),
        completion=done,
        completion_change=changed(done, done_before),
        began_change_clear=rates_differ(
            now.tally.by_day(asked.begun), before.tally.by_day(asked.before), level=1 - CLEAR_P
        ),
        funnel=ordered,
        drop_off=of_enough(ordered.mature, drop_off(ordered)),
        rungs=rung_table(period, subject, as_of, window_days=window),
        cohort_grain=grain,
        cohorts=cohorts(
            now.tally,
            as_of,
            grain=grain,
            after_days=tuple(WEEK_DAYS * week for week in range(1, COHORT_WEEKS + 1)),
            within=since_first,
        ),
        cohort_change=_halves(asked, period),
        split=split,
        lines=_lines(split, now, segments, versions),
        segments=segments,
        versions=versions,
        course=course,
        course_medians_s=tuple(
            None if part.withheld else _median_s(period.begun(part.days), value, asked) for part in course
        ),
    )


def _median_s(counts: Counts, goal: Goal, asked: Asked) -> float | None:
    return pace("", counts.towards(goal), asked.as_of, window_days=asked.window_days).median_s


def _segments(asked: Asked, period: Counts, traits: Sequence[str]) -> BreakDown | NotComputable:
    """By the trait asked for; else by the one that differs most clearly, else by the first."""
    value = goals.first_value(asked.subject)
    if asked.trait:
        return break_down(period, asked.trait, value, asked.as_of, window_days=asked.window_days)
    found = clearest(period, traits, value, asked.as_of, window_days=asked.window_days)
    if isinstance(found, NotComputable) and traits:
        return break_down(period, traits[0], value, asked.as_of, window_days=asked.window_days)
    return found


def _split(asked: Asked, versions: VersionChange | None) -> str:
    if asked.split == SPLIT_VERSION or not asked.split:
        return SPLIT_VERSION if versions else SPLIT_NOTHING
    return asked.split


def _lines(
    split: str, now: Pace, segments: BreakDown | NotComputable, versions: VersionChange | None
) -> tuple[Pace, ...]:
    if split == SPLIT_VERSION and versions:
        return versions.comparison.groups
    if split == SPLIT_NOTHING or isinstance(segments, NotComputable):
        return (now,)
    shown = [segment.pace for segment in segments.segments if segment.caution is not Caution.WITHHELD]
    return tuple(shown[:MOST_LINES])


def _halves(asked: Asked, period: Counts) -> Comparison:
    """The later half of the period's people against the earlier half."""
    middle = asked.begun.first + timedelta(days=asked.period_days // 2)
    halves = (Days(middle, asked.begun.last), Days(asked.begun.first, middle - timedelta(days=1)))
    value = goals.first_value(asked.subject)
    return compare(
        [
            pace(label, period.begun(days).towards(value), asked.as_of, window_days=asked.window_days)
            for label, days in zip(("later", "earlier"), halves, strict=True)
        ]
    )
