"""The cards about use after beginning, from messages through log, engine and projection; and the people behind them."""

import random
import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.dashboards.sections.features import SECTION as FEATURES
from analytics.dashboards.sections.retention import SECTION as RETENTION
from analytics.dashboards.sections.workflows import SECTION as WORKFLOWS
from onboarding.features.learning import learn
from onboarding.usage import declaring, projection
from onboarding.usage.models import KeyEvent
from tests.analytics.conftest import LADDER
from tests.analytics.events import identify, send, track
from workspaces.scope import scope

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
UNLOCKING = LADDER.read_text().replace(
    "{key: connect, name: Connect a source,", "{key: connect, name: Connect a source, unlock: exports,"
)


def story(rng, clock, people=80):
    """People who began over 80 days; all connect at once and get exports; half of them export, and come every week."""
    log = []
    for number in range(people):
        who, start = f"p{number}", clock - rng.uniform(1, 80) * DAY
        log += [track(who, "Signed Up", start), track(who, "Connected", start + HOUR)]
        if number % 2:
            log.append(track(who, "Exported", start + rng.uniform(1, 5) * DAY))
            log += [track(who, "Looked", start + week * 7 * DAY + rng.uniform(0, 6) * DAY) for week in range(1, 13)]
            if number % 4 == 1:
                log.append(track(who, "Exported", start + 8 * DAY))
    return [message for message in log if message.occurred_at < clock]


@pytest.fixture
def used(workspace, publish, clock):
    publish(workspace, UNLOCKING, at=clock - 100 * DAY)
    with scope(workspace):
        learn()
        exported = KeyEvent.objects.create(key="export", name="Export", criterion={"event": "Exported"})
        declaring.declare_use("exports", exported)
    send(workspace, story(random.Random(5), clock))
    projection.advance(workspace.pk)
    return workspace


@pytest.fixture
def card(used, ben, client_for, clock):
    client = client_for(ben)

    def get(section, **query):
        query = {"as_of": clock.date().isoformat(), "period": "90", **query}
        response = client.get(reverse("dashboards:section", args=[used.slug, section.key]), query)
        assert response.status_code == 200
        return re.sub(r"\s+", " ", unescape(response.content.decode()))

    return get


@pytest.fixture
def behind(client_for, ben):
    client = client_for(ben)

    def count(address):
        response = client.get(unescape(address))
        assert response.status_code == 200
        return response.context["page"].paginator.count

    return count


def test_half_of_them_are_still_active_in_week_four(card):
    text = card(RETENTION)
    share = int(re.search(r"(\d+)% are still active in week 4", text)[1])
    assert 40 < share < 60
    assert "the week is not over for everybody" in text


def test_a_cell_opens_the_very_people_that_it_counts(card, behind):
    text = card(RETENTION)
    row = re.search(r'<th scope="row">All</th>.*?</tr>', text)[0]
    cells = re.findall(r'<a href="([^"]+)" title="[^"]+">(\d+)%</a><small><a [^>]+>of (\d+)</a></small>', row)
    assert len(cells) > 8
    for address, share, mature in cells:
        active, away = behind(address), behind(address.replace("use=active", "use=away"))
        assert active + away == int(mature)
        assert round(100 * active / int(mature)) == int(share)


def test_the_feature_is_told_with_who_used_it(card, behind):
    text = card(FEATURES)
    assert re.search(r"\d+% use “Exports” within 14 days", text)
    address, share = re.search(r'<a href="([^"]+use=adopted[^"]+)" title="[^"]+">(\d+)%</a>', text).groups()
    yes, no = behind(address), behind(address.replace("use=adopted", "use=not-adopted"))
    assert round(100 * yes / (yes + no)) == int(share)
    assert 40 < int(share) < 60
    assert "not yet reached" not in text or "%" in text


def test_a_feature_of_which_nobody_said_what_its_use_is_asks_for_it(card, used):
    with scope(used):
        declaring.declare_use("exports", None)
    projection.advance(used.pk)
    text = card(FEATURES)
    assert "Nobody knows yet whether unlocked features are used" in text
    assert f'href="/w/{used.slug}/features/exports/"' in text


def test_workflows_are_told_with_who_did_them_again(card, behind):
    text = card(WORKFLOWS)
    assert re.search(r"Half are active on \d+ days? or fewer of their first 14", text)
    address, share = re.search(r'<a href="([^"]+use=again[^"]+)" title="[^"]+">(\d+)%</a>', text).groups()
    again, once = behind(address), behind(address.replace("use=again", "use=once"))
    assert round(100 * again / (again + once)) == int(share)
    assert 35 < int(share) < 65


def test_without_a_key_workflow_the_card_says_where_to_declare_one(workspace, publish, client_for, ben, clock):
    publish(workspace, at=clock - 100 * DAY)
    send(workspace, story(random.Random(5), clock))
    projection.advance(workspace.pk)
    address = reverse("dashboards:section", args=[workspace.slug, "workflows"])
    text = client_for(ben).get(address, {"as_of": clock.date().isoformat()}).content.decode()
    assert reverse("usage:index", args=[workspace.slug]) in text


def test_fewer_than_five_people_are_withheld_on_every_card(workspace, publish, client_for, ben, clock):
    publish(workspace, UNLOCKING, at=clock - 100 * DAY)
    with scope(workspace):
        learn()
        exported = KeyEvent.objects.create(key="export", name="Export", criterion={"event": "Exported"})
        declaring.declare_use("exports", exported)
    send(workspace, story(random.Random(5), clock, people=4))
    projection.advance(workspace.pk)
    client = client_for(ben)
    for section in (RETENTION, FEATURES, WORKFLOWS):
        address = reverse("dashboards:section", args=[workspace.slug, section.key])
        text = client.get(address, {"as_of": clock.date().isoformat()}).content.decode()
        figures = re.findall(r"\d+%", re.sub(r'(?s)<svg.*?</svg>|href="[^"]*"|95%', "", text))
        assert figures == [], section.key


def test_people_of_a_segment_are_told_side_by_side(workspace, publish, client_for, ben, clock):
    publish(workspace, at=clock - 100 * DAY)
    log = story(random.Random(5), clock)
    starts = {m.sender: m.occurred_at for m in log if m.event == "Signed Up"}
    log += [identify(sender[2:], at, plan="pro" if int(sender[3:]) % 2 else "free") for sender, at in starts.items()]
    send(workspace, log)
    projection.advance(workspace.pk)
    address = reverse("dashboards:section", args=[workspace.slug, "retention"])
    query = {"as_of": clock.date().isoformat(), "split": "trait:plan"}
    text = re.sub(r"\s+", " ", client_for(ben).get(address, query).content.decode())
    found = dict(re.findall(r"<dt>(\w+)</dt><dd><a [^>]+>(\d+)%", text))
    assert int(found["pro"]) > 70
    assert int(found["free"]) < 20
    assert "An association, not a cause" in text


def test_people_that_make_no_sense_get_a_sentence(used, ben, client_for):
    client = client_for(ben)
    for query in (
        {"use": "moon"},
        {"use": "active"},
        {"use": "active", "week": "0"},
        {"use": "active", "week": "٣"},
        {"use": "active", "week": "9" * 20},
        {"use": "adopted", "about": "moon"},
        {"use": "again", "about": "moon"},
        {"use": "again", "about": "export", "window": "8"},
        {"use": "active", "week": "1", "as_of": "2199-01-01"},
    ):
        response = client.get(reverse("dashboards:use_people", args=[used.slug]), query)
        assert response.status_code == 400, query


def test_another_workspaces_people_are_in_no_figure(used, other_workspace, publish, client_for, cyd, clock):
    publish(other_workspace, UNLOCKING, at=clock - 100 * DAY)
    send(other_workspace, story(random.Random(6), clock, people=20))
    projection.advance(other_workspace.pk)
    response = client_for(cyd).get(
        reverse("dashboards:use_people", args=[other_workspace.slug]),
        {"use": "active", "week": "1", "as_of": clock.date().isoformat()},
    )
    assert response.context["page"].paginator.count <= 20


def test_each_card_asks_few_questions(card):
    for section in (RETENTION, FEATURES, WORKFLOWS):
        with CaptureQueriesContext(connection) as queries:
            card(section)
        assert len([q for q in queries if "usage_usagecell" in q["sql"]]) <= 6
