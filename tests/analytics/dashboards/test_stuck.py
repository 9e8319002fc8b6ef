"""Who is stuck: longer before a step than nine of ten took who passed it, and nobody else."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from onboarding.intake.message import Message
from tests.analytics.events import climb, send

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
LIMIT = 38 * HOUR  # of the 43 in `waiting` who connected, the 39th took so long


@pytest.fixture
def get(workspace, ben, client_for, clock):
    client = client_for(ben)

    def got(status=200, **query):
        query = {"as_of": clock.date().isoformat(), **query}
        response = client.get(reverse("dashboards:stuck", args=[workspace.slug]), query)
        assert response.status_code == status
        return response

    return got


def listed(response):
    return {one.called: one.rung.key for one in response.context["page"].object_list}


def passers(clock, *, many=40, wait=HOUR):
    """People who connected after 1…n times `wait`, and did the rest at once."""
    return [
        message
        for number in range(1, many + 1)
        for message in climb(
            f"q{number:02}",
            clock - 60 * DAY,
            connect=number * wait,
            invite=number * wait + MINUTE,
            report=number * wait + 2 * MINUTE,
        )
    ]


@pytest.fixture
def waiting(workspace, publish, clock):
    """Forty who passed, each an hour later than the one before; and people who wait at several places."""
    publish(workspace)
    end = clock.replace(hour=0) + DAY  # the end of the day that the page is asked as of
    log = passers(clock)
    log += climb("patient", end - LIMIT)  # exactly what nine of ten did not exceed
    log += climb("late", end - LIMIT - MINUTE)
    log += climb("connected", end - 30 * DAY, connect=HOUR)
    log += climb("fresh", end - 30 * DAY, connect=30 * DAY - MINUTE)
    log += climb("inverted", end - 30 * DAY, invite=HOUR)  # waits before connecting, once
    log += climb("nearly", end - 30 * DAY, connect=2 * DAY, invite=1 * DAY, report=40 * DAY)
    send(workspace, [one for one in log if one.occurred_at < end])
    return workspace


def test_who_waits_longer_than_nine_of_ten_took_is_stuck_and_nobody_else(waiting, get):
    assert listed(get()) == {"late": "connect", "connected": "invite", "inverted": "connect", "nearly": "report"}


def test_waiting_counts_from_the_last_of_the_steps_before_in_whatever_order(waiting, get, clock):
    people = {one.called: one for one in get().context["page"].object_list}
    end = clock.replace(hour=0) + DAY
    assert people["nearly"].since == end - 28 * DAY
    assert people["late"].since == end - LIMIT - MINUTE
    assert people["late"].usual.limit_s == LIMIT.total_seconds()
    assert people["late"].longer_than == 39 / 43


def test_nobody_is_stuck_where_too_few_have_passed(workspace, publish, get, clock):
    publish(workspace)
    send(workspace, passers(clock, many=29) + climb("alone", clock - 50 * DAY))
    response = get()
    assert listed(response) == {}
    assert "Too early to say" in response.content.decode()


def test_a_step_done_out_of_order_or_by_hand_does_not_tell_what_is_usual(workspace, publish, get, clock):
    publish(workspace)
    early = [
        message
        for number in range(40)
        for message in climb(f"e{number}", clock - 60 * DAY, invite=HOUR, connect=2 * HOUR)
    ]
    send(workspace, early)
    usual = {step.rung.key: step.usual.passed for step in get().context["steps"]}
    assert usual == {"connect": 40, "invite": 0, "report": 0}


def test_the_past_is_told_as_it_was(waiting, get, clock):
    then = (clock - 27 * DAY).date().isoformat()
    assert "late" not in listed(get(as_of=then))
    assert listed(get(as_of=then))["connected"] == "invite"


def test_the_list_can_be_narrowed(waiting, get):
    assert set(listed(get(rung="connect"))) == {"late", "inverted"}
    assert "connected" not in listed(get(seen="7"))
    assert "late" in listed(get(seen="7"))
    assert listed(get(trait="plan", value="pro")) == {}
    assert set(listed(get(trait="plan", value="not set"))) == set(listed(get()))


@pytest.mark.parametrize(
    "query, answer",
    [
        ({"rung": "moon"}, "“moon” is not a step of the funnel"),
        ({"seen": "8"}, "in the last 7 or 30 days"),
        ({"trait": "colour"}, "“colour” is no segment here"),
    ],
)
def test_a_list_that_makes_no_sense_gets_a_sentence(waiting, get, query, answer):
    assert answer in get(status=400, **query).content.decode()


def test_another_workspaces_people_are_neither_listed_nor_compared_with(waiting, other_workspace, publish, get, clock):
    publish(other_workspace)
    before = {step.rung.key: step.usual.passed for step in get().context["steps"]}
    send(other_workspace, passers(clock) + climb("zoe", clock - 50 * DAY))
    assert "zoe" not in listed(get())
    assert {step.rung.key: step.usual.passed for step in get().context["steps"]} == before


def test_the_card_shows_a_handful_with_their_account_and_links_to_their_journeys(waiting, client_for, ben, clock):
    start = clock - 30 * DAY
    joined = Message(type="group", sender="u:late", client_at=start, occurred_at=start)
    joined.group_id, joined.message_id = "initech", "late-group"
    joined.traits = {"name": "Initech"}
    send(waiting, [joined])
    address = reverse("dashboards:section", args=[waiting.slug, "stuck"])
    text = client_for(ben).get(address, {"as_of": clock.date().isoformat()}).content.decode()
    text = unescape(re.sub(r"\s+", " ", text))
    assert "4 people are stuck</h2>" in text  # two of them before one step are not most of them
    assert "nine of ten passed within 1.6 days" in text
    assert re.search(r'people/\d+/">late</a> <span class="muted">Initech</span>', text)


def test_where_many_are_stuck_the_list_ends_and_says_that_there_are_more(workspace, publish, get, clock, monkeypatch):
    monkeypatch.setattr("analytics.dashboards.views_stuck.MOST_LISTED", 5)
    publish(workspace)
    start = clock - 30 * DAY
    log = passers(clock) + [one for number in range(12) for one in climb(f"s{number:02}", start + number * MINUTE)]
    send(workspace, log)
    response = get()
    # The latest to get stuck; who was cut off got stuck before them.
    assert set(listed(response)) == {f"s{number:02}" for number in range(7, 12)}
    assert "at most 5 people are listed, of the 50 who came to it last" in response.content.decode()


def test_a_walk_in_stretches_misses_nobody(workspace, publish, get, clock, monkeypatch):
    """Twenty who came at one moment, as imports do, among more who passed than a stretch holds."""
    monkeypatch.setattr("analytics.metrics.stuck.STRETCHES", 50)
    monkeypatch.setattr("analytics.dashboards.views_stuck.MOST_LISTED", 30)
    publish(workspace)
    log = passers(clock) + [one for number in range(20) for one in climb(f"s{number:02}", clock - 60 * DAY)]
    send(workspace, log)
    assert set(listed(get())) == {f"s{number:02}" for number in range(20)}
