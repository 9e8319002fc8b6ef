"""Small cohorts in triangles: withheld, and not to be had by subtraction from the total of their column either."""

import json
import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.metrics import subject as goals
from analytics.metrics.as_data import cohort_data
from analytics.metrics.as_of import AsOf
from analytics.metrics.cohorts import Grain, cohorts
from analytics.metrics.triangles import WITHHELD, withheld
from analytics.metrics.use.as_data import retention_data
from analytics.metrics.use.counts import UseCount
from analytics.metrics.use.retention import retention_of
from onboarding.usage import periods
from tests.analytics.climbs import NOW, UTC_ZONE, counts_of, journey, subject

pytestmark = pytest.mark.pure

DAY = timedelta(days=1)
AS_OF = AsOf.now(NOW, zone=UTC_ZONE)
SIZES = st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=1, max_size=8)


@given(SIZES)
def test_no_cell_of_few_is_told_and_none_is_withheld_alone_beside_others(rows):
    hidden = withheld(rows)
    for column in range(3):
        sizes = [row[column] for row in rows]
        hides = [row[column] for row in hidden]
        assert all(hide for size, hide in zip(sizes, hides, strict=True) if 0 < size < 5)
        assert not any(hide for size, hide in zip(sizes, hides, strict=True) if size == 0)
        told = [size for size, hide in zip(sizes, hides, strict=True) if size and not hide]
        # Alone, or so few together that they are known, only where nobody is left to stand with them.
        if told and any(hides):
            together = [size for size, hide in zip(sizes, hides, strict=True) if hide]
            assert len(together) > 1
            assert sum(together) >= 5


def test_without_rows_nothing_is_withheld():
    assert withheld([]) == []
    assert withheld([[], []]) == [[], []]


def weeks(*people):
    """As many people each week, the oldest first; all of them watched for four weeks, half reach first value."""
    monday = date(2026, 1, 5)
    start = NOW.replace(year=monday.year, month=monday.month, day=monday.day)
    return [
        journey(start + place * 7 * DAY, {"report": DAY} if number % 2 else {}, person=100 * place + number)
        for place, many in enumerate(people)
        for number in range(many)
    ]


def test_a_week_of_few_takes_the_next_smallest_with_it():
    tally = counts_of(weeks(30, 3, 20, 9)).towards(goals.first_value(subject()))
    found = cohorts(tally, AS_OF, grain=Grain.WEEK, after_days=(7, 14, 21))
    assert [[cell.withheld for cell in week.cells] for week in found] == [
        [False] * 3,
        [True] * 3,
        [False] * 3,
        [True] * 3,
    ]
    assert [week.withheld for week in found] == [False, True, False, True]
    said = json.dumps([cohort_data(week) for week in found])
    assert said.count(WITHHELD.reason) == 6
    assert found[1].cells[0].told is WITHHELD


def test_where_a_larger_week_is_not_over_another_stands_with_the_small_one():
    """What is told of a column are only the weeks that are old enough, so only these can hide another."""
    tally = counts_of(weeks(30, 3, 20, 9)).towards(goals.first_value(subject()))
    early = AsOf.of(date(2026, 2, 7), now=NOW, zone=UTC_ZONE)
    found = cohorts(tally, early, grain=Grain.WEEK, after_days=(7, 14))
    assert [[cell.withheld for cell in week.cells] for week in found][:3] == [[False] * 2, [True] * 2, [False, True]]


def test_the_triangle_of_retention_protects_its_small_weeks_in_every_column():
    rng = random.Random(3)
    began, active = [], []
    for place, many in enumerate((30, 3, 20, 9)):
        day = date(2026, 1, 5) + place * 7 * DAY
        began.append(UseCount(day, 0, 0, many))
        active += [UseCount(day, week, week - 1, rng.randrange(many + 1)) for week in range(1, 5)]
    found = retention_of(began, active, AS_OF, grain=periods.Grain.WEEK)
    small, beside = found.rows[1], found.rows[3]
    assert small.withheld == {cell.period for cell in small.cells} != set()
    for period in beside.withheld | {1}:
        assert sum(period in row.withheld for row in found.rows) >= 2
    assert [row.size_withheld for row in found.rows] == [False, True, False, True]
    told = retention_data(found)["cohorts"][1]["periods"]
    assert all(one["not_computable"] == WITHHELD.reason for one in told)
    assert not any("share" in one for one in told)
