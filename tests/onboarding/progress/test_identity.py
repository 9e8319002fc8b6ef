"""Who is who, through log, engine and database: visitors who say who they are, merges, memberships and their traits."""

import itertools
import random
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onboarding.intake.log import append
from onboarding.people.accounts import accounts_of
from onboarding.people.models import AccountMembership, Person
from onboarding.progress import engine, recompute
from onboarding.progress.models import Journey, Tracked
from tests.onboarding.progress.scenes import event, publish, reached, take
from tests.tiers import examples
from workspaces.scope import scope

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def said(minute, user, account="", **traits):
    message_id = f"{user}-{minute}-{account}"
    return event("", at(minute), user, type="identify", group_id=account, traits=traits, message_id=message_id)


def visitor(name, minute, visitor="x", **fields):
    message = event(name, at(minute), visitor, **fields)
    message.sender, message.anonymous_id = f"a:{visitor}", visitor
    return message


def who_is_who(workspace) -> dict:
    """By person's key: their senders, their traits, and their accounts with since when, and what was said of both."""
    with scope(workspace):
        return {
            person.key: (
                sorted(person.senders.values_list("key", flat=True)),
                person.traits,
                [
                    (belongs.account.key, belongs.since, belongs.account.traits, belongs.traits)
                    for belongs in accounts_of(person)
                ],
            )
            for person in Person.objects.all()
        }


def test_what_an_identify_call_says_within_an_account_is_kept_of_the_person_in_it(workspace):
    story = [
        said(0, "gil", "acme", title="clerk", plan="free"),
        said(10, "gil", "acme", title="head"),
        said(20, "gil", "bolt", title="adviser"),
        said(30, "gil", lang="de"),
        event("", at(5), "gil", type="group", group_id="acme", traits={"name": "Acme Inc.", "plan": "scale"}),
    ]
    take(workspace, *story[3:])
    for message in reversed(story[:3]):
        take(workspace, message)
    assert who_is_who(workspace)["u:gil"] == (
        ["u:gil"],
        {"title": "adviser", "plan": "free", "lang": "de"},
        [
            ("acme", at(0), {"name": "Acme Inc.", "plan": "scale"}, [("plan", "free"), ("title", "head")]),
            ("bolt", at(20), {}, [("title", "adviser")]),
        ],
    )


SENDERS = ["u:1", "u:1", "u:2", "u:3", "a:x", "a:y"]


def anything_said(rng: random.Random, number: int):
    sender = rng.choice(SENDERS)
    minute = rng.randrange(200)
    kind = rng.choice(["identify", "identify", "group", "track", "alias"])
    message = event("Seen" if kind == "track" else "", at(minute), type=kind, message_id=f"m{number}")
    message.sender = sender if kind != "alias" else rng.choice(["u:1", "u:2", "u:3"])
    if sender.startswith("a:") or rng.random() < 0.2:
        message.anonymous_id = sender[2:] if sender.startswith("a:") else rng.choice("xy")
    if kind == "alias":
        message.previous_id, message.anonymous_id = rng.choice(["1", "2", "3", "x", "y"]), ""
    message.group_id = rng.choice(["acme", "bolt"]) if kind == "group" or rng.random() < 0.5 else ""
    if kind in ("identify", "group"):
        message.traits = {name: rng.choice(["a", "b", None]) for name in ("plan", "title") if rng.random() < 0.6}
    return message


@settings(max_examples=examples(10), deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1))
def test_whatever_is_said_ends_in_one_state_in_any_order_and_batching(seed, make_workspace):
    """Visitors, logins, aliases, several accounts, and traits of persons, accounts and persons in accounts."""
    rng = random.Random(seed)
    log = [anything_said(rng, number) for number in range(rng.randint(5, 25))]
    states = []
    for turn in range(3):
        workspace = make_workspace(f"Turn {turn}")
        order = rng.sample(log, k=len(log)) if turn else log
        while order:
            size = rng.randint(1, len(order))
            append(workspace.pk, order[:size])
            append(workspace.pk, order[: rng.randint(0, size)])  # some of it twice
            order = order[size:]
            engine.advance(workspace.pk)
        engine.settle(workspace.pk)
        states.append(who_is_who(workspace))
        with scope(workspace):
            assert list(recompute.differences(engine.plan_of(workspace.pk))) == []
    assert states[0] == states[1] == states[2]


def test_a_merge_takes_along_whoever_hangs_on_a_sender_that_the_same_batch_names(workspace):
    """y is 1, 1 is 3; then one batch names 1 and says that 3 is 2: y is 2 as well."""
    visit = event("Signed In", at(0), "1")
    visit.anonymous_id = "y"
    take(workspace, visit, event("", at(1), "3", type="alias", previous_id="1", message_id="a"))
    take(
        workspace,
        event("Signed In", at(2), "1"),
        event("", at(3), "2", type="alias", previous_id="3", message_id="b"),
    )
    assert who_is_who(workspace)["u:2"][0] == ["a:1", "a:3", "a:y", "u:1", "u:2", "u:3"]
    with scope(workspace):
        assert list(recompute.differences(engine.plan_of(workspace.pk))) == []


def test_a_visitors_account_is_theirs_once_they_have_said_who_they_are(workspace):
    take(workspace, visitor("Page Viewed", 0, group_id="acme"), said(5, "gil", "bolt", title="head"))
    logged_in = event("Signed In", at(10))
    logged_in.anonymous_id = "x"
    take(workspace, logged_in)
    senders, _, accounts = who_is_who(workspace)["u:gil"]
    assert senders == ["a:x", "u:gil"]
    assert [(key, since) for key, since, _, _ in accounts] == [("acme", at(0)), ("bolt", at(5))]


def test_the_segment_is_the_trait_at_the_start_whatever_was_said_since_and_in_whatever_order(make_workspace):
    """So the history of traits is kept as far as that needs it: only of those that somebody reads."""
    told = [said(-30, "gil", plan="trial"), said(30, "gil", plan="paid", size="big"), said(-5, "gil", plan="free")]
    found = []
    for order in itertools.permutations(told):
        workspace = make_workspace("History", segments=["plan"])
        publish(workspace, at=NOON)
        take(workspace, event("Signed Up", at(0)), *order[:1])
        take(workspace, *order[1:])
        workspace.segments = ["plan", "size"]  # declared long after it was said
        workspace.save()
        engine.settle(workspace.pk)
        with scope(workspace):
            found.append(Journey.objects.get().segment)
    assert found == [{"plan": "free", "size": "big"}] * 6


def test_a_merge_said_late_gives_the_segment_of_the_one_that_was_earlier(make_workspace):
    workspace = make_workspace("Merged", segments=["plan"])
    publish(workspace, at=NOON)
    take(workspace, visitor("Signed Up", 0), event("", at(1), "gil", type="identify", traits={"plan": "paid"}))
    trial = visitor("", -10, type="identify", traits={"plan": "trial"}, message_id="trial")
    take(workspace, trial)
    assert reached(workspace) == {}
    logged_in = event("Connected", at(60))
    logged_in.anonymous_id = "x"
    take(workspace, logged_in)
    assert reached(workspace) == {"connect": at(60)}
    with scope(workspace):
        assert Journey.objects.get().segment == {"plan": "trial"}


def test_memberships_of_before_they_had_traits_are_told_from_the_log(workspace):
    take(workspace, said(0, "gil", "acme", title="clerk"), said(10, "gil", "acme", title="head"))
    with scope(workspace):
        AccountMembership.objects.update(traits={}, traits_at={})
        Tracked.objects.filter(kind="members")._raw_delete("default")
    engine.settle(workspace.pk)
    assert who_is_who(workspace)["u:gil"][2] == [("acme", at(0), {}, [("title", "head")])]
