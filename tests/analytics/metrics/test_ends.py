"""How journeys end, when some people leave before first value."""

from datetime import timedelta

import pytest

from analytics.metrics import subject as goals
from analytics.metrics.as_of import DAY_S, AsOf
from analytics.metrics.ends import LEFT, VALUE, Left, how_it_ends
from analytics.stats import Chance, Curve
from tests.analytics.climbs import NOW, UTC_ZONE, counts_of, journey, random_journeys, subject

pytestmark = pytest.mark.pure

DAY = timedelta(days=1)
AS_OF = AsOf.now(NOW, zone=UTC_ZONE)
START = NOW - 30 * DAY


def tally_of(journeys):
    return counts_of(journeys).towards(goals.first_value(subject()))


def chance(found, end, days):
    told = found.incidence.at(end, days * DAY_S)
    assert isinstance(told, Chance)
    return told.value


@pytest.mark.parametrize("seed", range(5))
def test_where_nobody_leaves_it_is_the_curve(seed):
    tally = tally_of(random_journeys(seed))
    found, curve = how_it_ends(tally, [], AS_OF), tally.curve(AS_OF)
    assert isinstance(curve, Curve)
    for days in (1, 3, 7, 14, 21):
        assert chance(found, VALUE, days) == pytest.approx(1 - curve.at(days * DAY_S).survival, abs=1e-12)
        assert chance(found, LEFT, days) == 0


def test_of_people_who_were_all_watched_the_shares_are_those_who_ended_so():
    """Twenty began; eight reach first value on day 2, six are erased four days after the day on which they began."""
    people = [journey(START, {"report": DAY * 1.5} if number < 8 else {}, person=number) for number in range(20)]
    left = [Left(START.date(), (START + 4 * DAY).date(), 7, 6)]
    found = how_it_ends(tally_of(people), left, AS_OF)
    assert (found.before_value, found.after_value, found.withheld) == (6, 1, False)
    assert not found.after_value_is_told
    assert chance(found, VALUE, 2) == pytest.approx(8 / 20)
    assert chance(found, LEFT, 4) == 0
    assert chance(found, LEFT, 5) == pytest.approx(6 / 20)
    assert found.incidence.at_risk[-1] == 6  # the others are still on the way


def test_who_left_is_not_yet_gone_as_of_a_day_before():
    people = [journey(START, person=number) for number in range(20)]
    left = [Left(START.date(), (START + 4 * DAY).date(), 6, 6)]
    early = AsOf.of((START + 3 * DAY).date(), now=NOW, zone=UTC_ZONE)
    assert how_it_ends(tally_of(people), left, early).before_value == 0
    assert how_it_ends(tally_of(people), left, AS_OF).before_value == 6


@pytest.mark.parametrize("n, before", [(4, 4), (9, 3)])
def test_fewer_than_five_are_not_told_apart_from_those_on_the_way(n, before):
    people = [journey(START, {"report": DAY} if number < 8 else {}, person=number) for number in range(30)]
    left = [Left(START.date(), (START + 4 * DAY).date(), n, before)]
    found, without = how_it_ends(tally_of(people), left, AS_OF), how_it_ends(tally_of(people), [], AS_OF)
    assert found.withheld
    assert found.incidence == without.incidence
