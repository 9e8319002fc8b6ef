from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats import LogRank, NotComputable, log_rank
from analytics.stats.distributions import chi_square_tail, normal_quantile
from tests.analytics.stats.leukaemia import PLACEBO, TREATED

pytestmark = pytest.mark.pure

# Years to death or censoring of 90 men with cancer of the larynx, by stage 1 to 4: O. Kardaun (1983), printed in
# J. P. Klein and M. L. Moeschberger, Survival Analysis, section 1.8. A minus marks a censored time.
LARYNX = [
    """0.6 1.3 2.4 -2.5 3.2 -3.2 3.3 -3.3 3.5 3.5 4.0 4.0 4.3 -4.5 -4.5 5.3 -5.5 -5.9 -5.9 6.0 -6.1 -6.2 6.4 6.5
    -6.5 -6.7 -7.0 7.4 -7.4 -8.1 -8.1 -9.6 -10.7""",
    "0.2 1.8 2.0 -2.2 -2.6 -3.3 3.6 -3.6 4.0 -4.3 -4.3 -5.0 6.2 7.0 -7.5 -7.6 -9.3",
    """0.3 0.3 0.5 0.7 0.8 1.0 1.3 1.6 1.8 1.9 1.9 3.2 3.5 -3.7 -4.5 -4.8 -4.8 5.0 -5.0 -5.1 6.3 6.4 -6.5 7.8
    -8.0 -9.3 -10.1""",
    "0.1 0.3 0.4 0.8 0.8 1.0 1.5 2.0 2.3 -2.9 3.6 3.8 -4.3",
]

group = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12)


def moments(years):
    return [(abs(float(year)), not year.startswith("-"), year.startswith("-")) for year in years.split()]


def test_the_leukaemia_trial_gives_the_published_log_rank():
    # R: survdiff(Surv(time, status) ~ group): Chisq = 16.8, p = 4.17e-05, expected 19.25 and 10.75; 16.79 in
    # D. G. Kleinbaum and M. Klein, Survival Analysis, chapter 2.
    result = log_rank([TREATED, PLACEBO])
    assert isinstance(result, LogRank)
    assert result.chi_square == pytest.approx(16.793, abs=5e-4)
    assert result.p == pytest.approx(4.17e-5, rel=1e-3)
    assert result.observed == (9, 21)
    assert result.expected == pytest.approx((19.25, 10.75), abs=5e-3)


def test_four_stages_of_cancer_give_the_published_log_rank():
    # R: survdiff(Surv(time, delta) ~ stage, data = KMsurv::larynx): Chisq = 22.8 on 3 degrees of freedom, p = 4.53e-05.
    result = log_rank([moments(years) for years in LARYNX])
    assert isinstance(result, LogRank)
    assert (result.degrees, sum(result.observed)) == (3, 50)
    assert result.chi_square == pytest.approx(22.763, abs=5e-4)
    assert result.p == pytest.approx(4.53e-5, rel=2e-3)


@pytest.mark.parametrize(
    "statistic, degrees, tail",
    # Printed critical values of the chi-square distribution (NIST/SEMATECH e-Handbook, 1.3.6.7.4).
    [(3.841, 1, 0.05), (6.635, 1, 0.01), (5.991, 2, 0.05), (7.815, 3, 0.05), (11.070, 5, 0.05), (23.209, 10, 0.01)],
)
def test_chi_square_tails_are_those_of_the_printed_table(statistic, degrees, tail):
    assert chi_square_tail(statistic, degrees) == pytest.approx(tail, rel=2e-3)


def test_the_normal_quantile_is_the_one_everybody_knows():
    assert normal_quantile(0.95) == pytest.approx(1.959964, abs=5e-7)
    with pytest.raises(ValueError, match="between 0 and 1"):
        normal_quantile(95)


def test_two_equal_groups_do_not_differ():
    result = log_rank([TREATED, TREATED])
    assert isinstance(result, LogRank)
    assert (result.chi_square, result.p) == (pytest.approx(0, abs=1e-20), pytest.approx(1))


def test_an_empty_group_and_groups_without_events_cannot_be_compared():
    assert isinstance(log_rank([TREATED, []]), NotComputable)
    assert isinstance(log_rank([[(3, 0, 5)], [(4, 0, 5)]]), NotComputable)
    assert isinstance(log_rank([[(1, 0, 5)], [(4, 3, 5)]]), NotComputable)


@pytest.mark.parametrize("too_new", [[], [(0, 0, 40)], [(0.4, 0, 40)]])
def test_a_group_that_left_before_any_event_leaves_the_others_comparable(too_new):
    # R: survdiff leaves groups with nothing expected out of the degrees of freedom.
    result = log_rank([TREATED, too_new, PLACEBO])
    assert isinstance(result, LogRank)
    assert (result.chi_square, result.degrees) == (pytest.approx(16.793, abs=5e-4), 1)
    assert (result.observed, result.expected[1]) == ((9, 0, 21), 0)


@given(group, group)
def test_two_groups_agree_with_the_textbook_sum_in_exact_fractions(first, second):
    gap = variance = Fraction(0)
    for time in sorted({t for t, _, _ in [*first, *second]}):
        n1, n2 = (sum(d + c for t, d, c in rows if t >= time) for rows in (first, second))
        d1, d2 = (sum(d for t, d, _ in rows if t == time) for rows in (first, second))
        n, d = n1 + n2, d1 + d2
        if d:
            gap += d1 - Fraction(d * n1, n)
        if d and n > 1:
            variance += Fraction(n1 * n2 * d * (n - d), n * n * (n - 1))
    result = log_rank([first, second])
    if variance:
        assert isinstance(result, LogRank)
        assert result.chi_square == pytest.approx(float(gap * gap / variance), rel=1e-9, abs=1e-12)
    else:
        assert isinstance(result, NotComputable)


@given(group, group, group)
def test_the_order_of_the_groups_does_not_matter(first, second, third):
    results = [log_rank([first, second, third]), log_rank([third, first, second])]
    if isinstance(results[0], LogRank):
        assert isinstance(results[1], LogRank)
        assert results[0].chi_square == pytest.approx(results[1].chi_square, rel=1e-6, abs=1e-9)
        assert sum(results[0].expected) == pytest.approx(sum(results[0].observed))
    else:
        assert isinstance(results[1], NotComputable)
