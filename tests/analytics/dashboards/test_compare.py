"""Two groups side by side: the same people as everywhere, a claim only where it is hardly chance, misuse in words."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from tests.analytics.conftest import LADDER
from tests.analytics.events import climb, send

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def page(workspace, ben, client_for, clock):
    client = client_for(ben)

    def get(status=200, **query):
        query = {"as_of": clock.date().isoformat(), **query}
        response = client.get(reverse("dashboards:compare", args=[workspace.slug]), query)
        assert response.status_code == status
        response.text = unescape(re.sub(r"\s+", " ", response.content.decode()))
        return response

    return get


def headline(response):
    return re.search(r"<h1>(.*?)</h1>", response.text)[1]


def day(clock, days):
    return (clock - days * DAY).date().isoformat()


@pytest.fixture
def planted(workspace, publish, versions, count, crowd, clock):
    """Pro is faster than free; of pro, the admins are; who began lately is as fast as who began before."""
    publish(workspace, at=clock - 200 * DAY)
    version = versions(workspace)[0]
    most = {"passing": (0.95, 0.9, 0.95), "days": 150}
    fast, slow = {"plan": "pro", "role": "admin"}, {"plan": "pro", "role": "user"}
    workspace.segments = ["plan", "role"]
    workspace.save()
    count(workspace, crowd(version, 250, seed=1, mean_days=2, segment=fast, **most))
    count(workspace, crowd(version, 250, seed=2, mean_days=8, segment=slow, **most))
    count(workspace, crowd(version, 250, seed=3, mean_days=16, segment={"plan": "free"}, **most))
    return workspace


def test_without_sides_the_period_is_compared_with_the_days_before(planted, page, clock):
    response = page(period="30")
    first, second = response.context["versus"].sides
    assert (first.days.length, second.days.length) == (30, 30)
    assert second.days.last == first.days.first - DAY
    assert headline(response) == "No clear difference between A and B"


def test_two_segments_that_differ_are_told_apart(planted, page):
    response = page(a_in="plan:pro", b_in="plan:free", period="90")
    assert headline(response) == "A reaches first value faster"
    assert re.search(r"[\d.]+ points more of A are activated", response.text)
    assert "Newcombe" in response.text
    assert "log-rank p < 0.001" in response.text
    assert headline(page(b_in="plan:pro", a_in="plan:free")) == "B reaches first value faster"


def test_two_traits_can_be_crossed(planted, page):
    response = page(
        a_in=["plan:pro", "role:admin"], b_in=["plan:pro", "role:user"], a_from="2025-10-01", b_from="2025-10-01"
    )
    assert [pace.people for pace in response.context["versus"].paces] == [250, 250]
    assert headline(response) == "A reaches first value faster"


def test_versions_can_be_compared(workspace, publish, versions, count, crowd, page, clock):
    publish(workspace, at=clock - 100 * DAY)
    publish(workspace, LADDER.read_text().replace("Data first.", "Data before all."), at=clock - 40 * DAY)
    first, second = versions(workspace)
    most = {"passing": (0.95, 0.9, 0.95)}
    count(workspace, crowd(first, 200, seed=1, until=clock - 40 * DAY, days=40, mean_days=9, **most))
    count(workspace, crowd(second, 200, seed=2, days=40, mean_days=2, **most))
    response = page()
    link = dict(response.context["ready"])["After and before version 2"]
    response = page(**dict(pair.split("=") for pair in link[1:].split("&")))
    assert [pace.people for pace in response.context["versus"].paces] == [200, 200]
    assert headline(response) == "A reaches first value faster"


def test_where_nothing_differs_nothing_is_claimed(workspace, publish, versions, count, crowd, page):
    publish(workspace)
    version = versions(workspace)[0]
    count(workspace, crowd(version, 200, seed=31, segment={"plan": "pro"}))
    count(workspace, crowd(version, 200, seed=32, segment={"plan": "free"}))
    response = page(a_in="plan:pro", b_in="plan:free")
    assert headline(response) == "No clear difference between A and B"
    assert "No clear difference in activation" in response.text


def test_groups_that_share_people_are_not_tested(planted, page, clock):
    response = page(a_from=day(clock, 60), a_to=day(clock, 20), b_from=day(clock, 40), b_to=day(clock, 0))
    shared = response.context["versus"].shared
    assert shared > 20
    assert f"{shared} people are in both A and B" in response.text
    assert "log-rank" not in response.text
    assert "A minus B" not in response.text
    # A part of a whole shares all of its people with it, whichever traits are named.
    response = page(a_in="plan:pro", b_from=day(clock, 89))
    assert response.context["versus"].shared == response.context["versus"].paces[0].people


def test_an_empty_side_and_a_small_one_show_no_shares(planted, page, versions, count, crowd):
    response = page(a_in="plan:team", b_in="plan:free")
    assert headline(response) == "Nobody to compare"
    assert "Nobody in A began" in response.text
    assert "Kaplan" not in response.text
    count(planted, crowd(versions(planted)[0], 4, segment={"plan": "team"}))
    response = page(a_in="plan:team", b_in="plan:free")
    assert headline(response) == "Too few people to compare"
    assert "Kaplan" not in response.text
    count(planted, crowd(versions(planted)[0], 20, seed=5, mean_days=1, passing=(1, 1, 1), segment={"plan": "team"}))
    response = page(a_in="plan:team", b_in="plan:free")
    assert headline(response) == "No clear difference between A and B"
    assert "A has only 24 people" in response.text


@pytest.mark.parametrize(
    "query, answer",
    [
        ({"a_from": "2199-01-01"}, "A: Who begins on 2199-01-01 is not known as of 2026-03-02"),
        ({"b_from": "2026-02-01", "b_to": "2026-01-01"}, "B: The days would end (2026-01-01) before they begin"),
        ({"a_from": "yesterday"}, "A: Days from and to are written like 2026-03-31"),
        ({"a_in": "colour:red"}, "A: “colour:red” is no value of a segment. Segments are: plan"),
        ({"a_in": ["plan:pro", "plan:free"]}, "A: nobody has two values of plan at once"),
        ({"a_version": "7"}, "A: “Administrators” has no version “7”"),
        ({"a_in": "plan:pro", "b_in": "plan:pro"}, "A and B are the same people"),
        ({"as_of": "2199-01-01"}, "still to come"),
    ],
)
def test_a_comparison_without_sense_gets_a_sentence(workspace, publish, page, query, answer):
    publish(workspace)
    assert answer in page(status=400, **query).text


def test_each_side_opens_its_people(workspace, publish, page, client_for, ben, clock):
    workspace.segments = ["plan"]
    publish(workspace)
    log = []
    for number in range(24):
        plan = ("pro", "free")[number % 2]
        log += climb(f"p{number}", clock - (number + 3) * DAY, plan=plan, connect=HOUR, report=2 * HOUR)
    send(workspace, log)
    response = page(a_in="plan:pro", b_in="plan:free", b_from=day(clock, 14))
    links = re.findall(r'<th scope="row"><a href="([^"]+)">[AB]</a>', response.text)
    browser = client_for(ben)
    listed = [browser.get(link).context["page"].paginator.count for link in links]
    assert listed == [pace.people for pace in response.context["versus"].paces] == [12, 6]


def test_people_with_two_crossed_values_are_listed(planted, client_for, ben, clock):
    address = reverse("dashboards:people", args=[planted.slug])
    query = {"as_of": clock.date().isoformat(), "trait": "plan", "value": "pro", "trait2": "role", "value2": "admin"}
    response = client_for(ben).get(address, query)
    assert "with plan “pro” and role “admin”" in unescape(response.content.decode())
    assert client_for(ben).get(address, query | {"trait2": "colour"}).status_code == 400
