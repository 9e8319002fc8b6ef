"""What truths.py says is planted is really in the raw stream, found by naive counting."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from math import sqrt

import pytest

from config.demo.companies import COMPANIES
from config.demo.generator import messages
from config.demo.truths import (
    TRUTHS,
    EqualUptake,
    FasterSegment,
    FasterVersion,
    Grows,
    HigherUptake,
    LargestLoss,
    NoDifference,
    ReturnsWithFirstValue,
    StaysAlike,
    StaysLonger,
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


def taken_up(told, truth, ladder, feature):
    """Of those for whom it was unlocked 14 days ago or more, the share who used it within 14 days; and of how many."""
    company = next(company for company in COMPANIES if company.slug == truth.workspace)
    uptake = next(one for role in company.roles for one in role.uptakes if one.feature == feature)
    group, _, _ = on_ladder(told, truth, ladder)
    used = []
    for someone in group:
        unlocked = min((at for at, event, _ in someone.events if event == uptake.unlocked_by), default=None)
        if unlocked is None or unlocked + timedelta(days=14) > told[0]:
            continue
        used.append(
            any(event == uptake.event and at <= unlocked + timedelta(days=14) for at, event, _ in someone.events)
        )
    return sum(used) / len(used), len(used)


@of_kind(HigherUptake)
def test_one_feature_is_taken_up_more(told, truth):
    assert taken_up(told, truth, truth.ladder, truth.more)[0] == pytest.approx(truth.share_more, abs=0.08)
    assert taken_up(told, truth, truth.ladder, truth.less)[0] == pytest.approx(truth.share_less, abs=0.08)


@of_kind(EqualUptake)
def test_both_features_are_taken_up_alike(told, truth):
    (p, n), (q, m) = (taken_up(told, truth, truth.ladder, feature) for feature in truth.features)
    assert abs(p - q) <= 3 * sqrt(p * (1 - p) / n + q * (1 - q) / m)


def active_in_week(told, truth, ladder):
    """By value of the trait, the share who did anything in that week after signing up, and of how many."""
    group, _, _ = on_ladder(told, truth, ladder)
    first, last = timedelta(days=7 * truth.week), timedelta(days=7 * truth.week + 7)
    old = [someone for someone in group if someone.started_at + last <= told[0]]
    found = {}
    for value in {someone.traits[truth.trait] for someone in old}:
        own = [someone for someone in old if someone.traits[truth.trait] == value]
        came = [any(first <= at - one.started_at < last for at, _, _ in one.events) for one in own]
        found[value] = sum(came) / len(came), len(came)
    return found


@of_kind(StaysLonger)
def test_one_segment_stays_longer(told, truth):
    for ladder in truth.ladders:
        found = active_in_week(told, truth, ladder)
        stay, _ = found.pop(truth.value)
        assert all(stay > share + 0.1 for share, _ in found.values())


@of_kind(StaysAlike)
def test_where_nothing_is_planted_all_stay_alike(told, truth):
    for ladder in truth.ladders:
        for (p, n), (q, m) in combinations(active_in_week(told, truth, ladder).values(), 2):
            assert abs(p - q) <= 3 * sqrt(p * (1 - p) / n + q * (1 - q) / m)


@of_kind(Grows)
def test_accounts_grow_as_planted(told, truth):
    """By the last value that was said on day 30 beside the first."""
    now, moved = told[0], []
    company = next(company for company in COMPANIES if company.slug == truth.workspace)
    for sayings in naive.said_of_accounts(messages(company, now=now), truth.trait).values():
        began_at, first = sayings[0]
        if began_at + timedelta(days=30) < now:
            later = [value for at, value in sayings if at <= began_at + timedelta(days=30)][-1]
            moved.append((later > first) - (later < first))
    assert moved.count(1) / len(moved) == pytest.approx(truth.more, abs=3 * sqrt(0.25 / len(moved)))
    assert moved.count(-1) / len(moved) == pytest.approx(truth.less, abs=3 * sqrt(0.25 / len(moved)))
