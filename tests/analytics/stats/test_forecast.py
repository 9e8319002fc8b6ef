import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.stats import Forecast, NotComputable, forecast
from analytics.stats.shares import wilson
from tests.analytics.stats.leukaemia import PLACEBO, TREATED
from tests.analytics.stats.test_survival import curve_of, moments
from tests.tiers import examples

pytestmark = pytest.mark.pure

waiting = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 30)), min_size=1, max_size=5).filter(
    lambda groups: any(n for _, n in groups)
)


def made(curve, **options):
    found = forecast(curve, **options)
    assert isinstance(found, Forecast)
    return found


@pytest.mark.parametrize(
    "before, of, people, low, high",
    # R 4.2.2: uniroot(function(y) prop.test(c(before, y), c(of, people), correct = FALSE)$p.value - 0.05, ...)$root,
    # on either side of people * before / of; then the whole numbers inside.
    [
        (20, 400, 100, 0.640616809, 10.222054467),
        (15, 60, 30, 2.317178044, 13.623119362),
        (0, 50, 40, 0, 2.971694677),
        (50, 50, 40, 37.028305323, 40),
        (3, 10, 100, 9.424191863, 61.964458683),
        (200, 1000, 8, 0, 3.835502607),
    ],
)
def test_from_a_plain_sample_the_interval_is_the_score_tests_turned_round(before, of, people, low, high):
    curve = curve_of([(5, before, 0), (10, 0, of - before)])
    interval = made(curve, by=10, reached=0, waiting=[(0, people)]).interval
    assert low <= round(interval.low * people, 9) < low + 1
    assert high - 1 < round(interval.high * people, 9) <= high


def test_a_forecast_by_hand():
    # Of the 21 of the placebo group, 12 were still in remission after week 5 and 4 after week 12: S = 12/21 and 4/21.
    found = made(curve_of(PLACEBO), by=12, reached=7, waiting=[(5, 9), (0, 4)])
    assert [group.chance for group in found.waiting] == pytest.approx([1 - 4 / 21, 1 - 4 / 12])
    assert found.share == pytest.approx((7 + 4 * (17 / 21) + 9 * (8 / 12)) / 20)
    assert found.base_rate == pytest.approx(17 / 21)
    assert found.interval.low < found.share < found.interval.high


# So many that what they happen to do evens out, and only the doubt about the curve is left.
MILLIONS = 10**10


def test_for_a_great_many_people_the_interval_is_wilsons_for_those_who_waited_as_long_before():
    # Of the 12 who still waited at week 5, 10 had come by week 17; nobody was censored.
    interval = made(curve_of(PLACEBO), by=17, reached=0, waiting=[(5, MILLIONS)]).interval
    expected = wilson(10, 12)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-8)


def test_people_of_two_ages_share_the_doubt_about_the_time_that_is_before_both():
    # After week 2, 17 of the 21 were waiting, after week 5, 12, and after week 17, 2.
    interval = made(curve_of(PLACEBO), by=17, reached=0, waiting=[(2, MILLIONS), (5, MILLIONS)]).interval
    first, second = 12 / 17, 2 / 12
    chance = 1 - (first * second + second) / 2
    variance = (first / 2 + 1 / 2) ** 2 * second * (1 - second) / 12 + (second / 2) ** 2 * first * (1 - first) / 17
    n = chance * (1 - chance) / variance
    assert n < 17
    expected = wilson(chance * n, n)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-8)


def test_no_chance_is_known_better_than_from_everybody_who_was_at_risk():
    # 100 people: 80 come at 1, one at 6 and 19 at 20. The mean of very different chances varies less than 100 people's.
    curve = curve_of([(1, 80, 0), (6, 1, 0), (20, 19, 0)])
    interval = made(curve, by=10, reached=0, waiting=[(0, MILLIONS), (5, MILLIONS)]).interval
    chance = (81 / 100 + 1 / 20) / 2
    expected = wilson(chance * 100, 100)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-8)


def test_beyond_the_follow_up_of_the_curve_there_is_no_forecast():
    assert isinstance(forecast(curve_of(TREATED), by=36, reached=0, waiting=[(0, 5)]), NotComputable)
    assert isinstance(forecast(curve_of(PLACEBO), by=60, reached=0, waiting=[(0, 5)]), Forecast)


def test_of_people_who_have_waited_longer_than_anybody_nothing_is_known():
    assert isinstance(forecast(curve_of(PLACEBO), by=60, reached=0, waiting=[(30, 5)]), NotComputable)


def test_nobody_has_no_forecast_and_nonsense_is_refused():
    assert isinstance(forecast(curve_of(TREATED), by=10, reached=0, waiting=[]), NotComputable)
    for by, reached, groups in [(0, 1, []), (5, -1, []), (5, 1, [(-1, 2)]), (5, 1, [(1, -2)])]:
        with pytest.raises(ValueError, match=r"negative|after 0"):
            forecast(curve_of(TREATED), by=by, reached=reached, waiting=groups)


def test_people_past_the_age_asked_for_are_too_late():
    found = made(curve_of(TREATED), by=10, reached=3, waiting=[(10, 4), (12, 3)])
    assert found.share == found.interval.low == found.interval.high == 0.3


def test_a_chance_of_nothing_is_not_certain():
    found = made(curve_of([(1, 5, 0), (30, 0, 20)]), by=30, reached=0, waiting=[(2, 100)])
    assert (found.share, found.interval.low) == (0.0, 0.0)
    assert found.interval.high > 0.1


def test_a_smaller_cohort_and_a_smaller_history_are_each_less_certain():
    def width(times, people):
        curve = curve_of([(week, events * times, censored * times) for week, events, censored in TREATED])
        interval = made(curve, by=22, reached=0, waiting=[(7, people)]).interval
        return interval.high - interval.low

    assert width(1, 1000) > width(10, 1000) > width(100, 1000)
    assert width(10, 20) > width(10, 200) > width(10, 2000)


@given(moments, st.integers(1, 30), st.integers(0, 20), waiting)
def test_a_forecast_lies_between_those_there_and_everybody_and_inside_its_interval(rows, by, reached, groups):
    found = forecast(curve_of(rows), by=by, reached=reached, waiting=groups)
    if isinstance(found, NotComputable):
        return
    total = reached + sum(n for _, n in groups)
    late = sum(n for age, n in groups if age >= by)
    assert reached / total <= found.interval.low <= found.interval.high <= (total - late) / total + 1e-12
    # The interval is in whole people, the expectation is not.
    assert found.interval.low - 1 / total <= found.share <= found.interval.high + 1 / total
    assert sum(group.people for group in found.waiting) + reached == found.people == total


@given(moments, st.integers(1, 29), waiting)
def test_a_later_day_never_forecasts_less(rows, by, groups):
    curve = curve_of(rows)
    sooner, later = (forecast(curve, by=age, reached=1, waiting=groups) for age in (by, by + 1))
    if isinstance(sooner, Forecast) and isinstance(later, Forecast):
        assert sooner.share <= later.share + 1e-12


@settings(max_examples=examples(5), deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([(400, 60), (80, 40), (1500, 25)]))
def test_the_interval_holds_as_often_as_it_says(seed, sizes):
    """Both the history and the cohort drawn anew each time, with censoring: near 95%, and never far below."""
    rng = random.Random(seed)
    history, people = sizes
    held, rounds = 0, 300
    for _ in range(rounds):
        rows = []
        for _ in range(history):
            first, left = rng.expovariate(1 / 30), rng.uniform(20, 90)
            rows.append((first, 1, 0) if first <= left else (left, 0, 1))
        ages = [rng.choice([3.0, 10.0, 20.0]) for _ in range(people)]
        found = made(curve_of(rows), by=45, reached=0, waiting=[(age, 1) for age in ages])
        came = sum(rng.expovariate(1 / 30) <= 45 - age for age in ages) / people
        held += found.interval.low - 1e-9 <= came <= found.interval.high + 1e-9
    assert held / rounds > 0.9
