"""The pictures: fetched by their hash, drawn without a cache too, and never the reason for a broken page."""

import json
import re
import time
from datetime import timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from analytics.dashboards.charts import cohorts as cohort_chart
from analytics.dashboards.charts import curve, draw, funnel
from analytics.dashboards.charts.look import NARROW, SIZES, WIDE
from analytics.dashboards.intervals import By, plot
from analytics.dashboards.sparks import spark
from analytics.metrics import subject as goals
from analytics.metrics.as_of import AsOf
from analytics.metrics.cohorts import Grain, cohorts
from analytics.metrics.funnel import Mode, drop_off
from analytics.metrics.funnel import funnel as funnel_of
from analytics.metrics.pace import pace
from tests.analytics.climbs import NOW, UTC_ZONE, counts_of, random_journeys, subject

AS_OF = AsOf.now(NOW, zone=UTC_ZONE)
GOAL = goals.first_value(subject())


@pytest.fixture
def adoption(workspace, ben, client_for, publish, versions, count, crowd, clock):
    """A populated page, as ben gets it."""
    publish(workspace)
    count(workspace, crowd(versions(workspace)[0], 120))
    client = client_for(ben)

    def get():
        return client.get(
            reverse("dashboards:adoption", args=[workspace.slug]), {"as_of": clock.date().isoformat()}
        ).content.decode()

    return get


@pytest.fixture(autouse=True)
def _nothing_is_drawn_yet(monkeypatch):
    """Pictures are kept under their content; an earlier run of the tests may have made the same."""
    monkeypatch.setattr(draw, "DRAWING", time.time_ns())


def addresses(text):
    return re.findall(r'data-chart="([^"]+)"', text)


def line(label, seed, people=80):
    counts = counts_of(random_journeys(seed, people=people))
    return pace(label, counts.towards(GOAL), AS_OF, window_days=14)


def specs(size):
    counts = counts_of(random_journeys(3, people=200))
    steps = funnel_of(counts, subject(), AS_OF, window_days=14, mode=Mode.ORDERED)
    weeks = cohorts(counts.towards(GOAL), AS_OF, grain=Grain.WEEK, after_days=(7, 14, 21))
    return {
        "curve": curve.spec([line("", 1)], size),
        "curves": curve.spec([line("a", 1), line("b", 2), line("c", 3), line("d", 4)], size),
        "funnel": funnel.spec(steps, drop_off(steps), size),
        "cohorts": cohort_chart.spec(weeks, Grain.WEEK, size),
    }


def test_a_page_asks_for_its_charts_and_has_them_the_next_time(adoption, ben, client_for):
    wanted = addresses(adoption())
    assert len(wanted) == 6  # three charts, each for wide and narrow screens
    for address in wanted:
        response = client_for(ben).get(address)
        assert response["Content-Type"] == "image/svg+xml"
        assert "immutable" in response["Cache-Control"]
        assert response.content.startswith(b"<svg")
    again = adoption()
    assert addresses(again) == []
    assert again.count('<div class="chart ') == 6


def test_a_chart_of_another_workspace_or_of_nobody_does_not_exist(
    adoption, workspace, other_workspace, cyd, ben, client_for
):
    address = addresses(adoption())[0]
    elsewhere = address.replace(workspace.slug, other_workspace.slug)
    assert client_for(cyd).get(elsewhere).status_code == 404
    assert client_for(cyd).get(address).status_code == 404
    unknown = reverse("dashboards:chart", args=[workspace.slug, "0" * 40])
    assert client_for(ben).get(unknown).status_code == 404


def test_without_a_cache_the_charts_are_drawn_at_once(adoption, monkeypatch):
    def unreachable(*args, **kwargs):
        raise ConnectionError("Redis is down")

    monkeypatch.setattr(draw.cache, "get", unreachable)
    text = adoption()
    assert addresses(text) == []
    assert text.count('<div class="chart ') == 6
    assert "<path" in text


def test_when_nothing_can_be_drawn_the_numbers_are_still_there(adoption, monkeypatch, ben, client_for):
    def broken(*args, **kwargs):
        raise ValueError("no drawing today")

    monkeypatch.setattr(draw.vl_convert, "vegalite_to_svg", broken)
    text = adoption()
    assert "See the numbers" in text
    assert client_for(ben).get(addresses(text)[0]).status_code == 404


@pytest.mark.pure
@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.name)
def test_a_drawing_has_no_inner_voice_no_inline_style_and_the_width_it_was_made_for(size):
    for name, spec in specs(size).items():
        svg = ElementTree.fromstring(draw.drawn(json.dumps(spec)))
        assert svg.get("aria-hidden") == "true", name
        for element in svg.iter():
            names = set(element.attrib) - ({"aria-hidden"} if element is svg else set())
            assert not [n for n in names if n.startswith(("aria-", "on")) or n in ("role", "style", "class")], name
        width = float(svg.get("viewBox").split()[2])
        assert width == size.width, name


@pytest.mark.pure
def test_only_colours_that_the_style_sheet_can_turn_are_used(settings):
    css = (settings.BASE_DIR / "static/css/firstmile.css").read_text()
    css += (settings.BASE_DIR / "static/css/charts.css").read_text()
    for size in SIZES:
        for name, spec in specs(size).items():
            svg = draw.drawn(json.dumps(spec))
            for attribute, colour in set(re.findall(r'(fill|stroke)="(#[0-9a-f]+|[a-z]+)"', svg)):
                if colour not in ("none", "transparent"):
                    assert f'[{attribute}="{colour}"]' in css, (name, attribute, colour)


@pytest.mark.pure
def test_a_curve_is_drawn_as_far_as_it_can_be_told_and_ends_with_the_follow_up():
    one = line("", 5)
    rows = curve.points(one.curve, 100)
    assert rows[-1].day * 86_400 <= one.curve.followed_until
    assert all(a.share <= b.share for a, b in pairwise(rows))
    assert all(row.low <= row.share <= row.high for row in rows)


@pytest.mark.pure
def test_nobody_makes_no_picture():
    counts = counts_of([])
    nobody = pace("", counts.towards(GOAL), AS_OF, window_days=14)
    steps = funnel_of(counts, subject(), AS_OF, window_days=14, mode=Mode.ORDERED)
    assert curve.spec([nobody], WIDE) is None
    assert funnel.spec(steps, drop_off(steps), WIDE) is None
    assert cohort_chart.spec([], Grain.WEEK, NARROW) is None


@pytest.mark.pure
def test_cohorts_of_fewer_than_five_are_withheld_in_the_picture():
    counts = counts_of(random_journeys(3, people=4, days=3, now=NOW - timedelta(days=20)))
    weeks = cohorts(counts.towards(GOAL), AS_OF, grain=Grain.WEEK, after_days=(7,))
    text = json.dumps(cohort_chart.spec(weeks, Grain.WEEK, WIDE), ensure_ascii=False)
    assert "–" in text
    assert "%" not in text


@pytest.mark.pure
@given(st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_labels_at_the_ends_of_lines_never_overlap_and_stay_in_the_picture(ends):
    places = curve.kept_apart(ends, 1.0)
    ordered = sorted(places)
    assert all(b - a >= 38 / curve.HEIGHT - 1e-9 for a, b in pairwise(ordered))
    assert ordered[0] >= -0.05
    assert ordered[-1] <= 0.98 + 1e-9


@pytest.mark.pure
def test_a_sparkline_leaves_gaps_where_a_week_has_no_number():
    drawn = spark([0.1, 0.2, None, 0.4, 0.3])
    assert [len(points.split()) for points in drawn.lines] == [2, 2]
    assert spark([0.1, None, 0.3]) is None
    assert spark([5.0, 5.0, 5.0]).end[1] == "14.0"


@pytest.mark.pure
def test_interval_plots_place_every_end_inside_the_axis_and_withhold_the_small():
    found = plot([line("a", 1), line("b", 2), line("few", 3, people=4)], by=By.SHARE)
    for row in found.rows[:2]:
        low, at, width = (float(text.removesuffix("%")) for text in (row.low, row.at, row.width))
        assert 0 <= low <= at <= low + width <= 100.01
    assert found.rows[2].at == ""
    values = [value for _, value in found.ticks]
    assert 3 <= len(values) <= 7
    assert 0 <= values[0] < values[-1] <= 1.0
