"""What templates share: icons, and numbers and times in words."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.template import Context, Template, TemplateSyntaxError
from django.utils import timezone

from workspaces.tenants.templatetags import ui

pytestmark = pytest.mark.pure

NOW = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)


@pytest.fixture
def at_noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def test_an_icon_is_drawn_inline_and_hidden_from_screen_readers():
    drawn = Template('{% load ui %}{% icon "check" "large" %}').render(Context())
    assert drawn.startswith('<svg class="icon large"')
    assert 'aria-hidden="true"' in drawn
    assert "<path d=" in drawn


@pytest.mark.parametrize("name", ["no-such-icon", "../../../etc/passwd", "Check"])
def test_an_icon_that_is_not_there_is_an_error(name):
    with pytest.raises(TemplateSyntaxError):
        ui.icon(name)


@pytest.mark.parametrize(
    "span, words",
    [
        (timedelta(days=7), "7 days"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=36), "1.5 days"),
        (timedelta(days=12.4), "12 days"),
        (timedelta(hours=3, minutes=30), "3.5 hours"),
        (timedelta(minutes=59, seconds=59), "1 hour"),
        (timedelta(seconds=45), "45 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(0), "0 seconds"),
        (None, ""),
    ],
)
def test_a_period_is_told_in_its_largest_fitting_unit(span, words):
    assert ui.duration(span) == words


@pytest.mark.parametrize(
    "distance, words",
    [
        (timedelta(seconds=-10), "just now"),
        (timedelta(seconds=-50), "1 minute ago"),
        (timedelta(minutes=-4, seconds=-20), "4 minutes ago"),
        (timedelta(minutes=-59, seconds=-50), "1 hour ago"),
        (timedelta(hours=-26), "1 day ago"),
        (timedelta(days=3, hours=1), "in 3 days"),
    ],
)
def test_a_moment_is_told_as_seen_from_now(at_noon, distance, words):
    assert ui.ago(NOW + distance) == words


def test_days_are_counted_by_midnight_where_the_reader_is(at_noon):
    later = NOW + timedelta(hours=1)
    with timezone.override(UTC):
        assert ui.day_words(later) == "tomorrow"
    with timezone.override(ZoneInfo("Europe/Berlin")):  # there it is past midnight already
        assert ui.day_words(later) == "today"
        assert ui.day_words(NOW - timedelta(hours=1)) == "yesterday"
        assert ui.day_words(NOW + timedelta(days=3)) == "in 3 days"
        assert ui.day_words(NOW - timedelta(days=4)) == "4 days ago"


@pytest.mark.parametrize(
    "minutes, words", [(1, "1 minute"), (59, "59 minutes"), (80, "1 hour"), (100, "2 hours"), (None, "")]
)
def test_minutes_are_told_in_hours_when_they_are_many(minutes, words):
    assert ui.minutes_words(minutes) == words


def test_a_share_is_told_in_percent_and_an_unknown_one_as_a_dash():
    assert ui.percent(0.412) == "41.2%"
    assert ui.percent(0.412, 0) == "41%"
    assert ui.percent(None) == "–"


def test_a_query_is_changed_in_one_place_and_kept_in_the_others():
    context = Context({"request": SimpleNamespace(GET=QueryDict("q=a&page=2&x=1&x=2"))})
    assert ui.query_with(context, page=3) == "?q=a&page=3&x=1&x=2"
    assert ui.query_with(context, q="") == "?page=2&x=1&x=2"


def test_an_audit_action_is_told_in_words():
    assert ui.action_words("ladder.published") == "Ladder published"


@pytest.mark.parametrize(
    "value, told",
    [
        ("scale", "scale"),
        (12345, "12345"),
        (1.5, "1.5"),
        (True, "true"),
        (None, "none"),
        (["a", 2], "a, 2"),
        ([], "none"),
        ({"plan": "team", "seats": [1, None]}, "plan: team, seats: 1, none"),
    ],
)
def test_data_of_any_shape_is_told_as_it_is(value, told):
    assert Template("{% load ui %}{{ value|plainly }}").render(Context({"value": value})) == told
