"""How journeys end: first value was reached, the person left before it, or neither by now.

Leaving is to be erased. Whoever left cannot reach first value any more, so it competes with it; the cells of those who
left still count them as having begun (decision 0138).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from django.db.models import Sum

from analytics.cubes.steps import ENDS
from analytics.metrics.as_of import DAY_S, AsOf
from analytics.metrics.days import Days
from analytics.metrics.sizes import WITHHELD_BELOW, of_enough
from analytics.metrics.subject import Subject
from analytics.metrics.tally import Tally
from analytics.stats import Ends, Incidence, NotComputable, cumulative_incidence
from onboarding.leaving.models import Leaving

VALUE, LEFT = 0, 1


class Left(NamedTuple):
    """`n` people of a cohort day left on a day, `before_value` of them without first value."""

    cohort_on: date
    left_on: date
    n: int
    before_value: int


@dataclass(frozen=True)
class HowItEnds:
    """`incidence` of the ends VALUE and LEFT; `before_value` people left before first value, `after_value` with it.

    Of fewer than five nothing is told. Of so few who left those without first value count as still on the way, as they
    do in the curve.
    """

    incidence: Incidence | NotComputable
    before_value: int
    after_value: int

    @property
    def withheld(self) -> bool:
        """Whether somebody left before first value, and too few to tell of."""
        return 0 < self.before_value < WITHHELD_BELOW

    @property
    def after_value_is_told(self) -> bool:
        return self.after_value >= WITHHELD_BELOW


def how_it_ends(tally: Tally, left: Iterable[Left], as_of: AsOf) -> HowItEnds:
    """By the estimate of Aalen and Johansen (stats.incidence). Pure.

    Who left on the day d after the day on which they began is counted at the end of day d + 1, by when they had for
    certain, as all times are rounded up.
    """
    left = [one for one in left if one.left_on <= as_of.day]
    before_value = sum(one.before_value for one in left)
    counted = () if 0 < before_value < WITHHELD_BELOW else left
    after_value = sum(one.n for one in left) - before_value
    found = cumulative_incidence(_moments(tally, counted, as_of))
    told = found if isinstance(found, NotComputable) else of_enough(found.n, found)
    return HowItEnds(told, before_value, after_value)


def left_of(subject: Subject, days: Days) -> list[Left]:
    """Who left, of those who began the ladder on these days. Inside a scope."""
    found = Leaving.objects.filter(
        version_id__in=[version.version_id for version in subject.versions],
        cohort_on__gte=days.first,
        cohort_on__lte=days.last,
    )
    sums = found.values_list("cohort_on", "left_on").annotate(Sum("n"), Sum("before_value"))
    return [Left(*row) for row in sums.order_by("cohort_on", "left_on")]


def _moments(tally: Tally, left: Iterable[Left], as_of: AsOf) -> Iterator[Ends]:
    followed, seen, waiting = tally.watched(as_of)
    reached = np.bincount(tally.reached.step[seen], weights=tally.reached.n[seen]).astype(np.int64)
    for step in np.flatnonzero(reached > 0).tolist():
        yield Ends(float(ENDS[step]), (int(reached[step]), 0), 0)
    waiting = waiting.copy()
    for one in left:
        place, after_s = (one.cohort_on - tally.first).days, ((one.left_on - one.cohort_on).days + 1) * DAY_S
        if 0 <= place < len(waiting) and after_s <= ENDS[followed[place]]:
            waiting[place] -= one.before_value
            yield Ends(float(after_s), (0, one.before_value), 0)
    for place in np.flatnonzero(waiting > 0).tolist():
        yield Ends(float(ENDS[followed[place]]), (0, 0), int(waiting[place]))
