"""Periods as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given

from milestones.library.periods import NotAPeriod, parse_period, period_text

from .strategies import periods

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("30 minutes", timedelta(minutes=30)),
        ("1 minute", timedelta(minutes=1)),
        ("36 hours", timedelta(hours=36)),
        ("14 days", timedelta(days=14)),
        ("14days", timedelta(days=14)),
        (" 2 Weeks ", timedelta(days=14)),
    ],
)
def test_a_period_is_a_number_and_a_unit(text, period):
    assert parse_period(text) == period


@pytest.mark.parametrize(
    "text",
    ["14 dayz", "14", "days", "1.5 days", "-1 days", "1 day 2 hours", "", "١٤ days", 14, None, [], True],
)
def test_anything_else_is_refused_with_an_example(text):
    with pytest.raises(NotAPeriod, match="is not a period; write for example '14 days'"):
        parse_period(text)


def test_no_time_at_all_is_refused():
    with pytest.raises(NotAPeriod, match="no time at all"):
        parse_period("0 days")


def test_ten_years_are_the_longest():
    assert parse_period("3650 days") == timedelta(days=3650)
    with pytest.raises(NotAPeriod, match="too long; at most 3650 days"):
        parse_period("3651 days")
    with pytest.raises(NotAPeriod, match="too long"):
        parse_period("999999999 weeks")


@pytest.mark.parametrize(
    ("period", "text"),
    [
        (timedelta(days=14), "14 days"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(minutes=90), "90 minutes"),
    ],
)
def test_a_period_has_one_spelling(period, text):
    assert period_text(period) == text


@given(periods)
def test_the_spelling_is_read_back_as_the_same_period(period):
    assert parse_period(period_text(period)) == period


@pytest.mark.parametrize("period", [timedelta(0), timedelta(seconds=90), timedelta(microseconds=1)])
def test_what_is_not_whole_minutes_cannot_be_spelled(period):
    with pytest.raises(NotAPeriod):
        period_text(period)
