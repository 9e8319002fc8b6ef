"""What is expected of the newest people, and how earlier forecasts did."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.metrics import subject as goals
from analytics.metrics.as_of import AsOf
from analytics.metrics.cohorts import Grain
from analytics.metrics.forecast import EARLIER_FORECASTS, Expected, needed, outlook
from analytics.stats import BackTest, Forecast, NotComputable
from tests.analytics.climbs import NOW, UTC_ZONE, counts_of, journey, random_journeys, subject
from tests.tiers import examples

pytestmark = pytest.mark.pure

DAY = timedelta(days=1)
WHOLE_WEEKS = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)  # a Sunday


def towards_value(journeys, **options):
    return counts_of(journeys, **options).towards(goals.first_value(subject()))


def told(journeys, *, window=7, learned=90, now=NOW, zone=UTC_ZONE):
    as_of = AsOf.now(now, zone=zone)
    return outlook(towards_value(journeys, zone=zone), as_of, window_days=window, learned_days=learned)


def exponential(seed, *, people, days, mean_days, now=NOW):
    """People who all get there sooner or later, at one pace: nothing changes from week to week."""
    rng = random.Random(seed)
    found = []
    for person in range(people):
        start, after = now - rng.uniform(0, days) * DAY, rng.expovariate(1 / mean_days) * DAY
        found.append(journey(start, {"report": after} if start + after <= now else {}, person=person))
    return found


def test_people_are_expected_at_the_share_of_those_who_waited_as_long_before_them():
    """Ten people a day for 30 days; of each ten, two get there after 1 day, two after 5 days, the rest never."""
    start = datetime(2026, 1, 31, tzinfo=UTC)
    journeys = [
        journey(start + day * DAY, {"report": after * DAY} if after and (day + after) < 30 else {}, person=10 * day + n)
        for day in range(30)
        for n, after in enumerate([1, 1, 5, 5, *[None] * 6])
    ]
    found = told(journeys, now=WHOLE_WEEKS)
    newest = found.cohorts[-1]
    assert newest.days == (date(2026, 2, 23), date(2026, 3, 1))
    # At the last moment of Sunday everybody of the week is new. Who waits a day or more: two of eight will come.
    assert newest.people == 70
    assert newest.forecast.share == pytest.approx(0.4)
    assert newest.low <= 0.4 <= newest.high
    assert newest.reached == 2 * 6 + 2 * 2
    assert found.everybody.people == newest.people + sum(one.people for one in found.cohorts[:-1])
    assert found.test.bias == pytest.approx(0)
    assert found.test.coverage.value == 1


@settings(max_examples=examples(20), deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([1, 3, 7, 14]),
    st.sampled_from([ZoneInfo("UTC"), ZoneInfo("America/New_York")]),
)
def test_a_forecast_of_a_past_day_is_what_was_told_on_that_day(seed, window, zone):
    journeys = random_journeys(seed, zone=zone, people=120, days=80)
    as_of = AsOf.now(NOW, zone=zone)
    found = told(journeys, window=window, learned=28, zone=zone)
    for earlier in found.earlier[::3]:
        then = AsOf.of(earlier.on, now=NOW, zone=zone)
        known = towards_value(journeys, as_of=then, zone=zone)
        said = outlook(known, then, window_days=window, learned_days=28).everybody
        assert isinstance(said, Expected)
        assert said.forecast == earlier.outcome.forecast
        own = [one for one in journeys if one.cohort_on in earlier.days]
        came = [one for one in own if one.first_value_at and one.first_value_at - one.started_at <= window * DAY]
        assert earlier.outcome.share == pytest.approx(len(came) / len(own))
        assert as_of.is_mature(earlier.days.last, window)


@settings(max_examples=examples(30), deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 7, 14, 70]))
def test_cohorts_add_up_and_hold_everybody_who_is_new(seed, window):
    journeys = random_journeys(seed, people=120, days=100)
    as_of = AsOf.now(NOW, zone=UTC_ZONE)
    found = told(journeys, window=window)
    new = [one for one in journeys if not as_of.is_mature(one.cohort_on, window)]
    assert found.grain is (Grain.MONTH if window == 70 else Grain.WEEK)
    if not new:
        assert isinstance(found.everybody, NotComputable)
        return
    assert all(any(one.cohort_on in cohort.days for cohort in found.cohorts) for one in new)
    assert found.everybody.people == sum(cohort.people for cohort in found.cohorts)
    for one in (found.everybody, *found.cohorts):
        if isinstance(one.forecast, Forecast):
            assert one.reached / one.people <= one.low <= one.share <= one.high <= 1


def test_where_nothing_changes_forecasts_hold_about_as_often_as_they_say():
    covered = told_at_all = 0
    errors = []
    for seed in range(16):
        found = told(exponential(seed, people=900, days=220, mean_days=9), window=14, learned=90)
        assert isinstance(found.test, BackTest)
        covered += found.test.coverage.count
        told_at_all += found.test.coverage.of
        errors.append(found.test.bias)
    assert told_at_all > 200
    assert 0.92 <= covered / told_at_all <= 0.99
    assert abs(sum(errors) / len(errors)) < 0.01


def test_a_forecast_sees_what_is_coming_where_the_share_so_far_does_not():
    found = told(exponential(1, people=3_000, days=200, mean_days=9, now=WHOLE_WEEKS), window=14, now=WHOLE_WEEKS)
    newest = found.cohorts[-1]
    assert newest.reached / newest.people < 0.5
    assert newest.low < 1 - 2.718281828 ** (-14 / 9) < newest.high


def test_a_young_workspace_gets_words_and_no_number():
    begun = [journey(NOW - number * DAY, person=number) for number in range(5)]
    found = told(begun, window=14)
    assert found.everybody.forecast == NotComputable("nobody before them has been followed for that long")
    assert (found.everybody.share, found.everybody.low, found.everybody.high) == (None, None, None)
    assert found.earlier == ()
    assert found.test == NotComputable("no earlier forecast has come due")
    today = told([journey(NOW)], window=14)
    assert today.everybody.forecast == NotComputable("nobody before them has been watched for any time")


def test_where_nobody_is_new_there_is_nothing_to_forecast():
    found = told([journey(NOW - 60 * DAY)], window=7)
    assert found.everybody == NotComputable("nobody is new: everybody has been watched for the whole window")
    assert found.cohorts == ()
    assert told([]).everybody == found.everybody


def test_nobody_ever_coming_is_forecast_as_such_with_room_for_doubt():
    found = told([journey(NOW - number / 5 * DAY, person=number) for number in range(600)], window=14, learned=42)
    assert found.everybody.share == 0
    assert 0 < found.everybody.high < 0.05


def test_the_days_that_are_needed_reach_back_before_the_oldest_forecast():
    as_of = AsOf.now(NOW, zone=UTC_ZONE)
    days = needed(as_of, window_days=14, learned_days=30)
    assert days.last == as_of.day
    # Eight week ends before the last mature day, and three windows before the oldest of them.
    oldest = date(2026, 2, 15) - (EARLIER_FORECASTS - 1) * timedelta(days=7)
    assert days.first == oldest - timedelta(days=41)
    assert datetime.combine(oldest, time.min).weekday() == 6
