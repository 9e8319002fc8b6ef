import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats import Histogram, NotComputable, histogram, joined

pytestmark = pytest.mark.pure

counts = st.lists(st.tuples(st.floats(0, 1e7), st.integers(0, 400)), min_size=1, max_size=30).filter(
    lambda rows: any(n for _, n in rows)
)


def of(rows):
    found = histogram(rows)
    assert isinstance(found, Histogram)
    return found


@pytest.mark.parametrize(
    "people, bins",
    # 59 to the third is 205,379.
    [(1, 1), (8, 2), (9, 3), (27, 3), (28, 4), (1000, 10), (1001, 11), (205_379, 59), (205_380, 60), (10**9, 60)],
)
def test_there_are_as_many_bins_as_the_cube_root_rounded_up_between_1_and_60(people, bins):
    found = of([(0, people - 1), (1_000_000, 1)] if people > 1 else [(5.5, 1)])
    assert len(found.bins) == bins


def test_a_histogram_by_hand():
    # Eight people: 2 bins over 10 to 31 seconds, ceil(21 / 2) = 11 wide.
    found = of([(10.4, 3), (20.9, 1), (21, 2), (30.2, 2)])
    assert [(one.start, one.end, one.count) for one in found.bins] == [(10, 21, 4), (21, 32, 4)]
    assert (found.n, found.width) == (8, 11)


def test_the_longest_time_is_in_the_last_bin_also_on_its_end():
    found = of([(0, 4), (10, 4)])
    assert [(one.start, one.end, one.count) for one in found.bins] == [(0, 5, 4), (5, 10, 4)]


def test_people_who_all_took_equally_long_are_one_bar_a_minute_wide():
    assert [(one.start, one.end, one.count) for one in of([(90, 40)]).bins] == [(90, 150, 40)]


def test_nobody_has_no_histogram_and_nonsense_is_refused():
    assert isinstance(histogram([]), NotComputable)
    assert isinstance(histogram([(4, 0)]), NotComputable)
    for row in [(-1, 2), (3, -1)]:
        with pytest.raises(ValueError, match="no count is negative"):
            histogram([row])


@given(counts)
def test_every_person_is_in_the_bin_of_their_time_and_in_no_other(rows):
    found = of(rows)
    assert sum(one.count for one in found.bins) == found.n == sum(n for _, n in rows)
    assert all(left.end == right.start for left, right in zip(found.bins, found.bins[1:], strict=False))
    for one in found.bins:
        last = one is found.bins[-1]
        inside = sum(n for value, n in rows if one.start <= value and (value < one.end or (last and value == one.end)))
        assert one.count == inside


@given(counts, st.integers(2, 9))
def test_joined_bins_hold_everybody_and_none_of_them_a_few(rows, fewest):
    found = of(rows)
    bins = joined(found, fewest)
    assert sum(one.count for one in bins) == found.n
    assert (bins[0].start, bins[-1].end) == (found.bins[0].start, found.bins[-1].end)
    assert all(left.end == right.start for left, right in itertools.pairwise(bins))
    assert all(one.count == 0 or one.count >= fewest for one in bins) or (len(bins) == 1 and found.n < fewest)
