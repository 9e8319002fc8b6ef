"""An answer as plain data for JSON: times in seconds (`_s`), shares from 0 to 1, reasons where there is no number."""

from typing import Any

from analytics.metrics.answer import Answer
from analytics.metrics.cohorts import Cohort
from analytics.metrics.funnel import DropOff, Funnel
from analytics.metrics.pace import Comparison, Pace
from analytics.metrics.question import Question
from analytics.metrics.registry import METRICS
from analytics.metrics.rungs import RungLine
from analytics.metrics.segments import BreakDown
from analytics.metrics.sizes import FEW, Caution, caution
from analytics.metrics.tally import Within
from analytics.stats import Interval, NotComputable, NotReached, Quantile, RestrictedMean, Share

Data = dict[str, Any]


def as_data(answer: Answer) -> Data:
    """The whole answer, with the definition version of every metric in it."""
    question = answer.question
    return {
        **question_data(question),
        "began": answer.began,
        "caution": caution(answer.began).value or None,
        "funnel": funnel_data(answer.funnel),
        "any_order": funnel_data(answer.any_order),
        "drop_off": drop_off_data(answer.drop_off),
        "time_to_first_value": {"rung": question.subject.latest.first_value.key, **pace_data(answer.first_value)},
        "ladder_completion": pace_data(answer.completion),
        "rungs": [rung_data(line) for line in answer.rungs],
        "cohorts": [cohort_data(cohort) for cohort in answer.cohorts],
        "segments": break_down_data(answer.segments) if answer.segments else None,
        "definitions": {metric.key: metric.version for metric in METRICS.values()},
    }


def question_data(question: Question) -> Data:
    return {
        "ladder": {
            "key": question.subject.key,
            "name": question.subject.name,
            "role": question.subject.role,
            "versions": [version.number for version in question.subject.versions],
        },
        "as_of": {
            "day": question.as_of.day.isoformat(),
            "until": question.as_of.until.isoformat(),
            "time_zone": question.as_of.zone.key,
        },
        "begun": {"from": question.begun.first.isoformat(), "to": question.begun.last.isoformat()},
        "window_days": question.window_days,
        "segment": question.segment or None,
    }


def share_data(share: Share | NotComputable) -> Data:
    if isinstance(share, NotComputable):
        return {"not_computable": share.reason}
    return {"people": share.count, "of": share.of, "share": share.value, **interval_data(share.interval)}


def interval_data(interval: Interval) -> Data:
    return {"low": _bound(interval.low), "high": _bound(interval.high), "level": interval.level}


def within_data(within: Within) -> Data:
    return {
        "days": within.days,
        "mature": share_data(within.told),
        "of_all": share_data(within.told_of_all),
        "immature_people": within.immature,
    }


def quantile_data(quantile: Quantile | NotComputable) -> Data:
    """`time_s` is null with `not_reached_after_s` when fewer than half have got there."""
    if isinstance(quantile, NotComputable):
        return {"not_computable": quantile.reason}
    data: Data = {"time_s": _bound(quantile.time)}
    if isinstance(quantile.time, NotReached):
        data["not_reached_after_s"] = quantile.time.after
    interval = quantile.interval
    return data | {"low_s": _bound(interval.low), "high_s": _bound(interval.high), "level": interval.level}


def mean_data(mean: RestrictedMean | NotComputable) -> Data:
    if isinstance(mean, NotComputable):
        return {"not_computable": mean.reason}
    data: Data = {"time_s": mean.value, "at_most_s": mean.until}
    if isinstance(mean.interval, NotComputable):
        return data | {"interval_not_computable": mean.interval.reason}
    return data | {
        "low_s": number(mean.interval.low),
        "high_s": number(mean.interval.high),
        "level": mean.interval.level,
    }


def pace_data(pace: Pace) -> Data:
    reached = pace.median_of_reached
    return {
        "began": pace.people,
        "people": None if caution(pace.people) is Caution.WITHHELD else pace.reached,
        "unwatched_people": pace.unwatched,
        "within": within_data(pace.within),
        "median": quantile_data(pace.median),
        "median_of_those_who_reached_s": None if isinstance(reached, NotComputable) else reached,
    }


def funnel_data(funnel: Funnel) -> Data:
    return {
        "mode": funnel.mode.value,
        "window_days": funnel.window_days,
        "began": funnel.began,
        "mature": funnel.mature,
        "immature_people": funnel.immature,
        "immature_share": funnel.immature / funnel.began if funnel.began else None,
        "people_on_other_versions": funnel.elsewhere,
        "steps": [
            {
                "rung": step.key or None,
                "name": step.name,
                "people": None if funnel.withheld and step.key else step.people,
                "within": within_data(step.within),
                "of_previous": share_data(FEW if funnel.withheld else step.of_previous),
                "lost": None if funnel.withheld else step.lost,
            }
            for step in funnel.steps
        ],
    }


def drop_off_data(drop_off: DropOff | NotComputable) -> Data:
    if isinstance(drop_off, NotComputable):
        return {"not_computable": drop_off.reason}
    step = drop_off.step
    return {
        "rung": step.key,
        "name": step.name,
        "lost": step.lost,
        "of_previous": share_data(step.of_previous),
        "clear": drop_off.clear,
    }


def rung_data(line: RungLine) -> Data:
    return {
        "rung": line.key,
        "name": line.name,
        "phase": line.phase,
        "first_value": line.first_value,
        **pace_data(line.pace),
    }


def cohort_data(cohort: Cohort) -> Data:
    return {
        "from": cohort.days.first.isoformat(),
        "to": cohort.days.last.isoformat(),
        "began": cohort.people,
        "caution": caution(cohort.people).value or None,
        "activation": [{"after_days": cell.days, **share_data(cell.told)} for cell in cohort.cells],
    }


def break_down_data(split: BreakDown) -> Data:
    return {
        "trait": split.trait,
        "segments": [
            {"value": segment.label, "caution": segment.caution.value or None, **pace_data(segment.pace)}
            for segment in split.segments
        ],
        "comparison": comparison_data(split.comparison),
    }


def comparison_data(comparison: Comparison) -> Data:
    if isinstance(comparison.test, NotComputable):
        return {"not_computable": comparison.test.reason}
    return {
        "test": "log-rank",
        "chi_square": comparison.test.chi_square,
        "degrees": comparison.test.degrees,
        "p": comparison.p,
        "clear": comparison.clear,
        "fastest_first": [group.label for group in comparison.by_pace],
    }


def number(value: float | NotReached) -> float:
    """An end of an interval that has both."""
    assert not isinstance(value, NotReached)
    return value


def _bound(value: float | NotReached) -> float | None:
    return None if isinstance(value, NotReached) else value
