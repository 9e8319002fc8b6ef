"""The whole demo through intake, engine and cubes: the numbers find what is planted, and nothing where nothing is.

Every day in the smaller of the two companies; the larger is for the exhaustive tier.
"""

import io
import json
import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.http import QueryDict

from analytics.dashboards import asked as asking
from analytics.dashboards.sections.expansion import figures as expansion_card
from analytics.dashboards.sections.features import figures as features_card
from analytics.dashboards.sections.retention import figures as retention_card
from analytics.metrics import fetch
from analytics.metrics.advocacy import advocacy, counted
from analytics.metrics.as_of import AsOf
from analytics.metrics.days import Days
from analytics.stats import difference
from config.demo.companies import COMPANIES
from config.demo.seed import seed
from config.demo.truths import (
    TRUTHS,
    EqualUptake,
    FasterSegment,
    FasterVersion,
    Grows,
    HigherUptake,
    LargestLoss,
    NoDifference,
    RecommendedMore,
    StaysAlike,
    StaysLonger,
)
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.models import Member, Workspace

NOW = datetime(2025, 6, 2, 12, 0, tzinfo=UTC)


SMALLER = "quillmark"


class Slugs(dict[str, str]):
    """The companies' workspaces, complete, by the story's names; made when they are first asked for."""

    def __missing__(self, name: str) -> str:
        company = next(company for company in COMPANIES if company.slug == name)
        self[name] = f"{name}-whole-{os.getpid()}"
        seed(replace(company, slug=self[name]), now=NOW)
        return self[name]


@pytest.fixture(scope="module")
def slugs() -> Slugs:
    return Slugs()


def metrics(slugs, truth, ladder, **options):
    out = io.StringIO()
    call_command(
        "metrics",
        workspace=slugs[truth.workspace],
        ladder=ladder,
        as_of=NOW.date().isoformat(),
        format="json",
        stdout=out,
        **options,
    )
    return json.loads(out.getvalue())


def of_kind(kind):
    planted = [truth for truth in TRUTHS if isinstance(truth, kind)]
    exhaustive = [() if truth.workspace == SMALLER else pytest.mark.exhaustive for truth in planted]
    parameters = [pytest.param(truth, marks=marks) for truth, marks in zip(planted, exhaustive, strict=True)]
    return pytest.mark.parametrize("truth", parameters, ids=lambda truth: truth.sentence)


@of_kind(LargestLoss)
def test_the_drop_off_is_where_it_is_planted(slugs, truth):
    assert metrics(slugs, truth, truth.ladder, window=truth.window_days)["drop_off"]["rung"] == truth.rung


@of_kind(FasterSegment)
def test_the_faster_segment_is_found(slugs, truth):
    for ladder in truth.ladders:
        split = metrics(slugs, truth, ladder, segment=truth.trait)["segments"]
        assert split["comparison"]["clear"] is True
        assert split["comparison"]["fastest_first"][0] == truth.value


@of_kind(NoDifference)
def test_no_difference_is_claimed_where_none_is_planted(slugs, truth):
    for ladder in truth.ladders:
        assert metrics(slugs, truth, ladder, segment=truth.trait)["segments"]["comparison"]["clear"] is False


@of_kind(FasterVersion)
def test_the_dashboard_says_that_the_new_version_is_faster(slugs, truth, client_for):
    slug = slugs[truth.workspace]
    executive = Member.objects.get(workspace__slug=slug, level=Level.VIEWER)
    address = f"/w/{slug}/adoption/?ladder={truth.ladder}&as_of={NOW.date().isoformat()}"
    text = " ".join(client_for(executive).get(address).content.decode().split())
    headline = re.search(rf"People reach first value ([0-9.]+) days sooner since version {truth.after}", text)
    assert headline
    assert float(headline[1]) == pytest.approx(truth.days_before - truth.days_after, abs=1)


def card(slugs, truth, ladder, figures, **query):
    """What a card of the adoption page tells of the whole story."""
    workspace = Workspace.objects.get(slug=slugs[truth.workspace])
    query = QueryDict(urlencode({"ladder": ladder, "as_of": NOW.date().isoformat(), "period": "365", **query}))
    with scope(workspace):
        return figures(asking.read(workspace, query, now=NOW), workspace)


@of_kind(HigherUptake)
def test_the_feature_that_is_taken_up_more_is_found(slugs, truth):
    told = card(slugs, truth, truth.ladder, features_card)
    assert told["gap"] is True
    assert (told["first"].feature, told["last"].feature) == (truth.more, truth.less)
    assert told["first"].share.value == pytest.approx(truth.share_more, abs=0.08)
    assert told["last"].share.value == pytest.approx(truth.share_less, abs=0.08)


@of_kind(EqualUptake)
def test_no_difference_of_uptake_is_claimed_where_none_is_planted(slugs, truth):
    told = card(slugs, truth, truth.ladder, features_card)
    assert {one.feature for one, _ in told["features"]} == set(truth.features)
    assert told["gap"] is False


def parts(slugs, truth, ladder):
    """By value of the trait, the share who are active in the week of which the card tells, and of how many."""
    told = card(slugs, truth, ladder, retention_card, split=f"trait:{truth.trait}")
    assert told["week"] == truth.week
    return {part.label: part.cell.share for part in told["parts"]}


@of_kind(StaysLonger)
def test_those_who_stay_longer_are_found(slugs, truth):
    for ladder in truth.ladders:
        found = parts(slugs, truth, ladder)
        stay = found.pop(truth.value)
        assert all(stay.interval.low > other.value for other in found.values())


@of_kind(StaysAlike)
def test_nobody_stays_longer_where_nothing_is_planted(slugs, truth):
    for ladder in truth.ladders:
        found = parts(slugs, truth, ladder)
        assert len(found) == 3
        for one, other in combinations(found.values(), 2):
            assert difference(one, other, level=0.99).interval.covers(0.0)


def advocates(slugs, truth, trait):
    workspace = Workspace.objects.get(slug=slugs[truth.workspace])
    as_of = AsOf.of(NOW.date(), now=NOW, zone=workspace.zone)
    days = Days(as_of.day - timedelta(days=120), as_of.day)
    with scope(workspace):
        for subject in fetch.subjects():
            yield subject, advocacy(counted(subject, days, as_of, trait=trait), by_trait=True)


@of_kind(RecommendedMore)
def test_who_recommends_more_is_found(slugs, truth):
    """On the ladder that most people climb; everywhere the planted scores lie in their intervals."""
    told = {subject.key: found for subject, found in advocates(slugs, truth, truth.trait)}
    largest = max(told.values(), key=lambda found: found.people)
    groups = {group.value: group.score for group in largest.groups}
    better = groups.pop(truth.value)
    assert better.interval.covers(truth.score)
    for other in groups.values():
        assert other.interval.covers(truth.others)
        assert other.interval.high < better.interval.low


@pytest.mark.exhaustive
def test_no_region_recommends_more(slugs):
    truth = next(truth for truth in TRUTHS if isinstance(truth, RecommendedMore))
    for _, found in advocates(slugs, truth, "region"):
        lows = [group.score.interval.low for group in found.groups]
        highs = [group.score.interval.high for group in found.groups]
        assert max(lows) < min(highs)


@of_kind(Grows)
def test_growth_is_found_and_none_is_claimed_where_as_many_shrink(slugs, truth):
    ladder = {"berthline": "administrators", "quillmark": "first-contract"}[truth.workspace]
    told = card(slugs, truth, ladder, expansion_card)
    one = told["first"]
    assert (one.trait, one.unknown) == (truth.trait, 0)
    assert one.higher.interval.covers(truth.more)
    assert one.lower.interval.covers(truth.less)
    assert told["grows"] is (truth.more > truth.less)
