import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats import BackTest, NotComputable, Outcome, back_test, forecast, share
from tests.analytics.stats.leukaemia import PLACEBO, TREATED
from tests.analytics.stats.test_survival import curve_of

pytestmark = pytest.mark.pure


def outcome(*arrived, reached=7, groups=((0, 4), (5, 9)), by=12, rows=PLACEBO):
    return Outcome(forecast(curve_of(rows), by=by, reached=reached, waiting=groups), arrived)


def scored(*outcomes):
    found = back_test(outcomes)
    assert isinstance(found, BackTest)
    return found


def test_a_back_test_by_hand():
    # Chances 17/21 and 8/12 (see test_forecast), so 9.238 of 13 expected; 8 and then 12 came, of 20 people each.
    first, second = outcome(3, 5), outcome(4, 8)
    expected = 4 * 17 / 21 + 9 * 8 / 12
    assert first.error == pytest.approx((expected - 8) / 20)
    assert second.error == pytest.approx((expected - 12) / 20)
    found = scored(first, second)
    assert (found.n, found.people) == (2, 26)
    assert found.coverage == share(2, 2)
    assert found.mean_absolute_error == pytest.approx(((expected - 8) + (12 - expected)) / 40)
    assert found.bias == pytest.approx(((expected - 8) + (expected - 12)) / 40)
    young, old = 17 / 21, 8 / 12
    brier = (7 * (1 - young) ** 2 + 1 * young**2 + 13 * (1 - old) ** 2 + 5 * old**2) / 26
    naive = (20 * (1 - young) ** 2 + 6 * young**2) / 26
    assert (found.brier, found.naive_brier) == (pytest.approx(brier), pytest.approx(naive))
    assert found.skill == pytest.approx(1 - brier / naive)


def test_an_outcome_outside_the_interval_is_not_covered():
    assert outcome(0, 0).covered is False
    assert scored(outcome(0, 0), outcome(3, 6)).coverage == share(1, 2)


def test_people_past_the_age_are_in_no_score():
    late = outcome(2, 0, groups=((5, 9), (13, 40)))
    assert scored(late).people == 9


def test_without_anybody_waiting_there_is_no_score():
    found = scored(outcome(0, groups=((13, 40),)))
    assert isinstance(found.brier, NotComputable)
    assert isinstance(found.skill, NotComputable)
    assert found.mean_absolute_error == 0


def test_skill_against_a_naive_forecast_without_mistake_is_not_computable():
    # Nobody of the history came by week 5, and nobody of the cohort did.
    found = scored(outcome(0, groups=((0, 9),), by=5, rows=TREATED))
    assert (found.naive_brier, isinstance(found.skill, NotComputable)) == (0, True)


def test_no_forecast_has_no_back_test_and_impossible_outcomes_are_refused():
    assert isinstance(back_test([]), NotComputable)
    for arrived in [(5, 0), (-1, 0), (1,)]:
        with pytest.raises(ValueError, match="cannot have arrived"):
            outcome(*arrived)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), min_size=1, max_size=6))
def test_scores_are_means_over_forecasts_and_over_people(arrivals):
    outcomes = [outcome(*arrived) for arrived in arrivals]
    found = scored(*outcomes)
    assert abs(found.bias) <= found.mean_absolute_error + 1e-12
    assert found.mean_absolute_error == pytest.approx(sum(abs(one.error) for one in outcomes) / len(outcomes))
    assert 0 <= found.brier <= 1
    assert found.coverage.count == sum(one.covered for one in outcomes)
