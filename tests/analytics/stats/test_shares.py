import random
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats import Interval, NotComputable, Share, apart, difference, median_of_counts, rates_differ, share

pytestmark = pytest.mark.pure

people = st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@pytest.mark.parametrize(
    "count, of, low, high",
    # R. G. Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_is_the_published_one(count, of, low, high):
    interval = share(count, of).interval
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    "first, second, low, high",
    # R. G. Newcombe, Statistics in Medicine 17 (1998) 873–890, table II, method 10.
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_newcombes_interval_is_the_published_one(first, second, low, high):
    interval = difference(share(*first), share(*second)).interval
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


def test_a_difference_is_clear_only_when_its_interval_leaves_out_zero():
    assert difference(share(56, 70), share(48, 80)).clear
    assert not difference(share(5, 56), share(0, 29)).clear


def test_shares_lie_apart_when_intervals_at_half_the_error_do():
    first, second = share(70, 100), share(50, 100)
    for level in (0.5, 0.9, 0.95, 0.99, 0.999):
        each = 1 - (1 - level) / 2
        low, high = share(70, 100, level=each).interval.low, share(50, 100, level=each).interval.high
        assert apart(first, second, level=level) == (low > high)
        assert not apart(second, first, level=level)
    assert apart(first, second, level=0.9)
    assert not apart(first, second, level=0.99)


@given(people, people)
def test_shares_that_lie_apart_also_differ_if_they_are_independent(first, second):
    first, second = (Share(count, of, share(count, of).interval) for count, of in (first, second))
    if apart(first, second):
        assert difference(first, second).clear


def test_counts_of_two_times_by_hand():
    # Four days each, no cycle: means 10 and 16, Pearson's χ² = (4+0+4+0)/10 + (4+0+4+0)/16 = 1.3 of 6 degrees, so the
    # dispersion is 1: |40 − 64| = 24 against z · √104 = 10.198 z: z = 2.353, p = 0.0186.
    first, second = [8, 10, 12, 10], [14, 16, 18, 16]
    assert rates_differ(first, second, level=0.98, cycle=1)
    assert not rates_differ(first, second, level=0.985, cycle=1)
    # The same sums in bursts: χ² = (100+100+100+100)/10 + (256·3+48²)/16 = 40 + 192 = 232 of 6: far from clear.
    assert not rates_differ([20, 0, 20, 0], [64, 0, 0, 0], level=0.8, cycle=1)
    assert not rates_differ([], [])
    assert not rates_differ([0, 0], [0, 0])
    with pytest.raises(ValueError, match="1 and 2 days"):
        rates_differ([1], [1, 2])


def test_what_comes_in_bursts_is_hardly_ever_called_a_change_and_a_doubling_is():
    rng = random.Random(6)

    def days(size, chance):  # accounts of `size` people who come on one day, fewer of them at weekends
        return [size * sum(rng.random() < chance * (0.3 if day % 7 > 4 else 1) for _ in range(10)) for day in range(90)]

    claims = sum(rates_differ(days(6, 0.1), days(6, 0.1), level=1 - 1 / 300) for _ in range(400))
    assert claims < 8  # more would come by chance once in a thousand times
    assert all(rates_differ(days(6, 0.3), days(6, 0.1), level=1 - 1 / 300) for _ in range(20))


def test_nobody_has_no_share_and_nonsense_is_refused():
    assert isinstance(share(0, 0), NotComputable)
    for count, of in [(3, 2), (-1, 4), (0, -1)]:
        with pytest.raises(ValueError, match="no share"):
            share(count, of)


@given(people)
def test_an_interval_holds_its_share_and_mirrors(pair):
    count, of = pair
    one, other = share(count, of), share(of - count, of)
    assert 0 <= one.interval.low <= one.value <= one.interval.high <= 1
    assert one.interval.low == pytest.approx(1 - other.interval.high, abs=1e-12)


@given(people, people)
def test_a_difference_turned_round_has_the_mirrored_interval(first, second):
    there, back = difference(share(*first), share(*second)), difference(share(*second), share(*first))
    assert there.interval.low <= there.value + 1e-12
    assert there.interval.low == pytest.approx(-back.interval.high, abs=1e-12)


def test_an_open_interval_covers_whatever_lies_beyond():
    one = share(1, 2)
    assert isinstance(one, Share)
    assert Interval(0.2, 0.4).covers(0.2)
    assert not Interval(0.2, 0.4).covers(0.5)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), max_size=20))
def test_the_median_of_counts_is_the_median_of_the_values_written_out(counts):
    values = [value for value, n in counts for _ in range(n)]
    found = median_of_counts(counts)
    if values:
        assert found == median(values)
    else:
        assert isinstance(found, NotComputable)
