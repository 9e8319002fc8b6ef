"""The example that docs/metrics.md reckons by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.metrics import subject as goals
from analytics.metrics.as_of import DAY_S, AsOf
from analytics.metrics.pace import pace
from tests.analytics.climbs import UTC_ZONE, counts_of, journey, subject

pytestmark = pytest.mark.pure


def test_the_example_in_the_documentation_comes_out_as_it_says():
    as_of = AsOf.of(date(2026, 3, 20), now=datetime(2026, 4, 1, tzinfo=UTC), zone=UTC_ZONE)
    people = {"A": (3, 1), "B": (3, 9), "C": (10, None), "D": (10, 2), "E": (16, 1)}
    journeys = [
        journey(datetime(2026, 3, began, 15, tzinfo=UTC), {"report": timedelta(days=after)} if after else {})
        for began, after in people.values()
    ]
    assert [as_of.followed_s(one.cohort_on) / DAY_S for one in journeys] == [17, 17, 10, 10, 4]
    found = pace("", counts_of(journeys, as_of=as_of).towards(goals.first_value(subject())), as_of, window_days=7)
    assert (found.within.mature.count, found.within.mature.of, found.within.immature) == (2, 4, 1)
    survival = {step.time / DAY_S: step.survival for step in found.curve.steps() if step.events}
    assert survival == pytest.approx({1: 0.6, 2: 0.4, 9: 0.2})
    assert found.median_s == 2 * DAY_S
    assert found.median_of_reached == 1.5 * DAY_S
