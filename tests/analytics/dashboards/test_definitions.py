"""Every metric has one definition, every figure leads to it, and says what it rests on."""

import re
from html import unescape

import pytest
from django.urls import reverse

from analytics.metrics.registry import METRICS


@pytest.fixture
def page(workspace, ben, client_for):
    def get(name, **query):
        response = client_for(ben).get(reverse(name, args=[workspace.slug]), query)
        assert response.status_code == 200
        return unescape(re.sub(r"\s+", " ", response.content.decode()))

    return get


def test_every_metric_stands_on_the_page_with_all_that_defines_it(page):
    text = page("dashboards:definitions")
    for metric in METRICS.values():
        card = re.search(rf'id="{metric.key}" .*?</section>', text)[0]
        for part in (metric.name, metric.sentence, metric.formula, metric.excludes, metric.unit):
            assert part in card
        assert f"version {metric.version}" in card


def test_a_definition_that_has_changed_says_what_each_version_changed():
    for metric in METRICS.values():
        assert len(metric.history) == metric.version - 1, metric.key
        assert [number for number, _ in metric.changes] == list(range(metric.version, 1, -1))


def test_every_link_to_a_definition_leads_to_one(workspace, publish, versions, count, crowd, page, clock):
    publish(workspace, at=clock)
    count(workspace, crowd(versions(workspace)[0], 80, days=80, segment={"plan": "pro"}))
    text = page("dashboards:adoption", as_of=clock.date().isoformat(), split="trait:plan")
    linked = set(re.findall(r"/adoption/definitions/#(\w+)", text))
    assert linked <= METRICS.keys()
    assert linked >= {
        "activation",
        "time_to_first_value",
        "ladder_completion",
        "began",
        "rung_conversion",
        "cohort_activation",
        "segment_pace",
    }


def test_the_share_of_people_who_are_too_new_is_told(workspace, publish, versions, count, crowd, page, clock):
    publish(workspace, at=clock)
    version = versions(workspace)[0]
    recent, long_ago = clock.replace(hour=0), clock.replace(hour=0, month=1)
    count(workspace, crowd(version, 60, seed=1, until=recent, days=5))
    count(workspace, crowd(version, 140, seed=2, until=long_ago, days=5))
    text = page("dashboards:adoption", as_of=clock.date().isoformat(), window="14")
    assert re.search(
        r'Activation</th><td class="figure">14 days</td><td class="figure"><a [^>]+state=watched[^>]*>140</a></td>'
        r'<td class="figure"><a [^>]+state=too-new[^>]*>60</a><small>30%',
        text,
    )
    assert "<dt>n</dt><dd>140 people</dd>" in text
    assert "<dt>Too new</dt><dd>60 (30% of those who began)</dd>" in text
