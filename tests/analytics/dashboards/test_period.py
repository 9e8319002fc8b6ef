"""Any range of days, window and past day; what makes no sense gets a sentence, never a 500 and never a zero."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tiers import examples

DAY = timedelta(days=1)


@pytest.fixture
def climbed(workspace, publish, versions, count, crowd, clock):
    publish(workspace, at=clock - 200 * DAY)
    version = versions(workspace)[0]
    count(workspace, crowd(version, 90, seed=1, days=80, segment={"plan": "pro"}))
    count(workspace, crowd(version, 40, seed=2, until=clock - 100 * DAY, days=20, segment={"plan": "free"}))
    return workspace


@pytest.fixture
def opened(climbed, ben, client_for, clock):
    client = client_for(ben)

    def get(name="dashboards:adoption", **query):
        return client.get(reverse(name, args=[climbed.slug]), {"as_of": clock.date().isoformat(), **query})

    return get


def text_of(response):
    return unescape(re.sub(r"\s+", " ", response.content.decode()))


def test_a_range_of_days_counts_who_began_in_it_and_nobody_else(opened, clock):
    first, last = (clock - 130 * DAY).date(), (clock - 95 * DAY).date()
    response = opened(**{"from": first.isoformat(), "to": last.isoformat(), "split": "everybody"})
    assert response.context["board"].people == 40
    text = text_of(response)
    assert "23 Oct – 27 Nov 2025" in text
    assert response.context["asked"].before == (first - 36 * DAY, first - DAY)


def test_one_end_of_the_range_is_enough(opened, clock):
    response = opened(**{"from": (clock - 10 * DAY).date().isoformat()})
    assert response.context["asked"].begun == ((clock - 10 * DAY).date(), clock.date())
    response = opened(to=(clock - 10 * DAY).date().isoformat(), period="30")
    assert response.context["asked"].begun == ((clock - 39 * DAY).date(), (clock - 10 * DAY).date())


def test_links_keep_the_range_the_window_and_the_day(opened, climbed, ben, client_for, clock):
    first, last = (clock - 60 * DAY).date().isoformat(), (clock - 20 * DAY).date().isoformat()
    response = opened(**{"from": first, "to": last, "window": "7", "split": "trait:plan"})
    people = response.context["board"].people
    link = unescape(re.search(r'kpi-value" href="([^"]*state=began[^"]*)"', response.content.decode())[1])
    assert f"from={first}&to={last}&window=7&as_of=2026-03-02" in link
    assert client_for(ben).get(link).status_code == 200
    assert people == response.context["board"].now.people


def test_every_link_of_the_page_opens(opened, climbed, ben, client_for, clock):
    text = opened(period="90", split="trait:plan").content.decode()
    browser = client_for(ben)
    links = {unescape(link) for link in re.findall(rf'(?:href|hx-get)="(/w/{climbed.slug}/adoption/[^"#]*)', text)}
    assert len(links) > 15
    assert {link: browser.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_preset_periods_leave_a_named_range(opened, clock):
    text = opened(**{"from": (clock - 60 * DAY).date().isoformat(), "window": "7"}).content.decode()
    tabs = re.findall(r'<a href="(\?[^"]*period=\d+[^"]*)"', text)
    assert len(tabs) == 3
    assert not [tab for tab in tabs if "from=" in tab]
    assert all("window=7" in tab for tab in tabs)


@pytest.mark.parametrize(
    "query, answer",
    [
        ({"from": "2026-02-30"}, "written like 2026-03-31, not “2026-02-30”"),
        ({"from": "x" * 500}, "written like 2026-03-31"),
        ({"from": "2026-03-01", "to": "2026-02-01"}, "would end (2026-02-01) before they begin (2026-03-01)"),
        ({"from": "1969-12-31"}, "Nothing is known of 1969-12-31"),
        ({"from": "1971-01-01"}, "ten years at most"),
        ({"to": "2026-03-03"}, "Who begins on 2026-03-03 is not known as of 2026-03-02"),
        ({"from": "9999-12-31"}, "is not known as of 2026-03-02"),
        ({"to": "0001-01-01"}, "Nothing is known of 0001-01-01"),
        ({"as_of": "9999-12-31"}, "still to come"),
        ({"as_of": "1960-01-01"}, "Nothing is known as of 1960-01-01"),
        ({"window": "-1"}, "between 1 and 3650"),
        ({"window": "1e3"}, "whole number of days"),
        ({"split": "trait:"}, "cannot be split by “trait:”"),
    ],
)
def test_a_question_without_sense_gets_a_sentence(lent, query, answer):
    loan = lent("opened")  # which answers questions and changes nothing
    (opened,) = loan.things
    for name in ("dashboards:adoption", "dashboards:people", "dashboards:stuck"):
        response = opened(name, **query)
        assert response.status_code == 400, name
        assert answer in text_of(response), name
    loan.give_back()


def test_days_on_which_nobody_began_say_so_instead_of_showing_zeros(opened, clock):
    text = text_of(opened(**{"from": "2020-01-01", "to": "2020-03-01"}))
    assert "Nobody began in these 61 days" in text
    assert "0%" not in text[text.index("<main") :]


# The page is read, never written, so one workspace serves every example.
@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dates(date(2024, 1, 1), date(2026, 6, 1)),
    st.dates(date(2024, 1, 1), date(2026, 6, 1)),
    st.dates(date(2025, 6, 1), date(2026, 6, 1)),
    st.sampled_from(["1", "14", "400", "3650"]),
    st.sampled_from(["", "everybody", "version", "trait:plan"]),
)
def test_whatever_days_are_asked_for_the_page_answers(opened, first, last, as_of, window, split):
    days = {"from": first.isoformat(), "to": last.isoformat(), "as_of": as_of.isoformat()}
    response = opened(**days, window=window, split=split)
    sensible = first <= last <= as_of
    assert response.status_code == (200 if sensible else 400)
