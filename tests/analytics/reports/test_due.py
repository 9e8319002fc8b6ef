"""One moment for each week or month, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.reports.due import MONTHLY, WEEKLY, Schedule, due_in, following, latest, period_of

pytestmark = pytest.mark.pure
BERLIN = ZoneInfo("Europe/Berlin")


def schedule(cadence=WEEKLY, *, weekday=0, month_day=1, hour=8, zone=BERLIN):
    return Schedule(cadence, weekday, month_day, hour, zone)


def test_the_latest_is_of_this_week_once_its_hour_has_come():
    before, after = datetime(2026, 3, 2, 6, 59, tzinfo=UTC), datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
    assert latest(schedule(), now=before).on == date(2026, 2, 23)
    assert latest(schedule(), now=after).on == date(2026, 3, 2)
    assert following(schedule(), now=after).on == date(2026, 3, 9)


def test_the_hour_is_the_workspaces_own_in_summer_and_in_winter():
    assert due_in(schedule(), date(2026, 3, 23)).at == datetime(2026, 3, 23, 7, 0, tzinfo=UTC)
    assert due_in(schedule(), date(2026, 3, 30)).at == datetime(2026, 3, 30, 6, 0, tzinfo=UTC)


def test_an_hour_that_the_clocks_skip_is_taken_just_after_the_gap():
    due = due_in(schedule(weekday=6, hour=2), date(2026, 3, 23))
    assert due.at == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert due.at.astimezone(BERLIN).hour == 3


def test_an_hour_that_the_clocks_repeat_is_taken_once():
    due = due_in(schedule(weekday=6, hour=2), date(2026, 10, 19))
    assert due.at == datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    an_hour_later = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 2:30 once more
    assert latest(schedule(weekday=6, hour=2), now=an_hour_later) == due


@pytest.mark.parametrize(
    ("month", "day", "on"),
    [
        (date(2026, 2, 1), 31, date(2026, 2, 28)),
        (date(2028, 2, 1), 30, date(2028, 2, 29)),
        (date(2026, 4, 1), 31, date(2026, 4, 30)),
        (date(2026, 4, 1), 15, date(2026, 4, 15)),
    ],
)
def test_a_day_that_a_month_lacks_is_its_last(month, day, on):
    assert due_in(schedule(MONTHLY, month_day=day), month).on == on


MOMENTS = st.integers(1_577_836_800, 2_051_222_400).map(lambda second: datetime.fromtimestamp(second, UTC))
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"])


@given(
    now=MOMENTS,
    zone=ZONES,
    cadence=st.sampled_from([WEEKLY, MONTHLY]),
    weekday=st.integers(0, 6),
    month_day=st.integers(1, 31),
    hour=st.integers(0, 23),
)
def test_the_latest_is_past_the_next_is_to_come_and_none_lies_between(now, zone, cadence, weekday, month_day, hour):
    asked = schedule(cadence, weekday=weekday, month_day=month_day, hour=hour, zone=ZoneInfo(zone))
    last, coming = latest(asked, now=now), following(asked, now=now)
    assert last.at <= now < coming.at
    assert coming.at - last.at <= timedelta(days=62 if cadence == MONTHLY else 8)
    assert last.period_on < coming.period_on
    assert period_of(asked, last.on) == last.period_on
    assert latest(asked, now=coming.at - timedelta(microseconds=1)) == last
    assert latest(asked, now=coming.at) == coming
