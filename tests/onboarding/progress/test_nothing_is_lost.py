"""Whatever a product manager does to ladders, nobody loses anything: property tests over sequences of publications
(other rungs, criteria, order, roles, starts), moves, roll backs and archivings, with events before, between and after.

What is held, by what happens:

- *A publication, a move, a roll back, an archiving and its end*: strictly, whatever arrived before and in whatever
  order. Every journey goes on, every completion stays at its time with its evidence, first value and the end stay where
  they were, whoever finished is shown what they finished, and no feature is locked again. What a clock that ran ahead
  stamped later than the publication may become earlier; a *start* may not be stamped so.
- *An event that comes in the order of time*: strictly too.
- *A ruling*: a revocation is there to take something away, so only what comes after it is compared.
- *Anything else that is said of the past* may change what was reached, because progress is what the facts say, in
  whatever order they came (decision 0010), and so it may have been told too early. A late event may make a journey
  start earlier, and what it needs may then fall out of a period, or begin it on an older version; it may open a rung
  earlier, whose period "of opening" then ends earlier. The first value that is ever said of a trait counts for the
  start too, and may give another role. Two senders may turn out to be one person. Whoever joins an account brings what
  they did before into it, where colleagues have been told already what the proof was. These are left out here, and held
  to the naive evaluation in test_property.py.
"""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.onboarding.progress.drawn import doing, introduction, judging, saying
from tests.onboarding.progress.worlds import InTheDatabase, OnPaper, World
from tests.tiers import examples

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PEOPLE = ("gil", "hal")
STARTS = ("Signed Up", "Arrived")
STEPS = 30
SELDOM = 0.25
VERY_SELDOM = 0.08


def nothing_is_lost(before: dict, after: dict, *, now: datetime) -> None:
    """Everybody still has what they had by `now`; what was stamped later than that is still had, perhaps earlier."""

    def stays(was: datetime | None, is_: datetime | None) -> bool:
        return is_ == was if was is None or was <= now else is_ is not None and is_ <= was

    assert before.keys() <= after.keys()
    for whose, was in before.items():
        is_ = after[whose]
        assert (is_.began, is_.start) == (was.began, was.start)
        assert was.done.keys() <= is_.done.keys()
        for rung, (at, message_id, unlocks) in was.done.items():
            assert stays(at, is_.done[rung][0])
            assert at > now or is_.done[rung][1] == message_id
            assert set(unlocks) <= set(is_.done[rung][2])
        if was.first_value_at is not None:
            assert stays(was.first_value_at, is_.first_value_at)
        if was.finished_at is not None:
            assert stays(was.finished_at, is_.finished_at)
            assert was.finished_at > now or is_.shown == was.shown


def live_through_in_order(world: World, seed: int) -> None:
    """Everything comes as it happens: nothing that was there before a step is gone after it."""
    rng, now, known = random.Random(seed), NOON, set()
    before = world.seen()
    for step in range(STEPS):
        now += timedelta(minutes=rng.randint(1, 45))
        if rng.random() < VERY_SELDOM:
            world.rule(judging(rng, f"u:{rng.choice(PEOPLE)}", now))
            before = world.seen()
        elif rng.random() < SELDOM:
            world.do(doing(rng), at=now)
        else:
            user = rng.choice(PEOPLE)
            if user not in known:
                known.add(user)
                world.say(introduction(rng, user, now - timedelta(seconds=1)))
            world.say(saying(rng, user, now, f"m{step}", accounts=("acme",)))
        after = world.seen()
        nothing_is_lost(before, after, now=now)
        before = after


def live_through_in_any_order(world: World, seed: int) -> None:
    """Messages come late, early, in any order; clocks run up to an hour ahead, but not at a start. Nothing that was
    there before a publication or an archiving is gone after it."""
    rng, now, known = random.Random(seed), NOON, set()
    for step in range(STEPS):
        now += timedelta(minutes=rng.randint(1, 45))
        if rng.random() < VERY_SELDOM:
            world.rule(judging(rng, f"u:{rng.choice(PEOPLE)}", now))
            continue
        if rng.random() < SELDOM:
            before = world.seen()
            world.do(doing(rng), at=now)
            nothing_is_lost(before, world.seen(), now=now)
            continue
        user = rng.choice(PEOPLE)
        if user not in known:
            known.add(user)
            world.say(introduction(rng, user, now - timedelta(minutes=rng.randrange(1, 300))))
        message = saying(rng, user, now, f"m{step}")
        late = message.event in STARTS or rng.random() < 0.4
        stamped = now - timedelta(minutes=rng.randrange(1, 300)) if late else now + timedelta(minutes=rng.randrange(60))
        message.occurred_at = message.client_at = stamped
        world.say(message)


@pytest.mark.pure
@pytest.mark.parametrize("live_through", [live_through_in_order, live_through_in_any_order])
@settings(max_examples=examples(250), deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1))
def test_nothing_is_lost_on_paper(live_through: Callable, seed: int):
    live_through(OnPaper(), seed)


@pytest.mark.parametrize("live_through", [live_through_in_order, live_through_in_any_order])
@settings(max_examples=examples(8), deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1))
def test_nothing_is_lost_in_the_database(live_through: Callable, seed: int, make_workspace):
    live_through(InTheDatabase(make_workspace("Lossless")), seed)
