import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats import NotComputable, PromoterScore, promoter_score

pytestmark = pytest.mark.pure

answers = st.tuples(*(st.integers(0, 60) for _ in range(3))).filter(lambda counts: sum(counts) >= 5)


def score(promoters, detractors, passives, **options):
    found = promoter_score([(10, promoters), (6, detractors), (8, passives)], **options)
    assert isinstance(found, PromoterScore)
    return found


@pytest.mark.parametrize(
    "promoters, detractors, n, low, high",
    # R 4.2.2, Tango's test with the multinomial likelihood maximised numerically instead of by his formula:
    #   tango <- function(b, c, n, D) { ll <- function(q) dmultinom(c(b, c, n - b - c), prob = c(q + D, q, 1 - 2*q - D),
    #     log = TRUE); q <- optimize(ll, c(max(0, -D), (1 - D) / 2), maximum = TRUE, tol = 1e-14)$maximum
    #     (b - c - n * D) / sqrt(n * (2 * q + D * (1 - D))) }
    #   uniroot(function(D) tango(b, c, n, D) -/+ qnorm(.975), ...)$root
    [
        (30, 10, 60, 0.1317401898, 0.5056389303),
        (5, 0, 8, 0.0978377042, 0.8631557142),
        (10, 10, 20, -0.4014039784, 0.4014039818),
        (0, 12, 40, -0.4543001967, -0.1807484503),
        (150, 86, 1600, 0.0213615647, 0.0589980333),
        (3, 2, 5, -0.5385514256, 0.7647584504),
    ],
)
def test_the_interval_is_tangos(promoters, detractors, n, low, high):
    interval = score(promoters, detractors, n - promoters - detractors).interval
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-8)


def test_nine_and_ten_promote_and_up_to_six_detract():
    found = promoter_score([(answer, 1) for answer in range(11)])
    assert isinstance(found, PromoterScore)
    assert (found.promoters, found.passives, found.detractors, found.n) == (2, 2, 7, 11)
    assert found.value == pytest.approx(-5 / 11)


def test_too_few_answers_have_no_score():
    assert promoter_score([(10, 4)]) == NotComputable("fewer than 5 people have answered")
    assert isinstance(promoter_score([(10, 29)], fewest=30), NotComputable)
    assert isinstance(promoter_score([], fewest=0), NotComputable)


def test_answers_beyond_the_scale_are_refused():
    for answer in [(11, 1), (-1, 1), (5, -1)]:
        with pytest.raises(ValueError, match="0 to 10"):
            promoter_score([answer])


def test_when_all_promote_the_interval_still_doubts():
    interval = score(10, 0, 0).interval
    assert interval.high == 1.0
    # All alike, the score's lower limit is Wilson's for 10 of 10 (0.7225) on the scale from −1 to 1.
    assert interval.low == pytest.approx(2 * 0.7225 - 1, abs=1e-4)


@given(answers)
def test_the_variance_is_that_of_a_mean_of_ones_zeros_and_minus_ones(counts):
    promoters, detractors, passives = counts
    found = score(promoters, detractors, passives)
    values = [1] * promoters + [-1] * detractors + [0] * passives
    middle = sum(values) / len(values)
    assert found.value == pytest.approx(middle)
    assert found.variance == pytest.approx(sum((v - middle) ** 2 for v in values) / len(values) ** 2, abs=1e-12)


@given(answers)
def test_the_interval_holds_the_score_and_turns_round_with_it(counts):
    promoters, detractors, passives = counts
    one, other = score(promoters, detractors, passives), score(detractors, promoters, passives)
    assert -1 <= one.interval.low <= one.value + 1e-9
    assert one.value - 1e-9 <= one.interval.high <= 1
    assert one.interval.low == pytest.approx(-other.interval.high, abs=1e-9)


@given(answers)
def test_a_wider_level_gives_a_wider_interval(counts):
    narrow, wide = (score(*counts, level=level).interval for level in (0.8, 0.99))
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high
