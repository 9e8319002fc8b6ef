"""Any order, duplication, batching and interleaving of a log, through the real engine and database, equals a naive
evaluation of the whole log."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milestones.ladders.specs import published_specs
from onboarding.intake.log import append
from onboarding.intake.message import Message
from onboarding.progress import engine, recompute
from onboarding.progress.models import Journey, Unlock
from onboarding.progress.rebuild.rebuilding import Rebuilding
from tests.onboarding.progress.drawn import (
    BY_ACCOUNT,
    CRITERIA,
    LADDERS,
    Doing,
    document,
    doing,
    introduction,
    judging,
    saying,
)
from tests.onboarding.progress.naive import Step, Way, Word, progress
from tests.onboarding.progress.worlds import InTheDatabase, OnPaper
from tests.tiers import examples
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

BASE = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)

SENDERS = ["u:1", "u:1", "u:1", "u:2", "u:2", "u:3", "u:4", "u:5", "a:x", "a:y"]
senders = st.sampled_from(SENDERS)
minutes = st.integers(0, 300).map(lambda m: BASE + timedelta(minutes=m, microseconds=m % 3))


@st.composite
def messages(draw):
    kind = draw(st.sampled_from(["track"] * 7 + ["identify"] * 3 + ["alias"] * 3 + ["group"] * 3))
    sender = draw(senders)
    at = draw(minutes)
    m = Message(type=kind, sender=sender, client_at=at, occurred_at=at)
    if sender.startswith("u:") and draw(st.integers(0, 5)) == 0:
        m.anonymous_id = draw(st.sampled_from(["x", "y"]))
    m.group_id = draw(st.sampled_from(["", "", "", "", "acme", "bolt"]))
    if kind == "group":
        m.group_id = draw(st.sampled_from(["acme", "acme", "bolt"]))
        m.traits = draw(
            st.fixed_dictionaries({}, optional={"plan": st.sampled_from(["free", "pro", "pro", "team", None])})
        )
    elif kind == "track":
        m.event = draw(
            st.sampled_from(
                [
                    "Signed Up",
                    "Signed Up",
                    "Arrived",
                    "Connected",
                    "Connected",
                    "Invited",
                    "Reported",
                    "Reported",
                    "Noise",
                ]
            )
        )
        m.properties = {"kind": draw(st.sampled_from(["team", "guest"]))}
    elif kind == "identify":
        m.traits = draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "role": st.sampled_from(["admin", "admin", "user", None]),
                    "plan": st.sampled_from(["free", "pro", "team", None]),
                },
            )
        )
    else:
        m.previous_id = draw(st.sampled_from(["1", "2", "3", "4", "5", "x", "y"]))
        if not sender.startswith("u:"):
            m.sender = "u:2"
    return m


logs = st.lists(messages(), min_size=1, max_size=32)


def at_some_time(rng: random.Random) -> datetime:
    return BASE + timedelta(minutes=rng.randrange(300), microseconds=rng.randrange(3))


def kept(workspace) -> dict:
    with scope(workspace):
        return {
            (journey.person.key, journey.ladder.key): Way(
                journey.began_version.number,
                journey.version.number,
                journey.started_at,
                {
                    c.rung_key: Step(
                        c.completed_at,
                        c.in_order_at,
                        tuple(
                            sorted(
                                u.feature
                                for u in journey.unlocks.all()
                                if (u.rung_key, u.unlocked_at, u.person_id)
                                == (c.rung_key, c.completed_at, journey.person_id)
                            )
                        ),
                        c.ruling_id,
                    )
                    for c in journey.completions.all()
                },
                journey.first_value_at,
                journey.finished_at,
            )
            for journey in Journey.objects.select_related(
                "person", "ladder", "version", "began_version"
            ).prefetch_related("completions", "unlocks")
        }


def assert_a_rebuild_finds_nothing(workspace) -> None:
    with Rebuilding(workspace.pk) as rebuilding:
        assert not +rebuilding.look()


def let_the_log_begin(workspace, at: datetime, *, removed: bool) -> None:
    """As retention does, at any moment instead of a month's beginning; its rows may be there still."""
    Workspace.objects.filter(pk=workspace.pk).update(log_begins_at=at)
    if removed:
        with scope(workspace) as workspace_id, connections["owner"].cursor() as owner:
            owner.execute("SELECT set_config('app.workspace_id', %s, false)", [str(workspace_id)])
            owner.execute(
                "DELETE FROM intake_event WHERE workspace_id = %s AND greatest(client_at, occurred_at) < %s",
                [workspace_id, at],
            )


def doings(rng: random.Random) -> list[tuple[Doing, datetime]]:
    """What is done to ladders, at moments before, among and after the events.

    Few criteria at a time, so that steps share them, and one step takes what another would have counted.
    """
    criteria = rng.sample(CRITERIA, k=5)
    moments = sorted(rng.sample(range(-30, 360), k=rng.randint(2, 8)))
    return [(doing(rng, criteria=criteria), BASE + timedelta(minutes=minute, seconds=1)) for minute in moments]


@settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(log=logs, seed=st.integers(0, 2**32 - 1))
def test_any_order_duplication_batching_and_interleaving_equals_a_naive_evaluation(log, seed, make_workspace):
    """Messages come in any order, while ladders change in every way and members rule on steps."""
    rng = random.Random(seed)
    workspace = make_workspace("Property", segments=["plan", "account.plan"])
    world = InTheDatabase(workspace)
    for number, message in enumerate(log):
        message.message_id = f"m{number}"
    to_do = doings(rng)
    log += [saying(rng, rng.choice("12"), at_some_time(rng), f"n{number}") for number in range(rng.randrange(25))]
    deliveries = [[m] for m in log] + [[m] for m in rng.choices(log, k=len(log) // 3)]
    rng.shuffle(deliveries)
    places = sorted(rng.choices(range(len(deliveries) + 1), k=len(to_do)))
    batch = rng.choice([1, 2, 3, 10_000])
    ruled = []

    for place, delivery in enumerate(deliveries):
        while places and places[0] <= place:
            places.pop(0)
            done, at = to_do.pop(0)
            world.do(done, at=at)
        if rng.random() < 0.15:
            ruled.append(world.rule(judging(rng, rng.choice(SENDERS), at_some_time(rng))))
        if ruled and rng.random() < 0.05 and (one := ruled.pop(rng.randrange(len(ruled)))) is not None:
            world.withdraw(one)
        append(workspace.pk, delivery)
        if rng.random() < 0.4:
            engine.advance(workspace.pk, batch=batch)
    for rest, at in to_do:
        world.do(rest, at=at)
    engine.advance(workspace.pk, batch=batch)
    engine.settle(workspace.pk)

    with scope(workspace):
        versions = published_specs()
    words = [
        Word(one.pk, one.sender, one.ladder.key, one.rung_key, one.verdict, one.at, one.until) for one in ruled if one
    ]
    assert kept(workspace) == progress(log, versions, words)
    with scope(workspace):
        assert list(recompute.differences(engine.plan_of(workspace.pk))) == []
        unlocked = Unlock.objects.count()
    assert_a_rebuild_finds_nothing(workspace)
    assert unlocked == sum(len(step.unlocks) for way in kept(workspace).values() for step in way.done.values())
    let_the_log_begin(workspace, at_some_time(rng), removed=rng.random() < 0.7)
    with scope(workspace):
        assert list(recompute.differences(engine.plan_of(workspace.pk))) == []
    assert_a_rebuild_finds_nothing(workspace)


@settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1))
def test_accounts_in_any_order_equal_a_naive_evaluation(seed, make_workspace):
    """Ladders by account alone, published beforehand, so that nobody is replayed but for what messages say: members
    join late and bring their past, work for two accounts, and turn out to be one person."""
    rng = random.Random(seed)
    workspace = make_workspace("Companies", segments=["account.plan"])
    world = InTheDatabase(workspace)
    for key in LADDERS:
        ladder = document(rng, key, criteria=rng.sample(BY_ACCOUNT, k=3))
        ladder["role"]["rule"] = {"everyone": True}
        world.publish(ladder, at=BASE - timedelta(days=1), moves=False)
    log = [saying(rng, rng.choice("1234"), at_some_time(rng), f"m{number}") for number in range(rng.randint(10, 40))]
    for number in range(rng.randrange(4)):
        at = at_some_time(rng)
        former, user = rng.sample("1234x", k=2)
        merge = Message("alias", f"a{number}", sender=f"u:{user}", client_at=at, occurred_at=at, previous_id=former)
        log.append(merge)
    rng.shuffle(log)
    engine.settle(workspace.pk)
    with scope(workspace):
        versions = published_specs()
    taken = 0
    while taken < len(log):
        size = rng.randint(1, 6)
        append(workspace.pk, log[taken : taken + size])
        taken += size
        engine.settle(workspace.pk)
        assert kept(workspace) == progress(log[:taken], versions)
    with scope(workspace):
        assert list(recompute.differences(engine.plan_of(workspace.pk))) == []
    assert_a_rebuild_finds_nothing(workspace)
    let_the_log_begin(workspace, at_some_time(rng), removed=rng.random() < 0.7)
    with scope(workspace):
        assert list(recompute.differences(engine.plan_of(workspace.pk))) == []
    assert_a_rebuild_finds_nothing(workspace)


@pytest.mark.pure
@settings(max_examples=examples(250), deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1))
def test_the_pure_function_alone_equals_a_naive_evaluation(seed):
    """Many more ladders and logs than the database could be asked for; here nobody is linked to anybody."""
    rng, world = random.Random(seed), OnPaper()
    log = [introduction(rng, user, at_some_time(rng)) for user in "12"]
    log += [saying(rng, rng.choice("12"), at_some_time(rng), f"m{number}") for number in range(rng.randint(10, 40))]
    for done, at in doings(rng):
        world.do(done, at=at)
    world.say(*log)
    for _ in range(rng.randrange(5)):
        world.rule(judging(rng, rng.choice(["u:1", "u:2"]), at_some_time(rng)))
    found = {
        (sender, LADDERS[state.ladder_id]): Way(
            state.began_version_id % 100,
            state.version_id % 100,
            state.started_at,
            {key: Step(r.at, r.in_order_at, r.unlocks, r.ruling_id) for key, r in state.reached.items()},
            state.first_value_at,
            state.finished_at,
        )
        for sender, states in world.journeys().items()
        for state in states
    }
    assert found == progress(log, world.versions, world.words)


def test_the_naive_evaluation_itself_knows_a_story_told_by_hand(make_workspace, publish_file):
    workspace = make_workspace("Story")
    publish_file(workspace)
    with scope(workspace):
        versions = published_specs()

    def at(minute):
        return BASE + timedelta(minutes=minute)

    def track(event, minute, **properties):
        return Message(
            "track",
            f"{event}{minute}",
            event,
            "u:1",
            client_at=at(minute),
            occurred_at=at(minute),
            properties=properties,
        )

    log = [
        Message("identify", "i", sender="u:1", client_at=at(1), occurred_at=at(1), traits={"role": "admin"}),
        track("Connected", -5),
        track("Signed Up", 0),
        track("Invited", 10, kind="team"),
        track("Connected", 20),
        track("Invited", 30, kind="team"),
        track("Reported", 40),
        track("Reported", 50),
        track("Reported", 60),
        track("Reported", 70),
    ]
    assert progress(log, versions) == {
        ("u:1", "admin"): Way(
            1,
            1,
            at(0),
            {
                "connect": Step(at(20), at(20), ("dashboards",)),
                "invite": Step(at(20), at(30)),  # sent before it opened, counts at the opening
                "invite-again": Step(at(10), None),  # in order it would need a third invitation
                "report": Step(at(50), None),
                "keep": Step(at(60), None),  # the one at the opening itself counts
            },
            at(50),
            None,
        )
    }
