"""A funnel asked for by event names and a ladder's own, where both can be asked, are one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats import Order, furthest
from milestones.library.conditions import EventCondition
from onboarding.progress.facts import Facts, Moment
from onboarding.progress.replay import replay
from tests.analytics.climbs import version

pytestmark = pytest.mark.pure

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
WINDOW = timedelta(days=6)
NAMES = ("Connected", "Invited", "Reported")

events = st.lists(st.tuples(st.integers(0, 8).map(lambda n: START + timedelta(days=n)), st.sampled_from(NAMES)))


def climbed(steps, log):
    """When the engine says that the rungs were reached in order, as far as within the window."""
    keys = [f"rung-{place}" for place in range(len(steps))]
    spec = version(rungs=keys, first_value=keys[-1])
    rungs = zip(spec.rungs, steps, strict=True)
    spec = replace(spec, rungs=tuple(replace(rung, criterion=EventCondition(step)) for rung, step in rungs))
    moments = {
        EventCondition(name).signal: sorted(
            Moment(at, f"m{number}") for number, (at, own) in enumerate(log) if own == name
        )
        for name in NAMES
    }
    reached = replay([spec], Facts(START, moments), START).reached
    times = [reached[key].in_order_at for key in keys if key in reached]
    return [at for at in times if at is not None and at - START <= WINDOW]


@given(events, st.lists(st.sampled_from(NAMES), min_size=1, max_size=4))
def test_an_ordered_funnel_of_events_equals_the_progress_engines(log, steps):
    found = furthest([(START, "Signed Up"), *log], ["Signed Up", *steps], window=WINDOW, order=Order.ORDERED)
    assert list(found[1:]) == climbed(steps, log)
