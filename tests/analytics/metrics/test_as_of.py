from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.metrics.as_of import AsOf, FutureAsOf
from onboarding.progress.grades import grade

pytestmark = pytest.mark.pure

BERLIN = ZoneInfo("Europe/Berlin")
UTC_ZONE = ZoneInfo("UTC")
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_a_past_day_is_told_as_of_its_end_in_the_workspaces_zone():
    assert AsOf.of(date(2026, 2, 1), now=NOW, zone=BERLIN).until == datetime(2026, 2, 1, 23, 0, tzinfo=UTC)


def test_today_is_told_as_of_now():
    assert AsOf.now(NOW, zone=UTC_ZONE).until == NOW


def test_tomorrow_is_refused_though_it_may_have_begun_elsewhere():
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    with pytest.raises(FutureAsOf):
        AsOf.of(date(2026, 3, 3), now=late, zone=UTC_ZONE)
    assert AsOf.of(date(2026, 3, 3), now=late, zone=BERLIN).until == late


def test_follow_up_runs_from_the_end_of_the_cohort_day():
    as_of = AsOf.of(date(2026, 2, 20), now=NOW, zone=UTC_ZONE)
    assert as_of.followed_s(date(2026, 2, 13)) == 7 * 86_400
    assert as_of.followed_s(date(2026, 2, 20)) == 0
    assert AsOf.now(NOW, zone=UTC_ZONE).followed_s(date(2026, 3, 1)) == 12 * 3_600


def test_a_day_that_is_an_hour_short_delays_maturity_rather_than_pretend():
    # Berlin puts its clocks forward on 29 March 2026: a week over it lasts 167 hours.
    as_of = AsOf.of(date(2026, 4, 2), now=datetime(2026, 4, 9, tzinfo=UTC), zone=BERLIN)
    assert as_of.followed_s(date(2026, 3, 26)) == 165 * 3_600  # the last step of three hours that is over
    assert as_of.last_mature_day(7) == date(2026, 3, 25)


@given(st.integers(0, 200 * 86_400), st.integers(-2 * 86_400 * 10**6, 86_400 * 10**6))
def test_a_grade_is_within_the_follow_up_exactly_when_the_time_itself_is(seconds, beside_us):
    now = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(seconds=seconds)
    followed = AsOf.now(now, zone=UTC_ZONE).followed_s(date(2026, 3, 1))
    # Times just beside the end of the follow-up, where rounding up could carry one over it.
    elapsed = max(timedelta(seconds=seconds, microseconds=beside_us), timedelta(0))
    assert followed <= seconds
    assert (grade(elapsed) <= followed) == (elapsed <= timedelta(seconds=followed))


@given(st.integers(1, 120), st.dates(date(2025, 1, 1), date(2026, 2, 1)))
def test_the_last_mature_day_is_the_last_that_was_watched_for_so_long(days, day):
    as_of = AsOf.of(day, now=NOW, zone=BERLIN)
    last = as_of.last_mature_day(days)
    assert as_of.is_mature(last, days)
    assert not as_of.is_mature(last + timedelta(days=1), days)
