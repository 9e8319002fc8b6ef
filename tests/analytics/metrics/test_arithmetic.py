"""Arithmetic on cells equals counting the people themselves, one by one, with full times."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.cubes.steps import SCALE
from analytics.metrics import subject as goals
from analytics.metrics.as_of import AsOf
from analytics.metrics.cohorts import Grain, cohorts
from analytics.metrics.days import Days
from analytics.metrics.funnel import Mode, funnel
from analytics.metrics.rungs import rung_table
from analytics.metrics.segments import break_down
from analytics.stats import NotComputable, Share, kaplan_meier
from onboarding.progress.grades import grade
from tests.analytics.climbs import NOW, counts_of, random_journeys, subject, version
from tests.tiers import examples

pytestmark = pytest.mark.pure

NEW_YORK = ZoneInfo("America/New_York")
seeds = st.integers(0, 2**32 - 1)
windows = st.sampled_from([1, 2, 7, 10, 14])
zones = st.sampled_from([ZoneInfo("UTC"), NEW_YORK])
days_ago = st.integers(0, 30)


def watched_until(as_of):
    """The moment up to which people have been watched, without the code under test."""
    end = datetime.combine(as_of.day + timedelta(days=1), time.min, as_of.zone)
    return min(end, NOW)


def follow_up(journey, as_of):
    end_of_day = datetime.combine(journey.cohort_on + timedelta(days=1), time.min, as_of.zone)
    return watched_until(as_of) - end_of_day.astimezone(ZoneInfo("UTC"))


def told(elapsed):
    """The elapsed time as it is told: the end of its step, by the naive reading of the scale."""
    graded, start = grade(elapsed), 0
    for limit, step in [*SCALE, (10**9, 86_400)]:
        if graded <= limit:
            return start + -(-(graded - start) // step) * step
        start = limit
    raise AssertionError("beyond any journey")


def by_then(journey, at, as_of):
    return at is not None and at.astimezone(as_of.zone).date() <= as_of.day


def scene(seed, zone, ago, **options):
    journeys = random_journeys(seed, zone=zone, **options)
    as_of = AsOf.of((NOW - timedelta(days=ago)).astimezone(zone).date(), now=NOW, zone=zone)
    begun = [one for one in journeys if one.cohort_on <= as_of.day]
    return begun, as_of, counts_of(journeys, as_of=as_of, zone=zone)


@settings(max_examples=examples(60), deadline=None)
@given(seeds, windows, zones, days_ago)
def test_the_ordered_funnel_counts_each_person_once_in_the_window(seed, window, zone, ago):
    journeys, as_of, counts = scene(seed, zone, ago)
    found = funnel(counts, subject(), as_of, window_days=window, mode=Mode.ORDERED)
    limit = timedelta(days=window)
    mature = [one for one in journeys if follow_up(one, as_of) >= limit]
    assert (found.began, found.mature, found.steps[0].people) == (len(journeys), len(mature), len(journeys))
    previous = mature
    for step in found.steps[1:]:

        def made_it(one, key=step.key):
            reached = one.reached.get(key)
            at = reached.in_order_at if reached else None
            return by_then(one, at, as_of) and at - one.started_at <= limit

        assert step.people == sum(map(made_it, journeys))
        now = [one for one in mature if made_it(one)]
        if mature:
            assert isinstance(step.within.mature, Share)
            assert (step.within.mature.count, step.within.mature.of) == (len(now), len(mature))
        assert step.lost == len(previous) - len(now)
        previous = now


@settings(max_examples=examples(60), deadline=None)
@given(seeds, windows, zones, days_ago)
def test_rungs_in_any_order_are_counted_over_everybody(seed, window, zone, ago):
    journeys, as_of, counts = scene(seed, zone, ago)
    for line in rung_table(counts, subject(), as_of, window_days=window):
        reached = [one for one in journeys if line.key in one.reached and by_then(one, one.reached[line.key].at, as_of)]
        assert (line.pace.people, line.pace.reached) == (len(journeys), len(reached))
        in_time = [o for o in reached if o.reached[line.key].at - o.started_at <= timedelta(days=window)]
        of_all = line.pace.within.of_all
        assert (of_all.count if isinstance(of_all, Share) else 0) == len(in_time)


@settings(max_examples=examples(60), deadline=None)
@given(seeds, zones, days_ago)
def test_the_curve_from_cells_is_the_curve_of_the_people(seed, zone, ago):
    journeys, as_of, counts = scene(seed, zone, ago)
    moments = []
    for one in journeys:
        followed = follow_up(one, as_of)
        if followed <= timedelta(0):
            continue
        limit = as_of.followed_s(one.cohort_on)
        elapsed = None if one.first_value_at is None else one.first_value_at - one.started_at
        if elapsed is not None and elapsed <= timedelta(seconds=limit):
            moments.append((told(elapsed), 1, 0))
        elif limit > 0:
            moments.append((limit, 0, 1))
    found = counts.towards(goals.first_value(subject())).curve(as_of)
    if moments:
        assert found == kaplan_meier(moments)
    else:
        assert isinstance(found, NotComputable)


@settings(max_examples=examples(40), deadline=None)
@given(seeds, zones, days_ago, st.sampled_from(list(Grain)))
def test_cohorts_add_up_to_everybody_and_mark_what_is_not_mature(seed, zone, ago, grain):
    journeys, as_of, counts = scene(seed, zone, ago)
    tally = counts.towards(goals.first_value(subject()))
    found = cohorts(tally, as_of, grain=grain, after_days=(7, 14))
    assert sum(cohort.people for cohort in found) == len(journeys)
    for cohort in found:
        own = [one for one in journeys if one.cohort_on in cohort.days]
        assert cohort.people == len(own)
        for cell in cohort.cells:
            limit = timedelta(days=cell.days)
            if any(follow_up(one, as_of) < limit for one in own) or not own:
                assert isinstance(cell.share, NotComputable)
            else:
                reached = [o for o in own if o.first_value_at and o.first_value_at - o.started_at <= limit]
                assert (cell.share.count, cell.share.of) == (len(reached), len(own))


@settings(max_examples=examples(40), deadline=None)
@given(seeds, zones, days_ago, st.sampled_from(["plan", "size", "colour"]))
def test_segments_are_everybody_and_nobody_twice(seed, zone, ago, trait):
    journeys, as_of, counts = scene(seed, zone, ago)
    whole = counts.towards(goals.first_value(subject()))
    found = break_down(counts, trait, goals.first_value(subject()), as_of, window_days=7)
    assert sum(segment.pace.people for segment in found.segments) == len(journeys)
    assert sum(segment.pace.reached for segment in found.segments) == whole.people_reached
    merged = sorted(m for segment in found.segments for m in segment.pace.tally.moments(as_of))
    if merged:
        assert kaplan_meier(merged) == whole.curve(as_of)


def test_of_many_values_the_smallest_share_one_segment():
    counts = counts_of(
        replace(one, segment=f'{{"city":"c{number}"}}')
        for number in range(12)
        for one in random_journeys(number, people=number + 1)
    )
    found = break_down(counts, "city", goals.first_value(subject()), AsOf.now(NOW, zone=ZoneInfo("UTC")), window_days=7)
    assert [segment.label for segment in found.segments[:2]] == ["c11", "c10"]
    assert found.segments[-1].label == "5 others"
    assert found.segments[-1].pace.people == 1 + 2 + 3 + 4 + 5


def test_versions_of_another_order_are_left_out_of_the_funnel_and_told():
    old = version(1, funnel=("invite", "connect", "report"))
    new = version(2)
    journeys = random_journeys(5, on=(old, new), people=80)
    of_new = sum(one.version_id == 2 for one in journeys)
    as_of = AsOf.now(NOW, zone=ZoneInfo("UTC"))
    found = funnel(counts_of(journeys), subject(old, new), as_of, window_days=7, mode=Mode.ORDERED)
    assert (found.began, found.elsewhere) == (of_new, 80 - of_new)


def test_who_is_on_a_version_without_the_rung_is_not_in_its_denominator():
    old, new = version(1, rungs=("connect", "report")), version(2)
    journeys = random_journeys(6, on=(old, new), people=80)
    of_new = sum(one.version_id == 2 for one in journeys)
    as_of = AsOf.now(NOW, zone=ZoneInfo("UTC"))
    lines = {line.key: line for line in rung_table(counts_of(journeys), subject(old, new), as_of, window_days=7)}
    assert lines["invite"].pace.people == of_new
    assert lines["connect"].pace.people == 80


def test_each_version_counts_its_own_first_value():
    old, new = version(1, first_value="connect"), version(2, first_value="report")
    journeys = random_journeys(7, on=(old, new), people=80)
    tally = counts_of(journeys).towards(goals.first_value(subject(old, new)))
    assert tally.people_reached == sum(one.first_value_at is not None for one in journeys)


def test_days_hold_both_ends():
    days = Days(date(2026, 1, 1), date(2026, 1, 3))
    assert [date(2026, 1, d) in days for d in (1, 3, 4)] == [True, True, False]
    assert days.length == 3
