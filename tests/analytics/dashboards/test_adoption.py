import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.dashboards.charts import draw
from tests.analytics.conftest import LADDER

DAY = timedelta(days=1)


@pytest.fixture
def opened(ben, client_for, clock):
    """What ben, a viewer, is sent, as of the tests' day."""
    client = client_for(ben)

    def get(**query):
        query = {"as_of": clock.date().isoformat(), **query}
        return client.get(reverse("dashboards:adoption", args=[ben.workspace.slug]), query)

    return get


@pytest.fixture
def page(opened):
    """What ben reads: the text of the page, with its tags."""

    def get(status=200, **query):
        response = opened(**query)
        assert response.status_code == status
        return unescape(re.sub(r"\s+", " ", response.content.decode()))

    return get


def headline(text):
    return re.search(r"<h1[^>]*>(.*?)</h1>", text)[1]


def test_what_is_planted_is_what_the_page_says(workspace, publish, versions, count, crowd, page, clock):
    publish(workspace, at=clock - 100 * DAY)
    publish(workspace, LADDER.read_text().replace("Data first.", "Data before all."), at=clock - 40 * DAY)
    first, second = versions(workspace)
    most = {"passing": (0.95, 0.8, 0.95)}
    people = [
        *crowd(first, 300, seed=1, until=clock - 40 * DAY, days=45, mean_days=9, segment={"plan": "free"}, **most),
        *crowd(first, 300, seed=2, until=clock - 40 * DAY, days=45, mean_days=5, segment={"plan": "pro"}, **most),
        *crowd(second, 300, seed=3, days=40, mean_days=5, segment={"plan": "free"}, **most),
        *crowd(second, 300, seed=4, days=40, mean_days=2, segment={"plan": "pro"}, **most),
    ]
    count(workspace, people)
    text = page()
    assert re.fullmatch(r"People reach first value [\d.]+ days sooner since version 2", headline(text))
    assert "More people stop before <b>Invite a teammate</b> than before any other step." in text
    assert "By plan, <b>pro</b> is quickest" in text
    assert "People who began on version 2 reach first value sooner" in text
    assert "By plan, “pro” reaches first value fastest" in text
    assert "Newer people reach first value faster" in text


def test_where_nothing_is_planted_nothing_is_claimed(workspace, publish, versions, count, crowd, page, clock):
    publish(workspace, at=clock - 300 * DAY)
    publish(workspace, LADDER.read_text().replace("Data first.", "Data before all."), at=clock - 45 * DAY)
    first, second = versions(workspace)
    alike = {"days": 45, "passing": (0.8, 0.8, 0.8)}
    for seed, plan in ((21, "free"), (22, "pro"), (23, "team")):
        count(workspace, crowd(first, 150, seed=seed, until=clock - 45 * DAY, segment={"plan": plan}, **alike))
        count(workspace, crowd(second, 150, seed=seed + 10, segment={"plan": plan}, **alike))
        count(workspace, crowd(first, 300, seed=seed + 20, until=clock - 91 * DAY, segment={"plan": plan}, **alike))
    text = page()
    assert not re.search("sooner|later|faster|slowly|more than|less than|fastest|quickest", headline(text))
    assert "No clear change since version 2" in text
    assert "No clear difference by plan" in text
    assert "Newer people reach first value about as fast as earlier ones" in text
    assert "kpi-note good" not in text
    assert "kpi-note poor" not in text


def test_without_a_ladder_the_page_says_what_to_do(workspace, page):
    assert "No ladder is published yet" in page()


def test_before_anybody_began_the_page_names_the_event_it_waits_for(workspace, publish, page):
    publish(workspace)
    text = page()
    assert headline(text) == "Nobody has begun yet"
    assert "“Signed Up”" in text


def test_when_nobody_began_lately_the_page_leads_to_the_last_who_did(
    workspace, publish, versions, count, crowd, page, clock
):
    publish(workspace)
    count(workspace, crowd(versions(workspace)[0], 40, until=clock - 200 * DAY))
    text = page(period="30")
    assert headline(text) == "Nobody began in these 30 days"
    day = re.search(r'as_of=(\d{4}-\d\d-\d\d)[^"]*">Show the days up to then', text)[1]
    assert "Kaplan–Meier" in page(period="30", as_of=day)


def test_one_person_is_counted_and_nothing_is_told_about_them(workspace, publish, versions, count, crowd, page):
    publish(workspace)
    count(workspace, crowd(versions(workspace)[0], 1))
    text = page()
    assert headline(text) == "One person has begun; numbers appear from five on"
    assert "Kaplan" not in text
    assert "%" not in text[text.index("<main") :]


def test_four_people_are_withheld_and_five_are_told_with_a_warning(workspace, publish, versions, count, crowd, page):
    publish(workspace)
    people = crowd(versions(workspace)[0], 5, days=30)
    count(workspace, people[:4])
    assert headline(page()) == "4 people have begun; numbers appear from five on"
    count(workspace, people[4:])
    text = page()
    assert "Kaplan–Meier" in text
    assert "Only 5 people began in these days" in text


def test_people_who_are_all_too_new_make_no_share_and_no_zero(workspace, publish, versions, count, crowd, page):
    publish(workspace)
    count(workspace, crowd(versions(workspace)[0], 60, days=3, passing=(0, 0, 0)))
    text = page()
    assert headline(text) == "It is too early to tell"
    assert "none of them 14 days ago yet" in text
    assert "Nobody has been watched for 14 days yet" in text
    assert not re.search(r'class="kpi-value"[^>]*>0%', text)


def test_a_small_segment_is_withheld(workspace, publish, versions, count, crowd, page):
    publish(workspace)
    version = versions(workspace)[0]
    count(workspace, crowd(version, 60, seed=1, segment={"plan": "pro"}))
    count(workspace, crowd(version, 4, seed=2, segment={"plan": "secret"}))
    text = page(split="trait:plan")
    assert "withheld: fewer than five people" in text
    assert "fewer than five people</span>" in text


def test_a_clear_change_on_the_days_before_is_told(workspace, publish, versions, count, crowd, page, clock):
    publish(workspace)
    version = versions(workspace)[0]
    better = {"mean_days": 2, "passing": (0.95, 0.95, 0.95)}
    count(workspace, crowd(version, 300, seed=1, until=clock - 30 * DAY, days=30, mean_days=9))
    count(workspace, crowd(version, 300, seed=2, days=30, **better))
    text = page(period="30")
    assert "than in the 30 days before" in headline(text)
    assert text.count("kpi-note good") >= 2


@pytest.mark.parametrize(
    "query, answer",
    [
        ({"ladder": "nothing"}, "There is no published ladder “nothing”"),
        ({"period": "31"}, "The period is one of 30, 90, 365 days, not “31”"),
        ({"period": "9" * 400}, "The period is one of"),
        ({"window": "0"}, "between 1 and 3650"),
        ({"window": "two"}, "whole number of days"),
        ({"as_of": "2199-01-01"}, "still to come"),
        ({"as_of": "\x00"}, "is no date"),
        ({"split": "trait:colour"}, "“colour” is no segment here"),
        ({"split": "moon"}, "People cannot be split by “moon”"),
    ],
)
def test_a_question_without_sense_gets_a_sentence(workspace, publish, page, query, answer):
    publish(workspace)
    assert answer in page(status=400, **query)


def test_every_combination_of_period_and_split_is_a_page(workspace, publish, versions, count, crowd, page):
    publish(workspace)
    count(workspace, crowd(versions(workspace)[0], 80, days=80, segment={"plan": "pro"}))
    for period in ("30", "90", "365"):
        for split in ("", "everybody", "version", "trait:plan"):
            assert "Kaplan–Meier" in page(period=period, split=split)


def test_no_raw_event_is_read_and_the_queries_do_not_grow(workspace, publish, versions, count, crowd, page):
    publish(workspace)
    version = versions(workspace)[0]
    sizes = []
    for people in (40, 160):
        count(workspace, crowd(version, people, seed=people, segment={"plan": "pro"}))
        page()
        with CaptureQueriesContext(connection) as captured:
            page()
        # Whether workspaces are suspended is asked every few seconds, whatever is shown.
        sql = [query["sql"] for query in captured.captured_queries if "operator_suspension" not in query["sql"]]
        assert not [one for one in sql if "intake_" in one]
        assert sum("cubes_cell" in one for one in sql) == 1
        sizes.append(len(sql))
    assert sizes[0] == sizes[1]


def test_the_page_needs_no_inline_style_and_no_inline_script(workspace, publish, versions, count, crowd, page):
    publish(workspace)
    count(workspace, crowd(versions(workspace)[0], 80, segment={"plan": "pro"}))
    text = page()
    for address in re.findall(r'data-chart="([^"]+)"', text):
        text += draw.kept_or_drawn(workspace.pk, address.rsplit("/", 1)[1].removesuffix(".svg"))
    assert " style=" not in text
    assert "<style" not in text
    assert re.search(r"<script(?![^>]* src=)", text) is None


def test_what_tenants_write_is_text_and_never_markup(workspace, publish, versions, count, crowd, opened):
    evil = "<script>alert(1)</script>"
    ladder = LADDER.read_text().replace("Invite a teammate", f'"{evil}"').replace("Administrators", f'"{evil}"')
    publish(workspace, ladder)
    count(workspace, crowd(versions(workspace)[0], 80, seed=1, segment={"plan": f"pro {evil}"}))
    count(workspace, crowd(versions(workspace)[0], 80, seed=2, segment={"plan": "free"}))
    for split in ("everybody", "trait:plan"):
        text = opened(split=split).content.decode()
        for address in re.findall(r'data-chart="([^"]+)"', text):
            text += draw.kept_or_drawn(workspace.pk, address.rsplit("/", 1)[1].removesuffix(".svg"))
        assert evil not in text
        assert text.count("&lt;script&gt;") > 3
