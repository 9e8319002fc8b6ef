"""Doing a step early and reaching first value: found where planted, not where it is only time that passes."""

import random

import pytest

from analytics.metrics.as_of import DAY_S
from analytics.metrics.landmark import Watched, early, landmark_days

pytestmark = pytest.mark.pure
KEYS = ["a", "b", "c", "d"]


def crowd(seed, *, people=400, effect=1.0, share=0.7):
    """People who do each step at a random time, whatever else they do; "a" done early divides their time from day 3."""
    rng = random.Random(seed)
    found = []
    for _ in range(people):
        done = {key: rng.expovariate(1 / 4) * DAY_S for key in KEYS if rng.random() < 0.8}
        scale = 8 / effect if done.get("a", 99 * DAY_S) <= 3 * DAY_S else 8
        value = (3 + rng.expovariate(1 / scale)) * DAY_S if rng.random() < share else None
        followed = rng.uniform(3, 60) * DAY_S
        found.append(Watched(value if value is not None and value <= followed else None, followed, done))
    return found


def test_what_is_planted_is_found_and_nothing_else():
    found = {one.key: one for one in early(crowd(5, people=900, effect=3), KEYS, landmark=3, window=14)}
    assert found["a"].clear
    assert found["a"].sooner
    assert found["a"].did.share > found["a"].did_not.share + 0.1
    assert not any(found[key].clear for key in "bcd")


def test_where_steps_and_value_have_nothing_to_do_with_each_other_nothing_is_claimed():
    # At 1% a page, 120 pages claim something 1.2 times on average; five or more in fewer than one of a hundred.
    claims = sum(any(one.clear for one in early(crowd(seed), KEYS, landmark=3, window=14)) for seed in range(120))
    assert claims < 5


def test_having_had_the_time_to_do_a_step_is_no_merit_of_the_step():
    """The trap: whoever takes long to reach first value has more time to do a step, and whoever stays does it."""
    rng = random.Random(7)
    people = []
    for _ in range(2_000):
        value, step = (rng.expovariate(1 / 8) * DAY_S for _ in range(2))
        # After first value nobody bothers, so who did the step is who was slow.
        people.append(Watched(value, 90 * DAY_S, {"a": step} if step < value else {}))
    did = [one.value_s for one in people if "a" in one.done_s]
    did_not = [one.value_s for one in people if "a" not in one.done_s]
    assert sum(did) / len(did) > 1.5 * sum(did_not) / len(did_not)  # what a naive comparison would "find"
    (found,) = early(people, ["a"], landmark=3, window=14)
    assert not found.clear
    assert found.did.share == pytest.approx(found.did_not.share, abs=0.06)


def test_a_step_that_helps_so_fast_that_only_the_slow_are_left_is_not_called_harmful():
    rng = random.Random(11)
    people = []
    for _ in range(3_000):
        helped = rng.random() < 0.5
        value = rng.expovariate(1 / (1 if helped else 8)) * DAY_S if rng.random() < 0.6 else None
        people.append(Watched(value, 90 * DAY_S, {"a": 1.0} if helped else {}))
    (found,) = early(people, ["a"], landmark=3, window=14)
    assert found.p < 0.01
    assert not found.sooner
    assert not found.clear


def test_whoever_has_value_by_the_landmark_or_was_not_watched_so_long_is_left_out():
    people = [
        Watched(2 * DAY_S, 30 * DAY_S, {"a": DAY_S}),  # has it already
        Watched(None, 2 * DAY_S, {"a": DAY_S}),  # not watched until then
        Watched(5 * DAY_S, 30 * DAY_S, {"a": 3 * DAY_S}),  # did it on the landmark itself
        Watched(None, 30 * DAY_S, {"a": 3 * DAY_S + 1}),  # a moment too late
        Watched(None, 30 * DAY_S, {}),
    ]
    (found,) = early(people, ["a"], landmark=3, window=14)
    assert (found.did.people, found.did_not.people) == (1, 2)
    assert (found.did.share, found.did_not.share) == (1.0, 0.0)
    assert found.p is None  # too few to claim anything


def test_first_value_at_the_very_end_of_the_window_is_in_it():
    at_the_end = [Watched(14 * DAY_S, 60 * DAY_S, {"a": 1}) for _ in range(30)]
    too_late = [Watched(14 * DAY_S + 1, 60 * DAY_S, {}) for _ in range(30)]
    (found,) = early([*at_the_end, *too_late], ["a"], landmark=3, window=14)
    assert (found.did.share, found.did_not.share) == (1, 0)


def test_steps_that_are_not_looked_at_cost_no_correction():
    people = crowd(3, people=900, effect=3)
    alone = early(people, ["a"], landmark=3, window=14)[0]
    with_idle = early(people, ["a", "never"], landmark=3, window=14)[0]
    assert with_idle.p == alone.p
    assert early(people, ["a", "b"], landmark=3, window=14)[0].p == pytest.approx(min(1, 2 * alone.p))


def test_the_landmark_follows_from_the_window_alone():
    assert [landmark_days(window) for window in (1, 7, 14, 30, 90)] == [1, 1, 3, 7, 22]
