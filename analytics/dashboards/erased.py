"""How many people of a list have been erased since: its figure counts them, and nobody is left to list.

What they were counted in is kept in the same cells as of everybody (onboarding.leaving), so it is told likewise.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db.models import JSONField, Q, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from analytics.cubes.measures import Measure
from analytics.dashboards.people import Having, Selection
from analytics.dashboards.states import State
from analytics.metrics.as_of import DAY_S
from analytics.metrics.segments import NOT_SET
from onboarding.leaving.models import Left, LeftUse

Cells = TypeVar("Cells", Left, LeftUse)
Counting = Callable[..., int]


def erased(selection: Selection) -> int | None:
    """None where it is not known, as what they did is not kept so finely. Inside a scope."""
    if selection.took is not None:
        return None
    window_s = selection.asked.window_days * DAY_S

    def n(measure: Measure, *, rung: str = "", within_s: int | None = None) -> int:
        return _counted(selection, measure, rung, within_s)

    match selection.state:
        case State.VALUE | State.VALUE_SO_FAR:
            return n(Measure.VALUE, within_s=window_s)
        case State.HAS_VALUE:
            return n(Measure.VALUE)
        case State.NO_VALUE:
            return n(Measure.BEGAN) - n(Measure.VALUE)
        case State.AT_RISK:
            return n(Measure.BEGAN) - n(Measure.VALUE, within_s=selection.before_the_end_s)
        case State.FINISHED:
            return n(Measure.FINISHED, within_s=window_s)
        case State.REACHED:
            return n(Measure.IN_ORDER, rung=selection.rung, within_s=window_s)
        case State.STUCK:
            came = n(Measure.IN_ORDER, rung=selection.before, within_s=window_s) if selection.before else None
            passed = n(Measure.IN_ORDER, rung=selection.rung, within_s=window_s)
            return (n(Measure.BEGAN) if came is None else came) - passed
        case State.DONE:
            return n(Measure.COMPLETED, rung=selection.rung)
        case State.DONE_IN_TIME:
            return n(Measure.COMPLETED, rung=selection.rung, within_s=window_s)
        case State.WAITING:
            return n(Measure.BEGAN) - n(Measure.COMPLETED, rung=selection.rung)
        case State.PASSED | State.BY_HAND | State.EARLY | State.NOT_EARLY:
            return None
        case _:
            return n(Measure.BEGAN)


def _counted(selection: Selection, measure: Measure, rung: str, within_s: int | None) -> int:
    days = selection.days()
    found = Left.objects.filter(
        measure=measure,
        rung_key=rung,
        version_id__in=selection.version_ids(),
        cohort_on__gte=days.first,
        cohort_on__lte=days.last,
        reached_on__lte=selection.asked.as_of.day,
    )
    if within_s is not None:
        found = found.filter(elapsed_s__lte=within_s)
    return with_traits(found, selection.traits).aggregate(n=Sum("n"))["n"] or 0


def with_traits(found: QuerySet[Cells], traits: Iterable[Having]) -> QuerySet[Cells]:
    """Only cells of people who began with these values."""
    for number, (trait, values) in enumerate(traits):
        name = f"value_{number}"
        found = found.alias(**{name: KeyTextTransform(trait, Cast("segment", JSONField()))})
        wanted = Q(**{f"{name}__in": [value for value in values if value != NOT_SET]})
        found = found.filter(wanted | Q(**{f"{name}__isnull": True}) if NOT_SET in values else wanted)
    return found
