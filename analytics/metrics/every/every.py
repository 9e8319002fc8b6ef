"""The registry's metrics by key: definition, window, segment, n, who is too new, as of when, and the number."""

from collections.abc import Callable, Iterable

from analytics.metrics.as_data import Data
from analytics.metrics.every import beyond, climbing, using
from analytics.metrics.every.figure import Figure
from analytics.metrics.every.sources import Sources
from analytics.metrics.question import Question, Unanswerable
from analytics.metrics.registry import METRICS
from analytics.stats import NotComputable

FIGURES: dict[str, Callable[[Sources], list[Figure] | NotComputable]] = {
    "began": climbing.began,
    "activation": climbing.activation,
    "time_to_first_value": climbing.time_to_first_value,
    "rung_conversion": climbing.rung_conversion,
    "drop_off": climbing.largest_drop_off,
    "ladder_completion": climbing.ladder_completion,
    "cohort_activation": climbing.cohort_activation,
    "restricted_mean": climbing.mean_wait,
    "how_it_ends": beyond.how_it_ends,
    "time_to_convert": beyond.time_to_convert,
    "forecast": beyond.forecast,
    "nps": beyond.nps,
    "expansion": beyond.expansion,
    "segment_pace": climbing.segment_pace,
    "early_steps": beyond.early_steps,
    "stuck": beyond.stuck,
    "version_change": climbing.before_and_after,
    "retention": using.retention,
    "feature_activation": using.feature_activation,
    "repeat_usage": using.repeat_usage,
    "engagement_depth": using.engagement_depth,
}
UNSPLIT = {
    "expansion": "accounts have people with several values of a trait",
    "how_it_ends": "of people who left, their values of traits are not kept where few had them",
    "time_to_convert": "it is told of everybody only",
    "segment_pace": "it is the comparison of the segments",
    "early_steps": "it is told of everybody only",
    "version_change": "it is told of everybody only",
}


def every(sources: Sources, keys: Iterable[str] = ()) -> dict[str, list[Figure] | NotComputable]:
    """The figures of these metrics (of all, without any) by key. Inside the workspace's scope. Raises Unanswerable."""
    wanted = list(dict.fromkeys(keys)) or list(METRICS)
    if unknown := [key for key in wanted if key not in METRICS]:
        raise Unanswerable(f"There is no metric “{unknown[0]}”. Metrics are: {', '.join(METRICS)}.")
    return {key: FIGURES[key](sources) for key in wanted}


def every_data(found: dict[str, list[Figure] | NotComputable], question: Question) -> Data:
    return {key: _data(key, figures, question) for key, figures in found.items()}


def _data(key: str, figures: list[Figure] | NotComputable, question: Question) -> Data:
    metric = METRICS[key]
    data: Data = {
        "name": metric.name,
        "definition_version": metric.version,
        "unit": metric.unit,
        "as_of": question.as_of.until.isoformat(),
    }
    if question.segment and key in UNSPLIT:
        data["not_split"] = UNSPLIT[key]
    if isinstance(figures, NotComputable):
        return data | {"not_computable": figures.reason, "figures": []}
    return data | {"figures": [figure.data(question.segment) for figure in figures]}
