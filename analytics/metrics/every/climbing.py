"""The metrics of the way up, from the cubes."""

from analytics.metrics import subject as goals
from analytics.metrics.answer import COHORT_AGES_DAYS
from analytics.metrics.as_data import (
    Data,
    comparison_data,
    drop_off_data,
    mean_data,
    pace_data,
    quantile_data,
    share_data,
)
from analytics.metrics.cohorts import Grain, cohorts
from analytics.metrics.every.figure import Figure
from analytics.metrics.every.sources import Part, Sources
from analytics.metrics.funnel import Mode, drop_off, funnel
from analytics.metrics.pace import Comparison, Pace, pace
from analytics.metrics.registry import COMPLETION_DAYS
from analytics.metrics.rungs import rung_table
from analytics.metrics.segments import break_down
from analytics.metrics.sizes import of_enough
from analytics.metrics.version_change import version_change
from analytics.stats import NotComputable

Figures = list[Figure] | NotComputable


def began(sources: Sources) -> Figures:
    people = [(part, sources.value_of(part.counts).people) for part in sources.parts]
    return [Figure({"people": n}, n, 0, value=part.label, counts=True) for part, n in people]


def activation(sources: Sources) -> Figures:
    return [_within(_first_value(sources, part), part) for part in sources.parts]


def time_to_first_value(sources: Sources) -> Figures:
    window = sources.question.window_days
    paces = [(part, _first_value(sources, part)) for part in sources.parts]
    return [
        Figure(quantile_data(one.median), one.people - one.unwatched, one.unwatched, "", part.label, window)
        for part, one in paces
    ]


def mean_wait(sources: Sources) -> Figures:
    window = sources.question.window_days
    paces = [(part, _first_value(sources, part)) for part in sources.parts]
    return [
        Figure(mean_data(one.mean), one.people - one.unwatched, one.unwatched, "", part.label, window)
        for part, one in paces
    ]


def rung_conversion(sources: Sources) -> Figures:
    asked = sources.question
    return [
        _within(line.pace, part, line.key)
        for part in sources.parts
        for line in rung_table(part.counts, asked.subject, asked.as_of, window_days=asked.window_days)
    ]


def largest_drop_off(sources: Sources) -> Figures:
    asked, figures = sources.question, []
    for part in sources.parts:
        found = funnel(part.counts, asked.subject, asked.as_of, window_days=asked.window_days, mode=Mode.ORDERED)
        told = drop_off_data(of_enough(found.mature, drop_off(found)))
        figures.append(Figure(told, found.mature, found.immature, "", part.label, asked.window_days))
    return figures


def ladder_completion(sources: Sources) -> Figures:
    asked, goal = sources.question, goals.finished(sources.question.subject)
    return [
        _within(pace("", part.counts.towards(goal), asked.as_of, window_days=COMPLETION_DAYS), part)
        for part in sources.parts
    ]


def cohort_activation(sources: Sources) -> Figures:
    as_of = sources.question.as_of
    return [
        Figure(
            share_data(cell.told),
            0 if isinstance(cell.told, NotComputable) else cohort.people,
            cohort.people if isinstance(cell.share, NotComputable) and not cell.withheld else 0,
            f"{cohort.days.first} to {cohort.days.last}",
            part.label,
            cell.days,
            hidden=cell.withheld,
        )
        for part in sources.parts
        for cohort in cohorts(sources.value_of(part.counts), as_of, grain=Grain.MONTH, after_days=COHORT_AGES_DAYS)
        for cell in cohort.cells
    ]


def segment_pace(sources: Sources) -> Figures:
    """By the trait that was asked for; without one, by each that the workspace has."""
    asked, goal = sources.question, goals.first_value(sources.question.subject)
    traits = [asked.segment] if asked.segment else sources.workspace.segments
    if not traits:
        return NotComputable("the workspace splits its numbers by no trait; name some in its settings")
    figures = []
    for trait in traits:
        found = break_down(
            sources.counts, trait, goal, asked.as_of, window_days=asked.window_days, tried=len(traits)
        ).comparison
        figures.append(_compared(comparison_data(found), found, trait, asked.window_days))
    return figures


def before_and_after(sources: Sources) -> Figures:
    asked = sources.question
    found = version_change(asked, sources.with_before)
    if found is None:
        return NotComputable("no two versions have thirty people each who began on them before and after the change")
    told = {
        "published_on": found.published_on.isoformat(),
        **comparison_data(found.comparison),
        "now": {"version": found.version.number, **pace_data(found.now)},
        "before": {"version": found.previous.number, **pace_data(found.before)},
    }
    about = f"version {found.version.number}"
    return [_compared(told, found.comparison, about, asked.window_days)]


def _compared(told: Data, found: Comparison, about: str, window_days: int) -> Figure:
    """Of groups whose curves are compared: whoever has been watched for any whole time is in one of them."""
    unwatched = sum(group.unwatched for group in found.groups)
    people = sum(group.people for group in found.groups)
    return Figure(told, people - unwatched, unwatched, about, window_days=window_days)


def _first_value(sources: Sources, part: Part) -> Pace:
    asked = sources.question
    return pace("", sources.value_of(part.counts), asked.as_of, window_days=asked.window_days)


def _within(one: Pace, part: Part, about: str = "") -> Figure:
    mature = one.within.mature
    n = 0 if isinstance(mature, NotComputable) else mature.of
    return Figure(share_data(mature), n, one.within.immature, about, part.label, one.within.days)
