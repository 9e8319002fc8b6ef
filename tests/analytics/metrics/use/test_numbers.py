"""How many people have which number of active days or workflows, told so that nobody can be picked out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.metrics.sizes import FEW
from analytics.metrics.use.as_data import spread_data
from analytics.metrics.use.frequency import Numbers, Spread

pytestmark = pytest.mark.pure


def spread(counts):
    return Spread(14, sum(counts.values()), counts)


def test_neighbours_of_few_are_joined_and_the_largest_number_is_not_told():
    told = spread({0: 9, 1: 5, 2: 3, 4: 4, 5: 6, 9: 2, 14: 1}).numbers
    assert told == (Numbers(0, 0, 9), Numbers(1, 1, 5), Numbers(2, 4, 7), Numbers(5, None, 9))


def test_a_last_number_that_five_have_is_told_as_it_is():
    assert spread({3: 7, 6: 5}).numbers == (Numbers(3, 3, 7), Numbers(6, 6, 5))


def test_a_number_that_stands_for_all_above_it_says_so():
    assert Spread(14, 12, {2: 7, 10: 5}, most=10).numbers == (Numbers(2, 2, 7), Numbers(10, None, 5))


@given(st.dictionaries(st.integers(0, 20), st.integers(1, 9), min_size=1))
def test_each_number_told_is_of_five_people_or_more_and_together_they_are_everybody(counts):
    found = spread(counts)
    if found.mature < 5:
        assert found.numbers == ()
        assert found.median == FEW
        assert spread_data(found)["people_by_number"] == []
        return
    assert all(one.people >= 5 for one in found.numbers)
    assert sum(one.people for one in found.numbers) == found.mature
    for one in found.numbers:
        most = max(counts) if one.high is None else one.high
        assert one.people == sum(n for number, n in counts.items() if one.low <= number <= most)
    assert all(one.high is not None for one in found.numbers[:-1])
    assert [one.low for one in found.numbers] == sorted({one.low for one in found.numbers})
