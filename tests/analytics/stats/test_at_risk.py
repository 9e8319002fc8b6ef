import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats import kaplan_meier, risk_table
from tests.analytics.stats.leukaemia import PLACEBO, TREATED
from tests.analytics.stats.test_survival import curve_of, moments

pytestmark = pytest.mark.pure

times = st.lists(st.integers(0, 40), min_size=1, max_size=6)


@pytest.mark.parametrize(
    "rows, published",
    # R 4.2.2: s <- summary(survfit(Surv(time, status) ~ group), times = c(0, 5, 10, 15, 20, 22), extend = TRUE);
    # s$n.risk, cumsum(s$n.event), cumsum(s$n.censor).
    [
        (TREATED, [(0, 21, 0, 0), (5, 21, 0, 0), (10, 15, 5, 3), (15, 11, 6, 4), (20, 8, 7, 7), (22, 7, 8, 7)]),
        (PLACEBO, [(0, 21, 0, 0), (5, 14, 9, 0), (10, 8, 13, 0), (15, 4, 18, 0), (20, 2, 19, 0), (22, 2, 20, 0)]),
    ],
)
def test_the_table_of_the_leukaemia_trial_is_that_of_r(rows, published):
    table = risk_table(curve_of(rows), (0, 5, 10, 15, 20, 22))
    assert [(row.time, row.at_risk, row.had_event, row.censored) for row in table] == published


def test_beyond_the_follow_up_nobody_is_at_risk():
    (row,) = risk_table(curve_of(TREATED), [60])
    assert (row.at_risk, row.had_event, row.censored) == (0, 9, 12)


def test_times_before_the_beginning_are_refused():
    with pytest.raises(ValueError, match="begins at 0"):
        risk_table(curve_of(TREATED), [-1])


@given(moments, times)
def test_the_table_counts_the_people_themselves(rows, times):
    for row in risk_table(curve_of(rows), times):
        assert row.at_risk == sum(d + c for t, d, c in rows if t >= row.time)
        assert row.had_event == sum(d for t, d, _ in rows if t <= row.time)
        assert row.censored == sum(c for t, _, c in rows if t <= row.time)


@given(moments, moments, times)
def test_the_tables_of_segments_add_up_to_the_table_of_all(first, second, times):
    whole = risk_table(curve_of([*first, *second]), times)
    parts = zip(risk_table(curve_of(first), times), risk_table(curve_of(second), times), strict=True)
    for row, (one, other) in zip(whole, parts, strict=True):
        assert row.at_risk == one.at_risk + other.at_risk
        assert row.had_event == one.had_event + other.had_event
        assert row.censored == one.censored + other.censored


@given(moments, st.integers(0, 40), times)
def test_one_more_censored_person_never_lowers_the_number_at_risk(rows, left_at, times):
    before, after = risk_table(curve_of(rows), times), risk_table(curve_of([*rows, (left_at, 0, 1)]), times)
    for had, has in zip(before, after, strict=True):
        assert has.at_risk == had.at_risk + (had.time <= left_at)
        assert has.had_event == had.had_event


@given(moments, st.integers(0, 40))
def test_one_more_censored_person_never_lowers_the_curve(rows, left_at):
    before, after = curve_of(rows), kaplan_meier([*rows, (left_at, 0, 1)])
    for time, survival in zip(before.times, before.survival, strict=True):
        assert after.at(time).survival >= survival - 1e-12


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans(), st.sampled_from("abc")), min_size=1, max_size=40))
def test_segments_partition_the_people_whatever_the_split(people):
    def moments_of(rows):
        return [(time, int(had), int(not had)) for time, had, _ in rows]

    whole = curve_of(moments_of(people))
    parts = [kaplan_meier(moments_of([one for one in people if one[2] == segment])) for segment in "abc"]
    curves = [part for part in parts if hasattr(part, "n")]
    assert sum(part.n for part in curves) == whole.n
    assert sum(part.had_event for part in curves) == whole.had_event
    for index, time in enumerate(whole.times):
        tables = [risk_table(part, [time])[0] for part in curves]
        assert sum(row.at_risk for row in tables) == whole.at_risk[index]
