"""What was completed by hand counts, and is told to be by hand."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.cubes.fold import fold
from analytics.cubes.verify import differences
from milestones.ladders.models import Ladder
from onboarding.people.models import Person
from onboarding.progress import rule
from tests.analytics.events import climb, send
from workspaces.scope import scope

DAY = timedelta(days=1)


@pytest.fixture
def ruled(workspace, other_workspace, publish, ana, clock, monkeypatch):
    """Of 31 who connected 20 days ago, pia invited somebody by ana's word two days later, the others by an event."""
    publish(workspace)
    publish(other_workspace)
    start = clock - 20 * DAY
    said = climb("pia", start, connect=DAY)
    for number in range(30):
        said += climb(f"p{number:02}", start, connect=DAY, invite=2 * DAY)
    send(workspace, said)
    send(other_workspace, climb("zoe", start, connect=DAY))
    with monkeypatch.context() as then, scope(workspace):
        then.setattr(timezone, "now", lambda: start + 2 * DAY)
        pia = Person.objects.get(external_id="pia")
        rule.complete(pia.pk, Ladder.objects.get(), "invite", by=ana, reason="In a call.")
    fold(workspace.pk)
    return workspace


@pytest.fixture
def page(ben, client_for, clock, ruled):
    def get(name, workspace=ruled, **query):
        query = {"as_of": clock.date().isoformat(), "window": "7", **query}
        response = client_for(ben).get(reverse(name, args=[workspace.slug]), query)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))

    return get


def test_the_adoption_page_counts_it_and_says_how_many_are_by_hand(page):
    shown = page("dashboards:adoption")
    assert "1 completion of those who began in this time is by hand" in shown
    assert "Invite a teammate 31 100" in shown


def test_the_people_who_reached_a_step_by_hand_are_marked(page):
    shown = page("dashboards:people", state="reached", rung="invite")
    assert "31 people who began" in shown
    assert shown.count("By hand") == 1
    assert "By hand" not in page("dashboards:people", state="reached", rung="connect")


def test_cubes_and_log_agree_with_rulings_in_them(ruled):
    assert list(differences(ruled)) == []
