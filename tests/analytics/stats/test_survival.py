from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats import Interval, NotComputable, NotReached, kaplan_meier
from tests.analytics.stats.leukaemia import PLACEBO, TREATED

pytestmark = pytest.mark.pure

# (week, at risk, survival, standard error, lower, upper): Stata's `sts list` of these data, whose limits are on the
# log-log scale; the same in D. G. Kleinbaum and M. Klein, Survival Analysis, chapter 2, and from R 4.3:
#   summary(survfit(Surv(time, status) ~ 1, conf.type = "log-log"))
PUBLISHED = [
    (6, 21, 0.8571, 0.0764, 0.6197, 0.9516),
    (7, 17, 0.8067, 0.0869, 0.5631, 0.9228),
    (10, 15, 0.7529, 0.0963, 0.5032, 0.8894),
    (13, 12, 0.6902, 0.1068, 0.4316, 0.8491),
    (16, 11, 0.6275, 0.1141, 0.3675, 0.8049),
    (22, 7, 0.5378, 0.1282, 0.2678, 0.7468),
    (23, 6, 0.4482, 0.1346, 0.1881, 0.6801),
]

moments = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=25).filter(
    lambda rows: any(events + censored for _, events, censored in rows)
)


def curve_of(rows):
    curve = kaplan_meier(rows)
    assert not isinstance(curve, NotComputable)
    return curve


def test_the_curve_of_the_leukaemia_trial_is_the_published_one():
    steps = [step for step in curve_of(TREATED).steps() if step.events]
    rows = [(s.time, s.at_risk, s.survival, s.variance**0.5, s.interval.low, s.interval.high) for s in steps]
    assert len(rows) == len(PUBLISHED)
    for row, published in zip(rows, PUBLISHED, strict=True):
        assert row == pytest.approx(published, abs=5e-5)


def test_the_medians_of_the_leukaemia_trial_are_the_published_ones():
    # R: survfit(Surv(time, status) ~ group, conf.type = "log-log") prints 23 (13, NA) and 8 (4, 11).
    treated, placebo = curve_of(TREATED).median, curve_of(PLACEBO).median
    assert (treated.time, treated.interval) == (23, Interval(13, NotReached(35)))
    assert (placebo.time, placebo.interval) == (8, Interval(4, 11))


def test_a_curve_that_stays_above_one_half_has_no_median_yet():
    median = curve_of([(3, 1, 0), (10, 0, 9)]).median
    assert median.time == NotReached(10)
    assert median.interval.high == NotReached(10)


def test_a_survival_of_exactly_one_half_is_the_median():
    # 1 − 1/10 − … leaves a product just beside 0.5 in floating point.
    assert curve_of([(t, 1, 0) for t in range(1, 11)]).median.time == 5


def test_those_censored_at_a_time_were_at_risk_then():
    assert curve_of([(5, 1, 1)]).at(5).survival == 0.5


def test_beyond_the_longest_follow_up_nothing_is_known():
    assert isinstance(curve_of([(5, 1, 1)]).at(6), NotComputable)
    assert curve_of([(5, 2, 0)]).at(6).survival == 0.0


def test_before_the_first_event_the_curve_is_one_without_doubt():
    step = curve_of([(5, 1, 3)]).at(2)
    assert (step.survival, step.interval, step.at_risk) == (1.0, Interval(1.0, 1.0), 4)


def test_between_two_times_those_who_left_are_no_longer_at_risk():
    assert curve_of([(5, 1, 2), (9, 1, 0)]).at(7).at_risk == 1


def test_where_everybody_has_had_the_event_there_is_no_interval():
    assert isinstance(curve_of([(5, 2, 0)]).at(5).interval, NotComputable)


def test_nobody_has_no_curve():
    assert isinstance(kaplan_meier([]), NotComputable)
    assert isinstance(kaplan_meier([(4, 0, 0)]), NotComputable)


def test_negative_counts_and_times_are_refused():
    for row in [(-1, 1, 0), (1, -1, 0), (1, 0, -2)]:
        with pytest.raises(ValueError, match="negative"):
            kaplan_meier([row])


@given(moments)
def test_the_curve_equals_the_product_in_exact_fractions(rows):
    curve = curve_of(rows)
    for step in curve.steps():
        exact = Fraction(1)
        for time in sorted({time for time, _, _ in rows if time <= step.time}):
            at_risk = sum(d + c for t, d, c in rows if t >= time)
            if at_risk:
                exact *= 1 - Fraction(sum(d for t, d, _ in rows if t == time), at_risk)
        assert step.survival == pytest.approx(float(exact), abs=1e-12)


@given(moments)
def test_a_curve_never_rises_and_its_limits_hold_it(rows):
    last = 1.0
    for step in curve_of(rows).steps():
        assert step.survival <= last
        last = step.survival
        if isinstance(step.interval, Interval):
            assert 0 <= step.interval.low <= step.survival + 1e-12
            assert step.survival - 1e-12 <= step.interval.high <= 1


@given(moments, st.integers(0, 40))
def test_one_more_censored_person_never_lowers_the_number_at_risk(rows, time):
    before = {step.time: step for step in curve_of(rows).steps()}
    after = {step.time: step for step in curve_of([*rows, (time, 0, 1)]).steps()}
    for at, step in before.items():
        assert after[at].at_risk == step.at_risk + (at <= time)


@given(moments)
def test_without_censoring_the_curve_is_the_share_still_waiting(rows):
    events = [(time, had + censored, 0) for time, had, censored in rows]
    n = sum(had for _, had, _ in events)
    for step in curve_of(events).steps():
        waiting = sum(had for time, had, _ in events if time > step.time)
        assert step.survival == pytest.approx(waiting / n, abs=1e-12)
        # Greenwood's formula is then the binomial variance.
        assert step.variance == pytest.approx(step.survival * (1 - step.survival) / n, abs=1e-12)


@given(moments)
def test_the_order_of_the_moments_does_not_matter(rows):
    assert curve_of(rows) == curve_of(rows[::-1])


@given(moments)
def test_quantiles_come_in_order_and_lie_inside_their_intervals(rows):
    def place(time):
        return float("inf") if isinstance(time, NotReached) else time

    last = 0.0
    for share in (0.1, 0.25, 0.5, 0.75, 0.9):
        quantile = curve_of(rows).quantile(share)
        assert last <= place(quantile.time)
        assert place(quantile.interval.low) <= place(quantile.time) <= place(quantile.interval.high)
        last = place(quantile.time)


@given(moments)
def test_a_wider_level_gives_a_wider_band(rows):
    narrow, wide = kaplan_meier(rows, level=0.8), kaplan_meier(rows, level=0.99)
    for inner, outer in zip(narrow.steps(), wide.steps(), strict=True):
        assert replace(inner, interval=None) == replace(outer, interval=None)
        if isinstance(inner.interval, Interval):
            assert outer.interval.low <= inner.interval.low + 1e-12
            assert inner.interval.high <= outer.interval.high + 1e-12
