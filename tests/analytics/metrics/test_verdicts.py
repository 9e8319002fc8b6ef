"""What is claimed: planted effects are found, and chance is not."""

import random
from datetime import timedelta

import pytest

from analytics.metrics import subject as goals
from analytics.metrics.as_of import AsOf
from analytics.metrics.funnel import DropOff, Mode, drop_off, funnel
from analytics.metrics.pace import change, compare, is_clear, pace
from analytics.metrics.segments import BreakDown, break_down, clearest, gathered
from analytics.metrics.tally import Tally
from analytics.stats import Difference, NotComputable
from tests.analytics.climbs import NOW, UTC_ZONE, counts_of, journey, subject

pytestmark = pytest.mark.pure

AS_OF = AsOf.now(NOW, zone=UTC_ZONE)
GOAL = goals.first_value(subject())


def climbers(rng, people, *, days, segment=None):
    """People who began two months ago at the latest and reach first value after `days` on average."""
    for _ in range(people):
        start = NOW - timedelta(days=rng.uniform(1, 60))
        after = timedelta(days=rng.expovariate(1 / days))
        reached = {"report": after} if start + after <= NOW else {}
        yield journey(start, reached, segment=segment)


def told(journeys, label=""):
    return pace(label, counts_of(journeys).towards(GOAL), AS_OF, window_days=14)


def test_a_group_that_is_much_faster_is_found_and_named_first():
    rng = random.Random(1)
    slow, fast = told(climbers(rng, 200, days=12), "slow"), told(climbers(rng, 200, days=5), "fast")
    found = compare([slow, fast])
    assert found.clear
    assert [group.label for group in found.by_pace] == ["fast", "slow"]
    assert fast.median_s < slow.median_s
    assert is_clear(change(fast.within, slow.within))


def test_of_two_hundred_null_comparisons_hardly_any_makes_a_claim():
    rng = random.Random(2)
    claims = sum(compare([told(climbers(rng, 60, days=8)), told(climbers(rng, 60, days=8))]).clear for _ in range(200))
    # One in three hundred is expected; five or more of 200 would happen by chance once in a thousand times.
    assert claims < 5


def test_the_fastest_is_named_only_where_it_is_clearly_ahead_of_the_next():
    rng = random.Random(5)
    slow = told(climbers(rng, 300, days=20), "slow")
    fast, alike = told(climbers(rng, 300, days=5), "fast"), told(climbers(rng, 300, days=5), "alike")
    both = compare([slow, fast, alike])
    assert both.clear
    assert both.fastest is None
    assert compare([slow, fast]).fastest is fast
    assert compare([fast, alike]).fastest is None


def test_having_looked_at_several_traits_raises_the_bar():
    rng = random.Random(3)
    groups = [told(climbers(rng, 60, days=6)), told(climbers(rng, 60, days=9))]
    assert compare(groups, tried=5).p == pytest.approx(min(1, 5 * compare(groups).p))


def test_the_clearest_trait_is_the_one_with_the_planted_effect():
    rng = random.Random(4)
    people = [
        *climbers(rng, 150, days=4, segment={"plan": "pro", "region": "north"}),
        *climbers(rng, 150, days=4, segment={"plan": "pro", "region": "south"}),
        *climbers(rng, 150, days=12, segment={"plan": "free", "region": "north"}),
        *climbers(rng, 150, days=12, segment={"plan": "free", "region": "south"}),
    ]
    found = clearest(counts_of(people), ["region", "plan"], GOAL, AS_OF, window_days=14)
    assert isinstance(found, BreakDown)
    assert (found.trait, found.comparison.clear) == ("plan", True)
    assert found.comparison.by_pace[0].label == "pro"
    alone = break_down(counts_of(people), "plan", GOAL, AS_OF, window_days=14)
    assert found.comparison.p == pytest.approx(2 * alone.comparison.p)


def test_small_segments_take_no_part_in_the_comparison_but_are_listed_with_a_caution():
    rng = random.Random(5)
    people = [
        *climbers(rng, 100, days=4, segment={"plan": "pro"}),
        *climbers(rng, 29, days=50, segment={"plan": "free"}),
        *climbers(rng, 4, days=4, segment={}),
    ]
    found = break_down(counts_of(people), "plan", GOAL, AS_OF, window_days=14)
    assert [(s.label, s.caution.value) for s in found.segments] == [
        ("pro", ""),
        ("free", "small"),
        ("not set", "withheld"),
    ]
    assert isinstance(found.comparison.test, NotComputable)
    assert not found.comparison.clear


def steps(reached):
    """A funnel of people who began long ago, of whom so many reached each step in order."""
    start = NOW - timedelta(days=40)
    keys = list(reached)
    people = []
    for number in range(200):
        done = {key: timedelta(hours=1 + i) for i, key in enumerate(keys) if number < reached[key]}
        people.append(journey(start, done))
    return funnel(counts_of(people), subject(), AS_OF, window_days=14, mode=Mode.ORDERED)


def test_the_step_that_loses_most_people_is_found():
    found = drop_off(steps({"connect": 190, "invite": 100, "report": 90}))
    assert isinstance(found, DropOff)
    assert (found.before, found.step.key, found.step.lost, found.clear) == ("Connect", "invite", 90, True)


def test_two_steps_that_lose_about_as_many_are_no_claim():
    found = drop_off(steps({"connect": 150, "invite": 94, "report": 90}))
    assert isinstance(found, DropOff)
    assert (found.step.key, found.runner_up.key, found.clear) == ("invite", "connect", False)


def test_where_nobody_is_lost_or_nobody_is_mature_there_is_no_drop_off():
    assert isinstance(drop_off(steps({"connect": 200, "invite": 200, "report": 200})), NotComputable)
    fresh = funnel(counts_of([journey(NOW - timedelta(hours=1))]), subject(), AS_OF, window_days=14, mode=Mode.ORDERED)
    assert isinstance(drop_off(fresh), NotComputable)
    assert fresh.immature == 1


def test_people_still_on_their_way_are_not_counted_as_drop_offs():
    old, new = NOW - timedelta(days=40), NOW - timedelta(days=3)
    people = [journey(old, {"connect": timedelta(days=1)})] * 10 + [journey(new)] * 90
    found = funnel(counts_of(people), subject(), AS_OF, window_days=14, mode=Mode.ORDERED)
    assert (found.began, found.mature, found.immature) == (100, 10, 90)
    assert (found.steps[1].within.mature.value, found.steps[1].lost) == (1.0, 0)


def test_nothing_to_compare_with_is_said_and_not_claimed():
    rng = random.Random(6)
    now, nobody = told(climbers(rng, 40, days=8)), pace("", Tally.nobody(), AS_OF, window_days=14)
    assert isinstance(change(now.within, nobody.within), NotComputable)
    assert not is_clear(change(now.within, nobody.within))
    assert isinstance(compare([now, nobody]).test, NotComputable)
    assert isinstance(compare([now]).test, NotComputable)
    assert isinstance(change(now.within, now.within), Difference)


def test_a_segment_whose_people_all_began_today_hides_no_difference_between_the_others():
    rng = random.Random(6)
    people = [
        *climbers(rng, 150, days=4, segment={"plan": "pro"}),
        *climbers(rng, 150, days=12, segment={"plan": "free"}),
        *(journey(NOW - timedelta(hours=1), segment={"plan": "launched today"}) for _ in range(40)),
    ]
    found = break_down(counts_of(people), "plan", GOAL, AS_OF, window_days=14)
    assert len(found.segments) == 3
    assert found.comparison.clear
    assert [group.label for group in found.comparison.by_pace] == ["pro", "free"]


def test_for_eyes_outside_a_small_segment_shares_one_so_that_the_total_does_not_give_it_away():
    rng = random.Random(7)
    people = [
        *climbers(rng, 200, days=4, segment={"plan": "pro"}),
        *climbers(rng, 120, days=12, segment={"plan": "free"}),
        *climbers(rng, 3, days=4, segment={"plan": "secret"}),
    ]
    found = break_down(counts_of(people), "plan", GOAL, AS_OF, window_days=14)
    outside = gathered(found)
    assert isinstance(outside, BreakDown)
    assert [(one.label, one.pace.people) for one in outside.segments] == [("pro", 200), ("2 others", 123)]
    assert set(outside.segments[-1].values) == {"free", "secret"}
    assert outside.comparison == found.comparison
    assert outside.segments[-1].pace.reached == sum(one.pace.reached for one in found.segments[1:])
    # Without a small one nothing is put together; where all are small, none is told.
    big = break_down(counts_of(people[:320]), "plan", GOAL, AS_OF, window_days=14)
    assert gathered(big) is big
    tiny = break_down(counts_of([people[0], people[200]]), "plan", GOAL, AS_OF, window_days=14)
    assert isinstance(gathered(tiny), NotComputable)
