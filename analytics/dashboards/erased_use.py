"""How many people of a list of use have been erased since, from what is kept of them in the cells of use.

Everybody can be told here: whatever a number of use is told from is a cell, of those who are gone as of the others.
"""

from django.db.models import Q, Sum

from analytics.dashboards.erased import with_traits
from analytics.dashboards.use_people import OF_DEPTH, OF_FEATURES, OF_FIRST_USE, OF_WEEKS, Did, Selection
from analytics.metrics.use.adoption import told_days
from onboarding.leaving.models import LeftUse
from onboarding.usage.cells import Measure
from onboarding.usage.standing import ANY

ALL = Q()


def erased(selection: Selection) -> int:
    """Inside a scope."""

    def n(measure: Measure, about: str = "", where: Q = ALL) -> int:
        return _counted(selection, measure, about, where)

    did, about, signal, window = selection.did, selection.about, selection.signal, selection.window
    if did in OF_WEEKS:
        began, active = n(Measure.BEGAN), n(Measure.WEEK, ANY, Q(p=selection.week))
        return {Did.WATCHED: began, Did.ACTIVE: active}.get(did, began - active)
    if did in OF_FEATURES:
        unlocked, within = n(Measure.UNLOCKED, about), told_days(selection.asked.window_days)
        adopted = n(Measure.ADOPTED, about, Q(p__lte=within))
        return {Did.ADOPTED: adopted, Did.NOT_ADOPTED: unlocked - adopted}.get(did, unlocked)
    if did in OF_FIRST_USE:
        used, again = n(Measure.REPEAT, signal, Q(p=0)), n(Measure.REPEAT, signal, Q(p=window, q__gte=2))
        return {Did.AGAIN: again, Did.ONCE: used - again}.get(did, used)
    if did is Did.USED_EARLY:
        return n(Measure.FIRST_USE, signal, Q(p__lt=window))
    assert did in OF_DEPTH
    began = n(Measure.BEGAN)
    if did not in (Did.DAYS, Did.WORKFLOWS):
        return began
    measure, about = (Measure.ACTIVE_DAYS, ANY) if did is Did.DAYS else (Measure.KEY_EVENTS, "")
    none = 0 if selection.numbers.low else began - n(measure, about, Q(p=window))
    return none + n(measure, about, Q(p=window, q__range=(selection.numbers.low, selection.most)))


def _counted(selection: Selection, measure: Measure, about: str, where: Q) -> int:
    days = selection.days
    found = LeftUse.objects.filter(
        where,
        measure=measure,
        subject=about,
        version_id__in=selection.version_ids,
        cohort_on__gte=days.first,
        cohort_on__lte=days.last,
    )
    return with_traits(found, selection.traits).aggregate(n=Sum("n"))["n"] or 0
