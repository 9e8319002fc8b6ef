from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats import Interval, MeanDifference, NotComputable, RestrictedMean, mean_difference, restricted_mean
from tests.analytics.stats.leukaemia import PLACEBO, TREATED
from tests.analytics.stats.test_survival import curve_of, moments

pytestmark = pytest.mark.pure


def mean_of(rows, until):
    mean = restricted_mean(curve_of(rows), until)
    assert isinstance(mean, RestrictedMean)
    return mean


@pytest.mark.parametrize(
    "rows, until, value, error",
    # R 4.2.2, survival 3.5-3: summary(survfit(Surv(time, status) ~ group), rmean = until)$table, rmean and se(rmean).
    [
        (TREATED, 10, 9.277310924, 0.3267691154),
        (TREATED, 20, 16.116526611, 1.251560196),
        (TREATED, 35, 23.287394958, 2.827467623),
        (PLACEBO, 10, 6.619047619, 0.7330122689),
        (PLACEBO, 20, 8.428571429, 1.268082683),
        (PLACEBO, 23, 8.666666667, 1.377390041),
    ],
)
def test_the_restricted_means_of_the_leukaemia_trial_are_those_of_r(rows, until, value, error):
    mean = mean_of(rows, until)
    assert (mean.value, mean.variance**0.5) == pytest.approx((value, error), rel=1e-9)


def test_the_treated_wait_so_many_weeks_longer():
    # R, from the lines above: d <- 16.116526611 - 8.428571429; se <- sqrt(1.251560196^2 + 1.268082683^2);
    # c(d + c(-1, 1) * qnorm(.975) * se, 2 * pnorm(-d / se))
    gap = mean_difference(mean_of(TREATED, 20), mean_of(PLACEBO, 20))
    assert isinstance(gap, MeanDifference)
    assert gap.value == pytest.approx(7.687955182, rel=1e-9)
    assert (gap.interval.low, gap.interval.high) == pytest.approx((4.195897403, 11.18001296), rel=1e-8)
    assert gap.p == pytest.approx(1.596264999e-05, rel=1e-7)
    assert gap.clear


def test_means_up_to_different_times_are_not_compared():
    assert isinstance(mean_difference(mean_of(TREATED, 10), mean_of(PLACEBO, 20)), NotComputable)


def test_beyond_the_longest_follow_up_there_is_no_mean():
    assert isinstance(restricted_mean(curve_of(TREATED), 36), NotComputable)
    # All of the placebo group had relapsed by week 23, so nothing is unknown after it.
    assert mean_of(PLACEBO, 100).value == mean_of(PLACEBO, 23).value


def test_without_an_event_the_mean_is_the_limit_and_nobody_knows_how_sure():
    mean = mean_of([(9, 0, 4), (12, 1, 0)], 8)
    assert mean.value == 8
    assert isinstance(mean.interval, NotComputable)
    gap = mean_difference(mean, mean_of(TREATED, 8))
    assert isinstance(gap, MeanDifference)
    assert isinstance(gap.interval, NotComputable)
    assert isinstance(gap.p, NotComputable)
    assert not gap.clear


def test_a_mean_restricted_to_no_time_is_refused():
    with pytest.raises(ValueError, match="after 0"):
        restricted_mean(curve_of(TREATED), 0)


@given(moments, st.integers(1, 30))
def test_the_mean_is_the_area_in_exact_fractions(rows, until):
    curve = curve_of(rows)
    mean = restricted_mean(curve, until)
    if until > curve.followed_until and curve.survival[-1] > 0:
        assert isinstance(mean, NotComputable)
        return
    area, survival, last = Fraction(0), Fraction(1), 0
    for time in sorted({time for time, _, _ in rows if time <= until}):
        area += survival * (time - last)
        at_risk = sum(d + c for t, d, c in rows if t >= time)
        if at_risk:
            survival *= 1 - Fraction(sum(d for t, d, _ in rows if t == time), at_risk)
        last = time
    area += survival * (until - last)
    assert mean.value == pytest.approx(float(area), abs=1e-9)
    if isinstance(mean.interval, Interval):
        assert 0 <= mean.interval.low <= mean.value + 1e-9
        assert mean.value - 1e-9 <= mean.interval.high <= until


@given(moments)
def test_without_censoring_it_is_the_plain_mean_with_its_binomial_like_variance(rows):
    events = [(time, had + censored, 0) for time, had, censored in rows]
    values = [min(time, 17) for time, n, _ in events for _ in range(n)]
    mean = mean_of(events, 17)
    middle = sum(values) / len(values)
    assert mean.value == pytest.approx(middle, abs=1e-9)
    assert mean.variance == pytest.approx(sum((v - middle) ** 2 for v in values) / len(values) ** 2, abs=1e-9)


@given(moments)
def test_a_later_limit_never_shortens_the_mean(rows):
    curve = curve_of(rows)
    means = [restricted_mean(curve, until) for until in range(1, int(curve.followed_until) + 1)]
    values = [mean.value for mean in means if isinstance(mean, RestrictedMean)]
    assert len(values) == len(means)
    assert values == sorted(values)
