"""The numbers of use for one question. The command prints them; pages take the parts they show."""

from dataclasses import dataclass

from analytics.metrics.question import Question
from analytics.metrics.use.adoption import FeatureAdoption, feature_adoption, told_days
from analytics.metrics.use.counts import Source, UseCounts
from analytics.metrics.use.frequency import Spread, Workflow, WorkflowUse, spread, window_within, workflow_use
from analytics.metrics.use.retention import Retention, retention_of
from analytics.stats.retention import RetentionMode
from onboarding.usage.cells import Measure
from onboarding.usage.models import KeyEvent
from onboarding.usage.periods import Grain
from onboarding.usage.standing import ANY

# How many periods are told: days of a month, weeks of a quarter, months of a year.
TOLD = {Grain.DAY: 30, Grain.WEEK: 12, Grain.MONTH: 12, Grain.CALENDAR_WEEK: 12, Grain.CALENDAR_MONTH: 12}


@dataclass(frozen=True)
class Use:
    """Retention by every grain and mode; features by key; key workflows; active days and different workflows."""

    retention: dict[tuple[Grain, RetentionMode], Retention]
    features: tuple[FeatureAdoption, ...]
    workflows: tuple[WorkflowUse, ...]
    active_days: Spread
    key_events: Spread


def use(question: Question, counts: Source | None = None) -> Use:
    """Of everybody, or of those whose cells are given. Inside the workspace's scope."""
    counts, as_of = counts or UseCounts(question.subject, question.begun), question.as_of
    began = counts.of(Measure.BEGAN)
    active = {grain: counts.of(grain.value, ANY) for grain in Grain}
    window = window_within(question.window_days)
    return Use(
        retention={
            (grain, mode): retention_of(began, active[grain], as_of, grain=grain, mode=mode, periods=TOLD[grain])
            for grain in Grain
            for mode in RetentionMode
        },
        features=features(counts, question),
        workflows=workflows(counts, question, window_days=window),
        active_days=spread(began, counts.of(Measure.ACTIVE_DAYS, ANY), as_of, window_days=window),
        key_events=spread(began, counts.of(Measure.KEY_EVENTS), as_of, window_days=window),
    )


def features(counts: Source, question: Question) -> tuple[FeatureAdoption, ...]:
    """Every feature that came to anybody and of which its use is declared, by its key."""
    return tuple(
        feature_adoption(
            key,
            counts.of(Measure.UNLOCKED, key),
            counts.of(Measure.ADOPTED, key),
            question.as_of,
            days=told_days(question.window_days),
        )
        for key in sorted(counts.subjects(Measure.UNLOCKED))
    )


def workflows(counts: Source, question: Question, *, window_days: int) -> tuple[WorkflowUse, ...]:
    """Every key workflow, by its name."""
    began = counts.of(Measure.BEGAN)
    return tuple(
        workflow_use(
            Workflow(event.signal, event.name),
            began,
            counts.of(Measure.FIRST_USE, event.signal),
            counts.of(Measure.REPEAT, event.signal),
            question.as_of,
            window_days=window_days,
        )
        for event in KeyEvent.objects.filter(archived_at=None).order_by("name", "key")
    )
