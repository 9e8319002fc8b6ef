"""Quantiles for any share, and the curve at a time, against R and against lifelines."""

import warnings

import pytest
from hypothesis import given, settings
from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time

from analytics.stats import Interval, NotReached, restricted_mean
from tests.analytics.stats.leukaemia import PLACEBO, TREATED
from tests.analytics.stats.test_survival import curve_of, moments
from tests.tiers import examples

pytestmark = pytest.mark.pure

# R 4.2.2, survival 3.5-3: quantile(survfit(Surv(time, status) ~ group, conf.type = "log-log"), shares);
# None stands for NA. R gives the middle of a flat stretch at exactly 1 − p, which none of these is.
QUANTILES = [
    (
        TREATED,
        [(0.1, 6, 6, 10), (0.25, 13, 6, 22), (0.5, 23, 13, None), (0.75, None, 23, None), (0.9, None, None, None)],
    ),
    (PLACEBO, [(0.1, 2, 1, 3), (0.25, 4, 1, 5), (0.5, 8, 4, 11), (0.75, 12, 8, 22), (0.9, 17, 12, None)]),
]
# R: summary(the same, times = c(10, 15, 20, 22)): survival, standard error, lower and upper limit.
AT = [
    (TREATED, 10, 0.75294117647, 0.09634965299, 0.503199510800, 0.8893618352),
    (TREATED, 15, 0.69019607843, 0.10681470778, 0.431610222486, 0.8490659633),
    (TREATED, 20, 0.62745098039, 0.11405386526, 0.367510855988, 0.8049121895),
    (PLACEBO, 5, 0.57142857143, 0.10798984943, 0.337976953859, 0.7492407099),
    (PLACEBO, 15, 0.14285714286, 0.07636035483, 0.035657355191, 0.3211615747),
    (PLACEBO, 22, 0.04761904762, 0.04647143205, 0.003324463043, 0.1970449057),
]


def known(time):
    return None if isinstance(time, NotReached) else time


@pytest.mark.parametrize("rows, published", QUANTILES)
def test_every_quantile_and_its_interval_is_that_of_r(rows, published):
    for share, *expected in published:
        quantile = curve_of(rows).quantile(share)
        ends = quantile.time, quantile.interval.low, quantile.interval.high
        # R's placebo curve is 0 at week 23, and its upper limit there NA.
        assert [known(time) for time in ends] == expected, share


@pytest.mark.parametrize("rows, time, survival, error, low, high", AT)
def test_the_chance_at_a_time_and_its_interval_are_those_of_r(rows, time, survival, error, low, high):
    step = curve_of(rows).at(time)
    found = step.survival, step.variance**0.5, step.interval.low, step.interval.high
    assert found == pytest.approx((survival, error, low, high), rel=1e-8)


@settings(max_examples=examples(30), deadline=None)
@given(moments)
def test_curve_limits_and_mean_equal_those_of_lifelines(rows):
    curve = curve_of(rows)
    times = [time for time, d, c in rows for _ in range(d + c)]
    had = [i < d for _, d, c in rows for i in range(d + c)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of intervals at a survival of 0
        fitter = KaplanMeierFitter().fit(times, had)
        limits = fitter.confidence_interval_survival_function_
        for step in curve.steps():
            assert step.survival == pytest.approx(float(fitter.predict(step.time)), abs=1e-9)
            if isinstance(step.interval, Interval) and 0 < step.survival < 1:
                low, high = (float(value) for value in limits.loc[step.time])
                assert (step.interval.low, step.interval.high) == pytest.approx((low, high), abs=1e-9)
        if curve.followed_until > 0:
            mean = restricted_mean(curve, curve.followed_until)
            assert mean.value == pytest.approx(
                float(restricted_mean_survival_time(fitter, t=curve.followed_until)), abs=1e-6
            )
