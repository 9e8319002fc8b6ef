"""The whole demo through intake, engine and cubes: the numbers find what is planted, and nothing where nothing is."""

import io
import json
import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from analytics.metrics import fetch
from analytics.metrics.advocacy import advocacy, counted
from analytics.metrics.as_of import AsOf
from analytics.metrics.days import Days
from config.demo.companies import COMPANIES
from config.demo.seed import seed
from config.demo.truths import TRUTHS, FasterSegment, FasterVersion, LargestLoss, NoDifference, RecommendedMore
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.models import Member, Workspace

NOW = datetime(2025, 6, 2, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def slugs(django_db_setup, django_db_blocker):
    """The two companies' workspaces, complete; the test run's own, by the story's names."""
    with django_db_blocker.unblock():
        made = {company.slug: f"{company.slug}-whole-{os.getpid()}" for company in COMPANIES}
        for company in COMPANIES:
            seed(replace(company, slug=made[company.slug]), now=NOW)
    return made


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
    return pytest.mark.parametrize(
        "truth", [truth for truth in TRUTHS if isinstance(truth, kind)], ids=lambda truth: truth.sentence
    )


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


def test_no_region_recommends_more(slugs):
    truth = next(truth for truth in TRUTHS if isinstance(truth, RecommendedMore))
    for _, found in advocates(slugs, truth, "region"):
        lows = [group.score.interval.low for group in found.groups]
        highs = [group.score.interval.high for group in found.groups]
        assert max(lows) < min(highs)
