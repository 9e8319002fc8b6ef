"""The card of early steps: labelled as association, with its confounding; true on planted people, silent on others."""

import random
import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from tests.analytics.events import climb, send

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def card(workspace, publish, ben, client_for, clock):
    publish(workspace)

    def get(log):
        send(workspace, [one for message in log for one in message if one.occurred_at < clock])
        address = reverse("dashboards:section", args=[workspace.slug, "early-steps"])
        response = client_for(ben).get(address, {"as_of": clock.date().isoformat()}, headers={"HX-Request": "true"})
        return unescape(re.sub(r"\s+", " ", response.content.decode()))

    return get


def people(clock, seed, *, effect):
    """A hundred and sixty of whom half invite on the first day; those are `effect` times as fast from day 3 on."""
    rng = random.Random(seed)
    for number in range(160):
        early = number % 2 == 0
        after = 3 * DAY + rng.expovariate((effect if early else 1) / 8) * DAY
        steps = {"report": after, **({"invite": rng.uniform(1, 20) * HOUR} if early else {})}
        yield climb(f"p{number}", clock - rng.uniform(20, 80) * DAY, **steps)


def test_who_did_a_step_early_and_got_there_sooner_is_told_as_an_association(card, clock):
    text = card(people(clock, 2, effect=5))
    assert "Whoever did “Invite a teammate” in the first 3 days reaches first value sooner" in text
    assert "An association, not a cause." in text
    assert "Whoever is keen, has an easier start or is further along" in text
    assert "160 people" in text


def test_where_it_makes_no_difference_none_is_told(card, clock):
    text = card(people(clock, 3, effect=1))
    assert "Nothing done early clearly goes with reaching first value sooner" in text
    assert "An association, not a cause." in text


def test_that_only_the_latest_were_looked_at_is_told(card, clock, monkeypatch):
    for module in ("analytics.metrics.early_steps", "analytics.dashboards.sections.early_steps"):
        monkeypatch.setattr(f"{module}.MOST_PEOPLE", 100)
    text = card(people(clock, 2, effect=5))
    assert re.search(r"\b\d+ people, of the latest 100 who began", text)


def test_with_too_few_people_nothing_is_told(card, clock):
    text = card(list(people(clock, 4, effect=5))[:30])
    assert "Too few people to see" in text
