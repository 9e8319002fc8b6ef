"""Whatever ladders, logs and rulings there are: what the debugger tells agrees with the completions that are stored."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from onboarding.debugger.filters import Filters
from onboarding.debugger.reading import page
from onboarding.debugger.stories import stories
from onboarding.people.models import Sender
from onboarding.progress.models import Completion
from tests.onboarding.progress.drawn import BY_ACCOUNT, CRITERIA, doing, introduction, judging, saying
from tests.onboarding.progress.worlds import InTheDatabase
from workspaces.scope import scope

BASE = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
USERS = ("1", "2", "3")


def at_some_time(rng: random.Random) -> datetime:
    return BASE + timedelta(minutes=rng.randrange(300), microseconds=rng.randrange(3))


def lived(world: InTheDatabase, seed: int) -> None:
    """Three people send things while ladders are published, and members rule on their steps."""
    rng = random.Random(seed)
    criteria = rng.choice([CRITERIA, BY_ACCOUNT])
    for minute in sorted(rng.sample(range(-30, 360), k=rng.randint(1, 4))):
        world.do(doing(rng, criteria=criteria), at=BASE + timedelta(minutes=minute, seconds=1))
    for user in USERS:
        first = introduction(rng, user, at_some_time(rng))
        first.group_id = rng.choice(["acme", "acme", ""])
        log = [saying(rng, user, at_some_time(rng), f"m{user}-{number}") for number in range(15)]
        world.say(first, *log)
        world.seen()
    for _ in range(rng.choice([0, 1, 4])):
        world.rule(judging(rng, f"u:{rng.choice(USERS)}", at_some_time(rng)))
    for user in USERS:
        world.say(*(saying(rng, user, at_some_time(rng), f"n{user}-{number}") for number in range(4)))
    world.seen()


@pytest.mark.parametrize("seed", range(12))
def test_a_message_is_said_to_have_completed_just_those_steps_whose_evidence_it_is(make_workspace, workspace, seed):
    drawn = make_workspace("Drawn")
    lived(InTheDatabase(drawn), seed)
    with scope(drawn):
        entries = page(Filters(outcome="stored"), limit=200).entries
        told = {entry: stories([entry])[str(entry.ref)] for entry in entries}
        owner = dict(Sender.objects.values_list("key", "person"))
        proven = {
            (message_id, person, ladder, rung)
            for message_id, person, ladder, rung in Completion.objects.exclude(message_id="").values_list(
                "message_id", "journey__person", "journey__ladder", "rung_key"
            )
        }
        at_once = stories(entries)
    own = {
        (entry.message_id, owner[entry.sender], ladder.ladder_id, step.key)
        for entry, story in told.items()
        for ladder, step in story.explanation.completed
    }
    others = {
        (entry.message_id, one.person.pk, one.ladder_id, one.step_key)
        for entry, story in told.items()
        for one in story.for_others.first
    }
    assert len(entries) == len(USERS) * 20
    assert not own & others
    assert own | others == proven
    for entry, story in told.items():
        together = at_once[str(entry.ref)]
        assert (together.explanation, together.for_others) == (story.explanation, story.for_others)
