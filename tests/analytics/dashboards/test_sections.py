"""Cards that the adoption page fetches after itself."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from analytics.dashboards import asked as asking
from analytics.dashboards.sections.ordered import sections
from analytics.dashboards.sections.rendered import all_inline
from analytics.metrics.registry import METRICS
from tests.analytics.events import climb, send
from workspaces.scope import scope

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def climbed(workspace, publish, clock):
    publish(workspace)
    send(
        workspace,
        [
            message
            for number in range(40)
            for message in climb(f"p{number}", clock - (20 + number) * DAY, connect=HOUR, report=3 * HOUR)
        ],
    )
    return workspace


@pytest.fixture
def get(climbed, ben, client_for, clock):
    client = client_for(ben)

    def got(name="dashboards:adoption", *args, htmx=False, **query):
        headers = {"HX-Request": "true"} if htmx else {}
        address = reverse(name, args=[climbed.slug, *args])
        return client.get(address, {"as_of": clock.date().isoformat(), **query}, headers=headers)

    return got


def keys():
    return [section.key for section in sections()]


def test_the_page_has_a_place_for_each_card_and_a_link_where_nothing_can_be_fetched(get):
    text = unescape(get(split="trait:plan", window="7").content.decode())
    places = re.findall(r'data-section hx-get="([^"]+)"', text)
    assert [re.search(r"/sections/([\w-]+)/", place)[1] for place in places] == ["still-active", *keys()]
    for place in places:
        assert "ladder=admin" in place
        assert "window=7" in place
        assert "as_of=2026-03-02" in place
        assert f'<a href="{place}"' in text


@pytest.mark.parametrize("key", keys())
def test_a_card_is_a_fragment_for_the_page_and_a_page_for_everybody_else(get, key):
    fragment = get("dashboards:section", key, htmx=True)
    assert fragment.status_code == 200
    assert "<html" not in fragment.content.decode()
    whole = get("dashboards:section", key)
    assert whole.content.decode().count("<h1") == 1
    assert "HX-Request" in whole["Vary"]
    if fragment.content:
        assert f'id="section-{key}"' in fragment.content.decode()
        assert f'id="section-{key}"' in whole.content.decode()


@pytest.mark.parametrize("key", keys())
def test_a_card_of_a_question_without_sense_gets_a_sentence(get, key):
    for wrong in ({"as_of": "2199-01-01"}, {"window": "no"}, {"ladder": "moon"}, {"split": "trait:moon"}):
        assert get("dashboards:section", key, **wrong).status_code == 400


@pytest.mark.parametrize("key", keys())
def test_a_card_before_anybody_began_is_no_error(workspace, publish, client_for, ben, key):
    browser = client_for(ben)
    address = reverse("dashboards:section", args=[workspace.slug, key])
    assert browser.get(address).status_code == 200  # nothing is published
    publish(workspace)
    assert browser.get(address).status_code == 200


def test_an_unknown_card_does_not_exist(get):
    assert get("dashboards:section", "moon").status_code == 404


def test_a_report_takes_every_card_without_a_request(climbed, clock):
    query = RequestFactory().get("/", {"as_of": clock.date().isoformat()}).GET
    with scope(climbed):
        asked = asking.read(climbed, query, now=timezone.now())
        cards = all_inline(asked, climbed)
    assert {card.section.key for card in cards} <= set(keys())
    assert "stuck" in {card.section.key for card in cards}
    assert all(f'id="section-{card.section.key}"' in card.html for card in cards)


def test_every_card_names_metrics_that_have_a_definition():
    for section in sections():
        assert section.metrics
        assert set(section.metrics) <= METRICS.keys()


def test_a_card_says_what_it_rests_on_and_by_which_definition(get):
    def text_of(card):
        answer = get("dashboards:section", card, htmx=True, window="7")
        return re.sub(r"\s+", " ", unescape(answer.content.decode()))

    assert "<dt>Window</dt><dd>7 days</dd>" in text_of("early-steps")
    text = text_of("stuck")  # who waits longer than usual, whatever the window
    assert "<dt>Window</dt>" not in text
    assert "How this is told" in text
    assert "<dt>As of</dt><dd>3 Mar 2026, 00:00 (UTC)</dd>" in text
    assert re.search(r'/adoption/definitions/#stuck">Stuck people, version 1</a>', text)
