"""What truths.py says is planted is really in the raw stream, found by naive counting."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from math import sqrt

import pytest

from config.demo.companies import COMPANIES
from config.demo.generator import messages
from config.demo.truths import (
    TRUTHS,
    FasterSegment,
    FasterVersion,
    LargestLoss,
    NoDifference,
    ReturnsWithFirstValue,
)

from . import naive

pytestmark = pytest.mark.pure

# Any moment must do: a Monday noon, a Sunday night, New Year's day.
NOWS = [
    datetime(2026, 3, 2, 12, 0, tzinfo=UTC),
    datetime(2026, 8, 9, 3, 17, tzinfo=UTC),
    datetime(2027, 1, 1, 22, 0, tzinfo=UTC),
]
FILES = {
    "administrators": ("administrators-1.yaml", "administrator"),
    "power-users": ("power-users.yaml", "power_user"),
    "operators": ("operators.yaml", "operator"),
    "first-contract": ("first-contract.yaml", "lawyer"),
}


@pytest.fixture(scope="module", params=NOWS, ids=lambda now: now.date().isoformat())
def told(request):
    """(now, the people of each workspace)."""
    now = request.param
    return now, {company.slug: list(naive.people(messages(company, now=now)).values()) for company in COMPANIES}


def of_kind(kind):
    return pytest.mark.parametrize(
        "truth", [truth for truth in TRUTHS if isinstance(truth, kind)], ids=lambda truth: truth.sentence
    )


def on_ladder(told, truth, ladder):
    """(the ladder's people, its funnel, the step of first value)."""
    file, role = FILES[ladder]
    steps, first_value = naive.funnel_of(file)
    group = [someone for someone in told[1][truth.workspace] if someone.traits["role"] == role]
    return group, steps, next(step for step in steps if step["key"] == first_value)


def median_days(group, step, now):
    found = naive.median(naive.days_to(group, step, now=now))
    assert found is not None
    return found


@of_kind(LargestLoss)
def test_most_people_are_lost_where_it_is_planted(told, truth):
    group, steps, _ = on_ladder(told, truth, truth.ladder)
    losses = naive.losses(group, steps, now=told[0], window=timedelta(days=truth.window_days))
    first, second = sorted(losses.values(), reverse=True)[:2]
    assert max(losses, key=losses.get) == truth.rung
    assert first > 2 * second


@of_kind(FasterSegment)
def test_the_planted_segment_is_faster(told, truth):
    for ladder in truth.ladders:
        group, _, first_value = on_ladder(told, truth, ladder)
        inside = [someone for someone in group if someone.traits[truth.trait] == truth.value]
        outside = [someone for someone in group if someone.traits[truth.trait] != truth.value]
        assert median_days(inside, first_value, told[0]) < 0.75 * median_days(outside, first_value, told[0])


@of_kind(NoDifference)
def test_where_no_difference_is_planted_there_is_none(told, truth):
    """No two values differ in the share with first value after 14 days by more than chance would (3 deviations)."""
    for ladder in truth.ladders:
        group, _, first_value = on_ladder(told, truth, ladder)
        old = [someone for someone in group if someone.started_at + timedelta(days=14) <= told[0]]
        shares = {}
        for value in {someone.traits[truth.trait] for someone in old}:
            times = naive.days_to([s for s in old if s.traits[truth.trait] == value], first_value, now=told[0])
            shares[value] = (sum(there and days <= 14 for days, there in times) / len(times), len(times))
        assert len(shares) == 3
        for (p, n), (q, m) in combinations(shares.values(), 2):
            assert abs(p - q) <= 3 * sqrt(p * (1 - p) / n + q * (1 - q) / m)


@of_kind(FasterVersion)
def test_the_new_version_is_faster(told, truth):
    group, _, first_value = on_ladder(told, truth, truth.ladder)
    published_at = told[0] - timedelta(days=COMPANIES[0].changed_days_ago)
    before = median_days([s for s in group if s.started_at < published_at], first_value, told[0])
    after = median_days([s for s in group if s.started_at >= published_at], first_value, told[0])
    assert before == pytest.approx(truth.days_before, abs=1.5)
    assert after == pytest.approx(truth.days_after, abs=1.5)


@of_kind(ReturnsWithFirstValue)
def test_people_with_first_value_come_back_more(told, truth):
    for ladder in truth.ladders:
        group, _, first_value = on_ladder(told, truth, ladder)
        came = {True: [], False: []}
        for someone in group:
            at = naive.reached(someone, first_value, someone.started_at)
            valued = at is not None and at <= someone.started_at + timedelta(days=14)
            since = at if valued else someone.started_at
            first, last = since + timedelta(days=7 * (truth.week - 1)), since + timedelta(days=7 * truth.week)
            if last <= told[0]:
                came[valued].append(any(first <= when < last for when, _, _ in someone.events))
        with_value, without = (sum(came[valued]) / len(came[valued]) for valued in (True, False))
        assert with_value > without + 0.3
