from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats import Withheld, withhold

pytestmark = pytest.mark.pure

counts = st.lists(st.integers(0, 14), max_size=5)


def hidden(counts, fewest=5, **options):
    return [index for index, is_hidden in enumerate(withhold(counts, fewest, **options).groups) if is_hidden]


def test_large_groups_and_groups_of_nobody_are_told():
    assert withhold([30, 0, 5], 5) == Withheld((False, False, False), total=False)


def test_one_small_group_takes_the_smallest_of_the_others_with_it():
    assert hidden([40, 3, 12, 25]) == [1, 2]


def test_without_a_total_only_the_small_ones_are_withheld():
    assert hidden([40, 3, 12, 25], total_is_told=False) == [1]


def test_two_small_groups_protect_each_other_unless_their_sum_gives_them_away():
    assert hidden([40, 3, 4]) == [1, 2]
    assert hidden([40, 1, 1]) == [0, 1, 2]  # a sum of 2 can only be 1 + 1
    assert hidden([40, 4, 4]) == [0, 1, 2]  # of groups below 5 a sum of 8 can only be 4 + 4
    assert hidden([40, 1, 2]) == [0, 1, 2]  # fewer than 5 together are a small group themselves


def test_one_more_is_withheld_when_sizes_could_be_worked_out_from_the_rule():
    # 1 and 5 add up to 6, which is the least that a small group and another one can come to.
    assert hidden([1, 5, 9]) == [0, 1, 2]
    assert hidden([1, 6, 9]) == [0, 1]


def test_when_all_groups_are_not_enough_the_total_is_withheld():
    assert withhold([3], 5) == Withheld((True,), total=True)
    assert withhold([1, 1], 5) == Withheld((True, True), total=True)
    assert withhold([3, 0], 5) == Withheld((True, False), total=True)
    assert withhold([2, 9], 5) == Withheld((True, True), total=False)


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="from 3 people on"):
        withhold([1, 2], 2)
    with pytest.raises(ValueError, match="negative"):
        withhold([-1], 5)


@given(counts, st.integers(3, 6))
def test_no_withheld_group_can_be_worked_out_from_what_is_told(counts, fewest):
    """By brute force: every table with the same told groups and total, small where it is small, is possible."""
    told = withhold(counts, fewest)
    places = [index for index, is_hidden in enumerate(told.groups) if is_hidden]
    assert all(is_hidden for count, is_hidden in zip(counts, told.groups, strict=True) if 0 < count < fewest)
    if not places or told.total:
        return
    rest = sum(counts[index] for index in places)
    assert rest >= fewest
    ranges = [range(1, fewest) if counts[i] < fewest else range(fewest, rest + 1) for i in places]
    possible = [sizes for sizes in product(*ranges) if sum(sizes) == rest]
    for place in range(len(places)):
        assert len({sizes[place] for sizes in possible}) >= 2


@given(counts, st.integers(3, 6))
def test_nothing_is_withheld_without_a_small_group(counts, fewest):
    large = [count for count in counts if count == 0 or count >= fewest]
    assert not any(withhold(large, fewest).groups)
