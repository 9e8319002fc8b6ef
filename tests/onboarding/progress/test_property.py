"""Any order, duplication, batching and interleaving of a log, through the real engine and database, equals a naive
evaluation of the whole log."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milestones.ladders.specs import published_specs
from onboarding.intake.log import append
from onboarding.intake.message import Message
from onboarding.progress import engine, recompute
from onboarding.progress.models import Completion, Journey, Unlock
from tests.onboarding.progress.conftest import HERE
from tests.onboarding.progress.naive import Step, progress
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
        m.event = draw(st.sampled_from(["Signed Up", "Connected", "Invited", "Reported", "Reported", "Noise"]))
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


def kept(workspace) -> dict:
    with scope(workspace):
        return {
            (journey.person.key, journey.ladder.key): (
                journey.version.number,
                journey.started_at,
                {c.rung_key: Step(c.completed_at, c.in_order_at) for c in journey.completions.all()},
            )
            for journey in Journey.objects.select_related("person", "ladder", "version").prefetch_related("completions")
        }


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(log=logs, seed=st.integers(0, 2**32 - 1))
def test_any_order_duplication_batching_and_interleaving_equals_a_naive_evaluation(
    log, seed, make_workspace, publish_file
):
    rng = random.Random(seed)
    workspace = make_workspace("Property", segments=["plan"])
    for number, message in enumerate(log):
        message.message_id = f"m{number}"
    publications = [lambda: publish_file(workspace), lambda: publish_file(workspace, HERE / "second.yaml")]
    deliveries = [[m] for m in log] + [[m] for m in rng.choices(log, k=len(log) // 3)]
    rng.shuffle(deliveries)
    publish_at = sorted(rng.choices(range(len(deliveries) + 1), k=2))
    batch = rng.choice([1, 2, 3, 10_000])

    for place, delivery in enumerate(deliveries):
        while publish_at and publish_at[0] <= place:
            publish_at.pop(0)
            publications.pop(0)()
        append(workspace.pk, delivery)
        if rng.random() < 0.4:
            engine.advance(workspace.pk, batch=batch)
    for publication in publications:
        publication()
    engine.advance(workspace.pk, batch=batch)
    engine.settle(workspace.pk)

    with scope(workspace):
        versions = published_specs()
    expected = progress(log, versions)
    assert kept(workspace) == expected
    with scope(workspace):
        assert list(recompute.differences(engine.plan_of(workspace.pk))) == []
        unlocked = set(Unlock.objects.values_list("journey_id", "rung_key"))
        completed = Completion.objects.filter(rung_key__in=["connect", "grow"]).values_list("journey_id", "rung_key")
        assert unlocked == set(completed)


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
        ("u:1", "admin"): (
            1,
            at(0),
            {
                "connect": Step(at(20), at(20)),
                "invite": Step(at(20), at(30)),  # sent before it opened, counts at the opening
                "invite-again": Step(at(10), None),  # in order it would need a third invitation
                "report": Step(at(50), None),
                "keep": Step(at(60), None),  # the one at the opening itself counts
            },
        )
    }
