"""Any order, duplication, batching and interleaving of a log, through the real engine and database, equals a naive
evaluation of the whole log."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milestones.ladders.document import Document
from milestones.ladders.exchange import export_ladder, import_ladder
from milestones.ladders.models import Ladder
from milestones.ladders.specs import published_specs
from onboarding.intake.log import append
from onboarding.intake.message import Message
from onboarding.progress import engine, recompute
from onboarding.progress.models import Journey, Unlock
from tests.onboarding.progress.drawn import LADDERS, documents
from tests.onboarding.progress.naive import Step, Way, progress
from tests.onboarding.progress.worlds import OnPaper
from workspaces.scope import scope

BASE = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)

senders = st.sampled_from(["u:1", "u:1", "u:1", "u:2", "u:2", "u:3", "u:4", "u:5", "a:x", "a:y"])
minutes = st.integers(0, 300).map(lambda m: BASE + timedelta(minutes=m, microseconds=m % 3))


@st.composite
def messages(draw):
    kind = draw(st.sampled_from(["track"] * 7 + ["identify"] * 3 + ["alias"] * 3))
    sender = draw(senders)
    at = draw(minutes)
    m = Message(type=kind, sender=sender, client_at=at, occurred_at=at)
    if sender.startswith("u:") and draw(st.integers(0, 5)) == 0:
        m.anonymous_id = draw(st.sampled_from(["x", "y"]))
    if kind == "track":
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


logs = st.lists(messages(), min_size=1, max_size=28)


publications = st.lists(
    st.tuples(
        st.sampled_from(["publish", "publish", "publish", "publish", "roll back", "archive", "use again"]),
        st.sampled_from([*LADDERS, "first", "first"]).flatmap(lambda key: st.tuples(st.just(key), documents(key))),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


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


def do(workspace, what: str, key: str, document: Document, moves: bool, at: datetime) -> None:
    """What a product manager does to a ladder; nothing where it cannot be done."""
    with scope(workspace):
        ladder = Ladder.objects.filter(key=key).first()
        if what in ("archive", "use again") or (ladder and ladder.archived_at):
            if ladder:
                if what == "archive" and ladder.archived_at is None:
                    ladder.close(at=at)
                elif what == "use again" and ladder.archived_at is not None:
                    ladder.reopen(at=at)
            return
        if what == "roll back":
            if ladder is None:
                return
            document = export_ladder(ladder, number=1)
        imported = import_ladder(document, by=None)
        if imported.ladder.draft:
            imported.ladder.publish(by=None, at=at, moves=moves)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(log=logs, published=publications, seed=st.integers(0, 2**32 - 1))
def test_any_order_duplication_batching_and_interleaving_equals_a_naive_evaluation(
    log, published, seed, make_workspace
):
    """Messages come in any order, while ladders change in every way, at moments before, among and after the events."""
    rng = random.Random(seed)
    workspace = make_workspace("Property", segments=["plan"])
    for number, message in enumerate(log):
        message.message_id = f"m{number}"
    moments = sorted(rng.sample(range(-30, 360), k=len(published)))
    to_do = [
        (what, key, document, moves, BASE + timedelta(minutes=minute, seconds=1))
        for (what, (key, document), moves), minute in zip(published, moments, strict=True)
    ]
    deliveries = [[m] for m in log] + [[m] for m in rng.choices(log, k=len(log) // 3)]
    rng.shuffle(deliveries)
    places = sorted(rng.choices(range(len(deliveries) + 1), k=len(to_do)))
    batch = rng.choice([1, 2, 3, 10_000])

    for place, delivery in enumerate(deliveries):
        while places and places[0] <= place:
            places.pop(0)
            do(workspace, *to_do.pop(0))
        append(workspace.pk, delivery)
        if rng.random() < 0.4:
            engine.advance(workspace.pk, batch=batch)
    for rest in to_do:
        do(workspace, *rest)
    engine.advance(workspace.pk, batch=batch)
    engine.settle(workspace.pk)

    with scope(workspace):
        versions = published_specs()
    assert kept(workspace) == progress(log, versions)
    with scope(workspace):
        assert list(recompute.differences(engine.plan_of(workspace.pk))) == []
        unlocked = Unlock.objects.count()
    assert unlocked == sum(len(step.unlocks) for way in kept(workspace).values() for step in way.done.values())


@pytest.mark.pure
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(log=logs, published=publications, seed=st.integers(0, 2**32 - 1))
def test_the_pure_function_alone_equals_a_naive_evaluation(log, published, seed):
    """Many more ladders and logs than the database could be asked for; here nobody is linked to anybody."""
    rng, world = random.Random(seed), OnPaper()
    told = [m for m in log if m.type != "alias" and m.sender.startswith("u:")]
    for number, message in enumerate(told):
        message.message_id, message.anonymous_id = f"m{number}", ""
    moments = sorted(rng.sample(range(-30, 360), k=len(published)))
    for (what, (key, document), moves), minute in zip(published, moments, strict=True):
        at = BASE + timedelta(minutes=minute, seconds=1)
        if what == "publish":
            world.publish(document, at=at, moves=moves)
        elif what == "roll back":
            world.roll_back(key, at=at, moves=moves)
        elif what == "archive":
            world.archive(key, at=at)
        else:
            world.use_again(key, at=at)
    world.say(*told)
    found = {
        (sender, sorted(LADDERS)[state.ladder_id]): Way(
            state.began_version_id % 100,
            state.version_id % 100,
            state.started_at,
            {key: Step(r.at, r.in_order_at, r.unlocks) for key, r in state.reached.items()},
            state.first_value_at,
            state.finished_at,
        )
        for sender, states in world.journeys().items()
        for state in states
    }
    assert found == progress(told, world.versions)


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
