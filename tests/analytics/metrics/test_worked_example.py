"""The example that docs/metrics.md reckons by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.metrics import subject as goals
from analytics.metrics.as_of import DAY_S, AsOf
from analytics.metrics.cohorts import cohorts
from analytics.metrics.funnel import Mode, drop_off, funnel
from analytics.metrics.pace import pace
from analytics.metrics.registry import COMPLETION_DAYS
from analytics.metrics.rungs import rung_table
from analytics.stats import NotComputable, log_rank, median_of_counts
from analytics.stats.shares import wilson
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
    assert median_of_counts(found.tally.times_reached()) == 1.5 * DAY_S


def test_so_does_the_whole_ladder():
    as_of = AsOf.of(date(2026, 3, 20), now=datetime(2026, 4, 1, tzinfo=UTC), zone=UTC_ZONE)
    hour, day = timedelta(hours=1), timedelta(days=1)
    people = {
        "A": (3, {"connect": hour, "invite": 2 * hour, "report": day}),
        "B": (3, {"connect": day, "report": 9 * day}),
        "C": (10, {"connect": 2 * day}),
        "D": (10, {"connect": 2 * hour, "invite": day, "report": 2 * day}),
        "E": (16, {"connect": hour, "invite": 3 * hour, "report": day}),
    }
    counts = counts_of(
        [
            journey(
                datetime(2026, 3, began, 15, tzinfo=UTC),
                after,
                in_order=["connect"] if "invite" not in after else list(after),
                segment={"plan": "free" if name in "BC" else "pro"},
            )
            for name, (began, after) in people.items()
        ],
        as_of=as_of,
    )
    ladder = subject()
    value = counts.towards(goals.first_value(ladder))
    assert value.people == 5
    rungs = rung_table(counts, ladder, as_of, window_days=7)
    assert [line.pace.within.mature.count for line in rungs] == [4, 2, 2]
    steps = funnel(counts, ladder, as_of, window_days=7, mode=Mode.ORDERED)
    assert [step.within.mature.count for step in steps.steps] == [4, 4, 2, 2]
    lost = drop_off(steps)
    assert (lost.step.key, lost.step.lost, lost.clear) == ("invite", 2, False)
    assert round(wilson(2, 2, level=0.99).low, 2) == 0.23
    assert isinstance(completion(counts, as_of).mature, NotComputable)
    done = completion(counts, AsOf.of(date(2026, 4, 10), now=datetime(2026, 5, 1, tzinfo=UTC), zone=UTC_ZONE))
    assert (done.mature.count, done.mature.of, done.immature) == (2, 4, 1)
    told = [cohort.cells for cohort in cohorts(value, as_of, after_days=(7, 14))]
    assert [(a.share.count, a.share.of) for a, _ in told[:2]] == [(1, 2), (1, 2)]
    assert told[0][1].share.count == 2
    assert isinstance(told[2][0].share, NotComputable)
    parts = counts.split("plan")
    test = log_rank([parts[plan].towards(goals.first_value(ladder)).moments(as_of) for plan in ("pro", "free")])
    assert (test.observed[0], round(test.expected[0], 2)) == (3, 1.53)
    assert (round(test.chi_square, 2), round(test.p, 3)) == (3.69, 0.055)


def completion(counts, as_of):
    return pace("", counts.towards(goals.finished(subject())), as_of, window_days=COMPLETION_DAYS).within
