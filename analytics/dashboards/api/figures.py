"""Every metric of the registry as plain data, each by the very function that the page shows it by."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from analytics.dashboards.asked import Asked
from analytics.dashboards.board import version_change
from analytics.dashboards.early_steps import early_steps
from analytics.dashboards.stuck import stuck
from analytics.metrics import fetch
from analytics.metrics import subject as goals
from analytics.metrics.advocacy import advocacy, counted
from analytics.metrics.answer import Answer, answer
from analytics.metrics.as_data import (
    Data,
    break_down_data,
    cohort_data,
    comparison_data,
    drop_off_data,
    funnel_data,
    interval_data,
    pace_data,
    rung_data,
    share_data,
    within_data,
)
from analytics.metrics.counts import Counts
from analytics.metrics.expansion import accounts, expansion
from analytics.metrics.forecast import Expected, needed, outlook
from analytics.metrics.question import Question
from analytics.metrics.sizes import caution
from analytics.metrics.use.answer import Use, use
from analytics.metrics.use.as_data import feature_data, retention_data, spread_data, workflow_data
from analytics.stats import NotComputable, PromoterScore
from workspaces.tenants.models import Workspace


@dataclass(frozen=True)
class Sheet:
    """A question with what answers it; each part is reckoned when it is asked for. Inside the workspace's scope."""

    workspace: Workspace
    asked: Asked

    @cached_property
    def question(self) -> Question:
        asked = self.asked
        return Question(asked.subject, asked.as_of, asked.window_days, asked.begun, asked.trait)

    @cached_property
    def counts(self) -> Counts:
        return fetch.counts(self.asked.subject, self.asked.fetched, as_of=self.asked.as_of)

    @cached_property
    def answer(self) -> Answer:
        return answer(self.question, self.counts.begun(self.asked.begun))

    @cached_property
    def use(self) -> Use:
        return use(self.question)


def _began(sheet: Sheet) -> Data:
    return {"people": sheet.answer.began}


def _activation(sheet: Sheet) -> Data:
    return within_data(sheet.answer.first_value.within)


def _time_to_first_value(sheet: Sheet) -> Data:
    return {"rung": sheet.asked.subject.latest.first_value.key, **pace_data(sheet.answer.first_value)}


def _rung_conversion(sheet: Sheet) -> Data:
    return {
        "ordered": funnel_data(sheet.answer.funnel),
        "any_order": funnel_data(sheet.answer.any_order),
        "rungs": [rung_data(line) for line in sheet.answer.rungs],
    }


def _drop_off(sheet: Sheet) -> Data:
    return drop_off_data(sheet.answer.drop_off)


def _ladder_completion(sheet: Sheet) -> Data:
    return pace_data(sheet.answer.completion)


def _cohort_activation(sheet: Sheet) -> Data:
    return {"cohorts": [cohort_data(cohort) for cohort in sheet.answer.cohorts]}


def _segment_pace(sheet: Sheet) -> Data:
    if sheet.answer.segments is None:
        return {"not_computable": "no trait was named; ask with split=trait: and one of the workspace's segments"}
    return break_down_data(sheet.answer.segments)


def _forecast(sheet: Sheet) -> Data:
    asked = sheet.asked
    limits = {"window_days": asked.window_days, "learned_days": asked.period_days}
    counts = fetch.counts(asked.subject, needed(asked.as_of, **limits), as_of=asked.as_of)
    found = outlook(counts.towards(goals.first_value(asked.subject)), asked.as_of, **limits)
    test = found.test
    return {
        "window_days": found.window_days,
        "by": found.grain.value,
        "everybody": _expected(found.everybody),
        "cohorts": [_expected(one) for one in found.cohorts],
        "earlier": [
            {"on": one.on.isoformat(), "forecast": one.outcome.forecast.share, "came": one.outcome.share}
            for one in found.earlier
        ],
        "back_test": {"not_computable": test.reason}
        if isinstance(test, NotComputable)
        else {
            "forecasts": test.n,
            "coverage": share_data(test.coverage),
            "mean_absolute_error": test.mean_absolute_error,
            "bias": test.bias,
        },
    }


def _expected(one: Expected | NotComputable) -> Data:
    if isinstance(one, NotComputable):
        return {"not_computable": one.reason}
    told: Data = {
        "from": one.days.first.isoformat(),
        "to": one.days.last.isoformat(),
        "people": one.people,
        "reached": one.reached,
        "caution": caution(one.people).value or None,
    }
    if isinstance(one.forecast, NotComputable):
        return told | {"not_computable": one.forecast.reason}
    return told | {"share": one.share, "low": one.low, "high": one.high, "level": one.forecast.interval.level}


def _nps(sheet: Sheet) -> Data:
    asked = sheet.asked
    counts = counted(asked.subject, asked.begun, asked.as_of, trait=asked.trait)
    found = advocacy(counts, by_trait=bool(asked.trait))
    return {
        "people": found.people,
        "of_people_not_on_the_ladder": found.elsewhere,
        **_score(found.score),
        "segments": [
            {"value": group.label, "people": group.people, "withheld": group.withheld, **_score(group.score)}
            for group in found.groups
        ],
    }


def _score(score: PromoterScore | NotComputable) -> Data:
    if isinstance(score, NotComputable):
        return {"not_computable": score.reason}
    return {
        "score": 100 * score.value,
        "promoters": score.promoters,
        "passives": score.passives,
        "detractors": score.detractors,
        "interval": interval_data(score.interval),
    }


def _expansion(sheet: Sheet) -> Data:
    asked = sheet.asked
    told = []
    for trait in sheet.workspace.values:
        found = expansion(trait, accounts(asked.subject, asked.begun, asked.as_of, trait), asked.as_of)
        net = (
            {"not_computable": found.net.reason} if isinstance(found.net, NotComputable) else {"net_change": found.net}
        )
        told.append(
            {
                "value": trait,
                "mature": found.mature,
                "immature_accounts": found.immature,
                "unknown": found.unknown,
                "higher": share_data(found.higher),
                "same": share_data(found.same),
                "lower": share_data(found.lower),
                **net,
            }
        )
    if not told:
        return {"not_computable": "the workspace's settings name no value of accounts"}
    return {"values": told}


def _early_steps(sheet: Sheet) -> Data:
    found = early_steps(sheet.asked)
    return {
        "landmark_day": found.landmark,
        "people": found.people,
        "only_those_who_began_last": found.is_cut,
        "steps": [
            {
                "rung": step.key,
                "name": name,
                "did": {"people": step.did.people, "share": step.did.share},
                "did_not": {"people": step.did_not.people, "share": step.did_not.share},
                "p": step.p,
                "sooner": step.sooner,
                "clear": step.clear,
                **({"not_computable": step.test.reason} if isinstance(step.test, NotComputable) else {}),
            }
            for name, step in found.steps
        ],
    }


def _stuck(sheet: Sheet) -> Data:
    return {
        "steps": [
            {
                "rung": step.rung.key,
                "name": step.rung.name,
                "passed": step.usual.passed,
                "usual_s": step.usual.limit_s if step.usual.is_known else None,
                "stuck": len(step.people),
                "or_more": step.is_cut,
            }
            for step in stuck(sheet.asked)
        ]
    }


def _version_change(sheet: Sheet) -> Data:
    found = version_change(sheet.asked, sheet.counts)
    if found is None:
        return {"not_computable": "no version took effect in the period with enough people before and after it"}
    return {
        "version": found.version.number,
        "previous": found.previous.number,
        "since": found.published_on.isoformat(),
        "before": pace_data(found.before),
        "after": pace_data(found.now),
        "comparison": comparison_data(found.comparison),
    }


def _retention(sheet: Sheet) -> Data:
    return {"retention": [retention_data(found) for found in sheet.use.retention.values()]}


def _feature_activation(sheet: Sheet) -> Data:
    return {"features": [feature_data(found) for found in sheet.use.features]}


def _repeat_usage(sheet: Sheet) -> Data:
    return {"workflows": [workflow_data(found) for found in sheet.use.workflows]}


def _engagement_depth(sheet: Sheet) -> Data:
    return {"active_days": spread_data(sheet.use.active_days), "key_events": spread_data(sheet.use.key_events)}


FIGURES: dict[str, Callable[[Sheet], dict[str, Any]]] = {
    "began": _began,
    "activation": _activation,
    "time_to_first_value": _time_to_first_value,
    "rung_conversion": _rung_conversion,
    "drop_off": _drop_off,
    "ladder_completion": _ladder_completion,
    "cohort_activation": _cohort_activation,
    "forecast": _forecast,
    "nps": _nps,
    "expansion": _expansion,
    "segment_pace": _segment_pace,
    "early_steps": _early_steps,
    "stuck": _stuck,
    "version_change": _version_change,
    "retention": _retention,
    "feature_activation": _feature_activation,
    "repeat_usage": _repeat_usage,
    "engagement_depth": _engagement_depth,
}
