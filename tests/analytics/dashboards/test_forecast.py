"""The card of what is expected of the newest people."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

DAY = timedelta(days=1)


@pytest.fixture
def card(workspace, client_for, ben, clock):
    def get(of=workspace, **query):
        address = reverse("dashboards:section", args=[of.slug, "forecast"])
        asked = {"as_of": clock.date().isoformat(), **query}
        response = client_for(ben).get(address, asked, headers={"HX-Request": "true"})
        assert response.status_code == 200
        return re.sub(r"\s+", " ", unescape(response.content.decode()))

    return get


def test_the_card_tells_the_share_expected_and_how_earlier_forecasts_did(
    workspace, publish, versions, count, crowd, card, clock
):
    publish(workspace, at=clock)
    count(workspace, crowd(versions(workspace)[0], 900, days=160, mean_days=8, passing=(1, 1, 0.8)))
    text = card()
    told = re.search(r"About (\d+)% of the newest people will have reached first value by day 14", text)
    assert 50 <= int(told[1]) <= 80  # of 80% who ever come, by day 14 about nine in ten
    of, held = re.search(r"Of (\d+) earlier forecasts of weeks, (\d+) held", text).groups()
    assert int(of) >= 14
    assert int(held) / int(of) > 0.7
    assert "How earlier forecasts did" in text
    assert re.search(r"/adoption/people/\?ladder=admin[^\"]*state=began&from=2026-0\d-\d\d&to=2026-0\d-\d\d", text)
    assert "#forecast" in text


def test_the_forecasts_of_the_past_need_no_query_of_their_own(workspace, publish, versions, count, crowd, card, clock):
    publish(workspace, at=clock)
    card()
    with CaptureQueriesContext(connection) as before:
        card()
    count(workspace, crowd(versions(workspace)[0], 300, days=160))
    with CaptureQueriesContext(connection) as after:
        assert "earlier forecasts" in card()
    assert len(after) <= len(before) + 1


def test_a_young_workspace_reads_why_there_is_no_number(workspace, publish, versions, count, crowd, card, clock):
    publish(workspace, at=clock)
    count(workspace, crowd(versions(workspace)[0], 40, days=6))
    text = card()
    assert "Too early for a forecast" in text
    assert "There is no number: nobody before them has been followed for that long." in text
    assert "No earlier forecast has come due" in text
    assert "0%" not in text


def test_where_nobody_is_new_the_card_says_so(workspace, publish, versions, count, crowd, card, clock):
    publish(workspace, at=clock)
    count(workspace, crowd(versions(workspace)[0], 40, days=6, until=clock - 60 * DAY))
    assert "Nobody new to forecast for" in card()


def test_days_in_the_past_are_not_said_to_be_those_of_the_newest_people(
    workspace, publish, versions, count, crowd, client_for, ben, clock
):
    publish(workspace, at=clock)
    count(workspace, crowd(versions(workspace)[0], 300, days=160))
    asked = {"as_of": clock.date().isoformat(), "from": "2025-10-01", "to": "2025-12-29"}
    page = client_for(ben).get(reverse("dashboards:section", args=[workspace.slug, "forecast"]), asked)
    text = re.sub(r"\s+", " ", unescape(page.content.decode()))
    assert "“Administrators”, the newest people as of 2 Mar 2026" in text
    assert "people who began 1 Oct 2025" not in text
    assert "people who began since 16 Feb 2026" in text
    assert "Kaplan–Meier curve of who began in the 90 days up to 2 Mar 2026" in text


def test_a_few_people_are_withheld(workspace, publish, versions, count, crowd, card, clock):
    publish(workspace, at=clock)
    version = versions(workspace)[0]
    count(workspace, crowd(version, 200, days=60, until=clock - 40 * DAY) + crowd(version, 3, days=1))
    text = card()
    assert "There is no number: fewer than five people are new" in text
    assert "withheld" in text


def test_another_workspaces_people_are_not_counted(
    workspace, other_workspace, publish, versions, count, crowd, card, clock
):
    for one in (workspace, other_workspace):
        publish(one, at=clock)
    count(other_workspace, crowd(versions(other_workspace)[0], 300, days=160))
    assert "Nobody new to forecast for" in card(workspace)
