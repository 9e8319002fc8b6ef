from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats import Chance, Incidence, Interval, NotComputable, cumulative_incidence, kaplan_meier
from tests.analytics.stats.bone_marrow import TRANSPLANTED

pytestmark = pytest.mark.pure

# R 4.2.2, survival 3.5-3, for each end: summary(survfit(Surv(t2, factor(end, 0:2)) ~ 1, conf.type = "log-log"),
# times = c(100, 200, 400, 700)): pstate, std.err, lower, upper. etm 1.1-1's etmCIF gives the same variances
# (0.001312144627, 0.004373815425, 0.005188545044, 0.00597210958 for relapse).
RELAPSE = [
    (100, 0.05263157895, 0.03622353693, 0.009509143881, 0.1553223148),
    (200, 0.21052631579, 0.06613482763, 0.098940484361, 0.3501017658),
    (400, 0.26544622426, 0.07203155589, 0.137980881698, 0.4113995057),
    (700, 0.32428898333, 0.07727942534, 0.181781240819, 0.4753032025),
]
DEATH = [
    (100, 0.05263157895, 0.03622353693, 0.009509143881, 0.1553223148),
    (200, 0.15789473684, 0.05915278810, 0.064081577180, 0.2893785095),
    (400, 0.21281464531, 0.06682749935, 0.099940652099, 0.3536180533),
    (700, 0.32265446224, 0.07675032937, 0.181200580762, 0.4727981375),
]

rows = st.lists(
    st.tuples(st.integers(0, 20), st.tuples(st.integers(0, 3), st.integers(0, 3)), st.integers(0, 3)),
    min_size=1,
    max_size=15,
).filter(lambda rows: any(sum(ends) + censored for _, ends, censored in rows))


def incidence_of(rows):
    found = cumulative_incidence(rows)
    assert isinstance(found, Incidence)
    return found


@pytest.mark.parametrize("end, published", [(0, RELAPSE), (1, DEATH)])
def test_the_incidence_after_a_bone_marrow_transplant_is_that_of_r(end, published):
    found = incidence_of(TRANSPLANTED)
    for time, *expected in published:
        chance = found.at(end, time)
        assert isinstance(chance, Chance)
        row = chance.value, chance.variance**0.5, chance.interval.low, chance.interval.high
        assert row == pytest.approx(expected, rel=1e-8), time


def test_leaving_taken_for_still_being_on_the_way_would_promise_too_much():
    naive = kaplan_meier([(day, ends[0], ends[1] + censored) for day, ends, censored in TRANSPLANTED])
    assert 1 - naive.at(700).survival == pytest.approx(0.39911, abs=5e-6)
    assert incidence_of(TRANSPLANTED).at(0, 700).value == pytest.approx(0.32429, abs=5e-6)


def test_before_an_end_has_come_its_variance_is_not_defined():
    chance = incidence_of([(3, (1, 0), 0), (5, (0, 1), 4)]).at(1, 4)
    assert (chance.value, isinstance(chance.interval, NotComputable)) == (0.0, True)
    assert incidence_of([(3, (1, 0), 2)]).at(0, 1).value == 0.0


def test_when_all_came_to_one_end_there_is_no_interval():
    chance = incidence_of([(3, (4, 0), 0)]).at(0, 3)
    assert (chance.value, isinstance(chance.interval, NotComputable)) == (1.0, True)


def test_beyond_the_follow_up_nothing_is_known_unless_nobody_is_left():
    assert isinstance(incidence_of([(3, (1, 1), 1)]).at(0, 4), NotComputable)
    assert incidence_of([(3, (1, 1), 0)]).at(0, 4).value == 0.5


def test_nobody_has_no_incidence_and_nonsense_is_refused():
    assert isinstance(cumulative_incidence([]), NotComputable)
    assert isinstance(cumulative_incidence([(3, (0, 0), 0)]), NotComputable)
    for bad in [(-1, (1, 0), 0), (1, (-1, 0), 0), (1, (0, 0), -1)]:
        with pytest.raises(ValueError, match="negative"):
            cumulative_incidence([bad])
    with pytest.raises(ValueError, match="same 2 ends"):
        cumulative_incidence([(1, (1, 0), 0), (2, (1,), 0)])
    with pytest.raises(ValueError, match="begins at 0"):
        incidence_of(TRANSPLANTED).at(0, -1)


@given(rows)
def test_all_ends_and_those_still_waiting_make_one_and_no_incidence_falls(rows):
    found = incidence_of(rows)
    last = (0.0, 0.0)
    for index in range(len(found.times)):
        now = tuple(end[index] for end in found.incidence)
        assert sum(now) + found.survival[index] == pytest.approx(1, abs=1e-12)
        assert all(new >= old for new, old in zip(now, last, strict=True))
        last = now


@given(rows)
def test_the_incidence_equals_the_sum_in_exact_fractions(rows):
    found = incidence_of(rows)
    for end in (0, 1):
        exact, survival = Fraction(0), Fraction(1)
        for index, time in enumerate(found.times):
            at_risk = sum(sum(ends) + censored for t, ends, censored in rows if t >= time)
            exact += survival * Fraction(sum(ends[end] for t, ends, _ in rows if t == time), at_risk)
            survival *= 1 - Fraction(sum(sum(ends) for t, ends, _ in rows if t == time), at_risk)
            assert found.incidence[end][index] == pytest.approx(float(exact), abs=1e-12)


@given(rows)
def test_the_variance_equals_the_published_sum_written_out(rows):
    found = incidence_of(rows)
    for end in (0, 1):
        for upto in range(len(found.times)):
            variance, survival = Fraction(0), Fraction(1)
            values, value = [], Fraction(0)
            for index in range(upto + 1):
                n, d, k = found.at_risk[index], sum(found.ends[index]), found.ends[index][end]
                value += survival * Fraction(k, n)
                values.append((value, survival, n, d, k))
                survival *= 1 - Fraction(d, n)
            for own, before, n, d, k in values:
                rest = value - own
                if d < n:
                    variance += rest**2 * Fraction(d, n * (n - d))
                variance += before**2 * Fraction(k * (n - k), n**3) - 2 * rest * before * Fraction(k, n * n)
            assert found.variance[end][upto] == pytest.approx(float(variance), abs=1e-10)


@given(rows)
def test_with_one_end_it_is_kaplan_meier_and_greenwood(rows):
    curve = kaplan_meier([(time, sum(ends), censored) for time, ends, censored in rows])
    found = incidence_of([(time, (sum(ends),), censored) for time, ends, censored in rows])
    for index, step in enumerate(curve.steps()):
        assert found.incidence[0][index] == pytest.approx(1 - step.survival, abs=1e-12)
        if step.survival > 0:
            assert found.variance[0][index] == pytest.approx(step.variance, abs=1e-10)


@given(rows)
def test_without_censoring_it_is_the_share_with_its_binomial_variance(rows):
    people = [(time, (ends[0], ends[1] + censored), 0) for time, ends, censored in rows]
    found = incidence_of(people)
    for index, time in enumerate(found.times):
        p = sum(ends[0] for t, ends, _ in people if t <= time) / found.n
        assert found.incidence[0][index] == pytest.approx(p, abs=1e-12)
        assert found.variance[0][index] == pytest.approx(p * (1 - p) / found.n, abs=1e-10)


@given(rows, st.integers(0, 20))
def test_an_interval_holds_its_chance(rows, time):
    chance = incidence_of(rows).at(0, time)
    if isinstance(chance, Chance) and isinstance(chance.interval, Interval):
        assert 0 <= chance.interval.low <= chance.value + 1e-12
        assert chance.value - 1e-12 <= chance.interval.high <= 1
