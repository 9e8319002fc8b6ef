"""Criteria by account, through log, engine and database: what anyone in the account does, and what the account is."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milestones.ladders.exchange import import_ladder
from milestones.ladders.yaml_text import load
from onboarding.people.models import AccountMembership
from onboarding.progress import dry_run, engine, journeys, recompute
from onboarding.progress.effect import effect_of
from onboarding.progress.models import (
    AccountActivity,
    AccountTraitValue,
    Activity,
    Completion,
    Journey,
    Tracked,
    TraitValue,
)
from tests.onboarding.progress.scenes import assert_counts_follow_from_the_log, event, publish, reached, take
from workspaces.scope import scope

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LADDER = """
ladder:
  key: start
  name: Start
  role: {key: everyone, name: Everyone, rule: {everyone: true}}
  title: Start
  value_proposition: Value.
  done_looks_like: Done.
  start: {event: Signed Up}
  rungs:
    - milestone: {key: connect, name: Connect, purpose: C., criterion: {event: Connected, by: account}}
      phase: quick wins
    - milestone: {key: twice, name: Twice, purpose: T., criterion: {event: Reported, at_least: 2, by: account}}
      phase: core
      first_value: true
    - milestone: {key: soon, name: Soon, purpose: S., criterion: {event: Reported, within: 1 hour, by: account}}
      phase: core
    - milestone: {key: plan, name: Plan, purpose: P., criterion: {trait: plan, equals: enterprise, by: account}}
      phase: core
    - milestone: {key: after, name: After, purpose: A., criterion: {event: Invited, of: opening, by: account}}
      phase: advanced
      prerequisites: [connect]
"""


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def group(minute, user, account, **traits):
    return event("", at(minute), user, type="group", group_id=account, traits=traits, message_id=f"{user}-g-{minute}")


@pytest.fixture
def crew(make_workspace):
    """Gil and Hal in Acme, Ida in Bolt; all have signed up at noon."""
    workspace = make_workspace("Crew", segments=["plan", "account.plan"])
    publish(workspace, LADDER, at=NOON)
    for user, account in (("gil", "acme"), ("hal", "acme"), ("ida", "bolt")):
        take(workspace, event("Signed Up", at(0), user), group(0, user, account))
    return workspace


def test_what_a_colleague_does_counts_for_everybody_in_the_account_and_nobody_else(crew):
    take(crew, event("Connected", at(10), "hal"))
    assert reached(crew, "hal") == reached(crew, "gil") == {"connect": at(10)}
    assert reached(crew, "ida") == {}
    with scope(crew):
        assert {c.message_id for c in Completion.objects.all()} == {f"hal-Connected-{at(10).isoformat()}"}
    assert_counts_follow_from_the_log(crew)


def test_what_the_account_did_before_somebody_began_is_done_at_their_start(crew):
    take(crew, event("Connected", at(10), "hal"))
    take(crew, event("Signed Up", at(60), "jo"), group(60, "jo", "acme"))
    assert reached(crew, "jo") == {"connect": at(60)}


def test_whoever_joins_later_has_it_from_then_on(crew):
    take(crew, event("Connected", at(10), "hal"), event("Signed Up", at(20), "jo"))
    assert reached(crew, "jo") == {}
    take(crew, group(90, "jo", "acme"))
    assert reached(crew, "jo") == {"connect": at(90)}
    take(crew, event("Signed In", at(30), "jo", group_id="acme"))  # an earlier sign of belonging, come late
    assert reached(crew, "jo") == {"connect": at(30)}
    assert_counts_follow_from_the_log(crew)


def test_whoever_joins_brings_what_they_did_before_into_the_account(crew):
    take(crew, event("Signed Up", at(1), "jo"), event("Connected", at(5), "jo"))
    assert reached(crew, "gil") == {}
    take(crew, group(50, "jo", "acme"))
    assert reached(crew, "gil") == {"connect": at(5)}
    assert_counts_follow_from_the_log(crew)


def test_an_event_that_names_an_account_counts_for_that_one_alone(crew):
    take(crew, group(1, "gil", "bolt"))
    take(crew, event("Connected", at(10), "gil", group_id="bolt"))
    assert reached(crew, "ida") == {"connect": at(10)}
    assert reached(crew, "hal") == {}
    assert reached(crew, "gil") == {"connect": at(10)}  # by bolt, which they are in too
    take(crew, event("Connected", at(20), "gil"))
    assert reached(crew, "hal") == {"connect": at(20)}  # one that names none counts for both
    assert_counts_follow_from_the_log(crew)


def test_counts_are_never_added_over_accounts(crew):
    take(crew, group(1, "gil", "bolt"))
    take(crew, event("Reported", at(10), "hal"), event("Reported", at(20), "ida"))
    assert "twice" not in reached(crew, "gil")
    take(crew, event("Reported", at(30), "ida"))
    assert reached(crew, "gil")["twice"] == at(30)
    assert "twice" not in reached(crew, "hal")


def test_a_period_ends_by_the_persons_own_start(crew):
    take(crew, event("Signed Up", at(30), "jo"), group(30, "jo", "acme"))
    take(crew, event("Reported", at(70), "hal"))
    assert "soon" not in reached(crew, "gil")
    assert reached(crew, "jo")["soon"] == at(70)
    late = event("Signed Up", at(71), "kim")
    take(crew, late, group(140, "kim", "acme"))
    assert "soon" not in reached(crew, "kim")  # they belonged to the account too late


def test_from_the_opening_only_what_comes_after_it_counts(crew):
    take(crew, event("Invited", at(5), "hal"), event("Connected", at(10), "hal"))
    assert "after" not in reached(crew, "gil")
    take(crew, event("Invited", at(15), "hal"))
    assert reached(crew, "gil")["after"] == at(15)


def test_the_accounts_traits_are_those_of_its_group_calls_at_their_times(crew):
    take(
        crew,
        group(10, "hal", "acme", plan="free"),
        event("", at(11), "gil", type="identify", traits={"plan": "enterprise"}),
    )
    assert reached(crew, "gil") == {}
    take(crew, group(40, "hal", "acme", plan="enterprise"))
    assert reached(crew, "gil") == reached(crew, "hal") == {"plan": at(40)}
    take(crew, group(20, "gil", "acme", plan="enterprise"))  # said before it, come after it
    assert reached(crew, "gil") == reached(crew, "hal") == {"plan": at(20)}
    take(crew, event("Signed Up", at(50), "jo"), group(50, "jo", "acme"))
    assert reached(crew, "jo") == {"plan": at(50)}
    assert_counts_follow_from_the_log(crew)


def test_two_people_who_become_one_have_the_accounts_of_both(crew):
    take(crew, event("Connected", at(10), "ida"))
    take(crew, event("", at(30), "gil", type="alias", previous_id="ida", message_id="alias"))
    assert reached(crew, "gil") == {"connect": at(10)}
    assert reached(crew, "hal") == {}
    take(crew, event("", at(-5), "hal", type="alias", previous_id="ida", message_id="earlier"))  # it was hal after all
    assert reached(crew, "gil") == {}
    assert reached(crew, "hal") == {"connect": at(10)}
    assert_counts_follow_from_the_log(crew)


def test_a_visitors_events_count_once_the_visitor_belongs_to_the_account(crew):
    visitor = event("Connected", at(10), "x")
    visitor.sender, visitor.anonymous_id = "a:x", "x"
    take(crew, visitor)
    assert reached(crew, "gil") == {}
    seen = event("Signed In", at(20), "x", group_id="acme")
    seen.sender, seen.anonymous_id = "a:x", "x"
    take(crew, seen)
    assert reached(crew, "gil") == {"connect": at(10)}


def test_history_before_the_ladder_counts_as_if_it_had_been_live(make_workspace):
    workspace = make_workspace("Later")
    story = [
        *(event("Signed Up", at(0), user) for user in ("gil", "hal")),
        *(group(1, user, "acme", plan="enterprise") for user in ("gil", "hal")),
        event("Connected", at(10), "hal"),
    ]
    take(workspace, *story)
    with scope(workspace):
        ladder = import_ladder(load(LADDER), by=None).ladder
        rehearsal = dry_run.rehearse(ladder.draft, at=at(60), moves=False)
        effect = effect_of(ladder.draft, "connect", now=at(60))
        assert (effect.began, effect.passed) == (2, 2)
        assert {passer.proof.sender for passer in effect.sample} == {"u:hal"}
        ladder.publish(by=None, at=at(60))
    engine.settle(workspace.pk)
    assert reached(workspace, "gil") == {"connect": at(10), "plan": at(1)}
    with scope(workspace):
        people = Journey.objects.values_list("person", flat=True)
        stored = {person: state for (person, _), (_, state) in journeys.stored(list(people)).items()}
        assert {person: change.after for person, change in rehearsal.people.items()} == stored
    assert_counts_follow_from_the_log(workspace)


def test_segments_may_be_the_accounts_traits_as_they_were_at_the_start(crew):
    take(crew, group(-10, "gil", "acme", plan="trial"), group(30, "gil", "acme", plan="paid"))
    take(crew, event("Signed Up", at(40), "jo"), group(41, "jo", "acme"), group(42, "jo", "bolt", plan="free"))
    with scope(crew):
        segments = dict(Journey.objects.values_list("person__external_id", "segment"))
    assert segments["gil"] == {"account.plan": "trial"}
    assert segments["jo"] == {"account.plan": "paid"}  # of the account that they joined first
    assert segments["ida"] == {"account.plan": "free"}  # first said after the start
    assert_counts_follow_from_the_log(crew)


def test_whoever_is_done_is_not_replayed_however_much_the_account_sends(crew, assert_replays):
    take(crew, event("Connected", at(10), "hal"), group(10, "hal", "acme", plan="enterprise"))
    take(crew, *(event("Reported", at(minute), "hal") for minute in range(11, 31)))
    with assert_replays(False):
        take(crew, *(event("Reported", at(minute), "gil") for minute in range(40, 60)))
        take(crew, *(event("Connected", at(minute), "hal") for minute in range(40, 60)))
        take(crew, group(61, "gil", "acme", plan="enterprise"))  # nothing new
    with assert_replays(True):
        take(crew, event("Invited", at(60), "hal"))
    with assert_replays(False):
        take(crew, event("Invited", at(70), "hal"))


def test_an_accounts_evidence_is_fetched_once_for_all_who_are_in_it(crew):
    people = [f"p{number}" for number in range(30)]
    take(crew, *(event("Signed Up", at(0), user) for user in people), *(group(1, user, "acme") for user in people))
    with CaptureQueriesContext(connection) as queries:
        take(crew, event("Connected", at(10), "hal"))
    fetches = [q["sql"] for q in queries if "progress_accountactivity" in q["sql"] and "LIMIT n.most" in q["sql"]]
    assert len(fetches) == 1
    assert all(reached(crew, user) == {"connect": at(10)} for user in ("gil", "p0", "p29"))


def test_an_accounts_long_history_is_not_read_where_its_first_events_are_enough(crew):
    with scope(crew):
        needs = engine.plan_of(crew.pk).account_needs
    asked = {condition.event: needs.signals[key] for key, condition in _signals(crew).items() if key in needs.signals}
    assert asked == {"Connected": 1 + 5, "Reported": 2 + 5, "Invited": None}


def _signals(workspace):
    with scope(workspace):
        return engine.plan_of(workspace.pk).signals


def test_evidence_that_was_thrown_away_is_collected_again_from_the_log(crew):
    """As after a migration that changes what is kept."""
    take(crew, event("Connected", at(10), "hal", group_id="acme"), group(20, "hal", "acme", plan="enterprise"))
    before = reached(crew, "gil")
    with scope(crew):
        for model in (Activity, AccountActivity, AccountTraitValue, TraitValue, Tracked):
            model.objects.all()._raw_delete("default")
    engine.settle(crew.pk)
    assert reached(crew, "gil") == before == {"connect": at(10), "plan": at(20)}
    with scope(crew):
        assert set(Activity.objects.values_list("account_key", flat=True)) == {"", "acme"}
        assert AccountActivity.objects.count() == 1
    take(crew, event("Reported", at(11), "hal"), event("Reported", at(12), "gil"))
    assert reached(crew, "gil") == before | {"twice": at(12), "soon": at(11)}
    assert_counts_follow_from_the_log(crew)


def test_verify_tells_a_membership_that_the_log_does_not_say(crew):
    with scope(crew):
        AccountMembership.objects.filter(sender__key="u:gil").update(since=at(5))
        told = list(recompute.differences(engine.plan_of(crew.pk)))
    assert told[0].startswith("Sender u:gil is kept as in account acme since 2026-03-02T12:05:00+00:00; by the log")
