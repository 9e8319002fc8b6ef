"""Every number of one question, from one query. The command prints it; pages take the parts they show."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from analytics.metrics import subject as goals
from analytics.metrics.cohorts import Cohort, Grain, cohorts
from analytics.metrics.counts import Counts
from analytics.metrics.funnel import DropOff, Funnel, Mode, drop_off, funnel
from analytics.metrics.pace import Pace, pace
from analytics.metrics.question import Question
from analytics.metrics.registry import COMPLETION_DAYS
from analytics.metrics.rungs import RungLine, rung_table
from analytics.metrics.segments import BreakDown, break_down
from analytics.metrics.sizes import of_enough
from analytics.stats import NotComputable

# At which ages a cohort's activation is told: each of the first twelve weeks.
COHORT_AGES_DAYS = tuple(7 * week for week in range(1, 13))


@dataclass(frozen=True)
class Answer:
    """The numbers of a question; each part knows its own n and who is too new for it."""

    question: Question
    began: int
    first_value: Pace
    completion: Pace
    funnel: Funnel
    any_order: Funnel
    drop_off: DropOff | NotComputable
    rungs: tuple[RungLine, ...]
    cohorts: tuple[Cohort, ...]
    segments: BreakDown | None


def answer(question: Question, counts: Counts) -> Answer:
    """All of it, by arithmetic on the counts."""
    subject, as_of, window = question.subject, question.as_of, question.window_days
    towards_value = counts.towards(goals.first_value(subject))
    ordered = funnel(counts, subject, as_of, window_days=window, mode=Mode.ORDERED)
    return Answer(
        question=question,
        began=towards_value.people,
        first_value=pace(subject.latest.first_value.name, towards_value, as_of, window_days=window),
        completion=pace(_("Whole ladder"), counts.towards(goals.finished(subject)), as_of, window_days=COMPLETION_DAYS),
        funnel=ordered,
        any_order=funnel(counts, subject, as_of, window_days=window, mode=Mode.ANY_ORDER),
        drop_off=of_enough(ordered.mature, drop_off(ordered)),
        rungs=rung_table(counts, subject, as_of, window_days=window),
        cohorts=cohorts(towards_value, as_of, grain=Grain.MONTH, after_days=COHORT_AGES_DAYS),
        segments=break_down(counts, question.segment, goals.first_value(subject), as_of, window_days=window)
        if question.segment
        else None,
    )
