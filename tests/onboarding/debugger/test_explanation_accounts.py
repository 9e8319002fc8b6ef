"""What a message is said to have done by criteria about accounts: for its own person, and for their colleagues."""

from datetime import timedelta

import pytest

from onboarding.debugger import others
from onboarding.debugger.fates import Fate, StepFate, WhyNot
from onboarding.debugger.filters import Filters
from onboarding.debugger.reading import page
from onboarding.debugger.stories import Story, stories
from tests.onboarding.progress.scenes import event, publish, reached, take
from workspaces.scope import scope

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
    - milestone: {key: thrice, name: Thrice, purpose: T., criterion: {event: Reported, at_least: 3, by: account}}
      phase: core
      first_value: true
    - milestone: {key: soon, name: Soon, purpose: S., criterion: {event: Shared, within: 1 hour, by: account}}
      phase: core
    - milestone:
        key: plan
        name: Plan
        purpose: P.
        criterion: {trait: plan, matches: "^(enterprise|team)$", by: account}
      phase: core
    - milestone:
        key: both
        name: Both
        purpose: B.
        criterion: {all: [{event: Invited, by: account}, {trait: plan, equals: team, by: account}]}
      phase: core
    - milestone: {key: after, name: After, purpose: A., criterion: {event: Looked, of: opening, by: account}}
      phase: advanced
      prerequisites: [connect]
"""


@pytest.fixture
def at(clock):
    return lambda minutes: clock + timedelta(minutes=minutes)


@pytest.fixture
def group(at):
    def message(minute, user, account, **traits):
        name = f"{user}-g-{minute}-{account}"
        return event("", at(minute), user, type="group", group_id=account, traits=traits, message_id=name)

    return message


@pytest.fixture
def crew(workspace, at, group):
    """Gil and Hal in Acme, Ida in Bolt; all have signed up at the clock's moment."""
    publish(workspace, LADDER, at=at(-9_000))
    for user, account in (("gil", "acme"), ("hal", "acme"), ("ida", "bolt")):
        take(workspace, event("Signed Up", at(0), user), group(0, user, account))
    return workspace


@pytest.fixture
def story(workspace):
    def of(message, of=workspace) -> Story:
        with scope(of):
            [entry] = page(Filters(message_id=message.message_id, outcome="stored")).entries
            return stories([entry])[str(entry.ref)]

    return of


@pytest.fixture
def step(story):
    def of(message, key: str) -> StepFate:
        [ladder] = story(message).explanation.ladders
        return next(step for step in ladder.steps if step.key == key)

    return of


def helped(story: Story) -> list[tuple[str, str]]:
    return [(one.person.external_id, one.step_key) for one in story.for_others.first]


def test_an_event_completes_the_step_for_its_own_person_and_for_colleagues(crew, at, step, story):
    connected = event("Connected", at(10), "hal")
    take(crew, connected)
    found = step(connected, "connect")
    assert (found.fate, found.part.account, found.part.words) == (
        Fate.COMPLETED,
        "acme",
        "anyone in the account sends Connected",
    )
    assert (helped(story(connected)), story(connected).for_others.people) == ([("gil", "connect")], 1)
    later = event("Connected", at(20), "gil")
    take(crew, later)
    assert (step(later, "connect").fate, step(later, "connect").done_by) == (Fate.ALREADY, connected.message_id)
    assert helped(story(later)) == []


def test_of_several_each_is_numbered_among_all_in_the_account(crew, at, step, story):
    first, second, elsewhere, third = (
        event("Reported", at(1), "hal"),
        event("Reported", at(2), "gil"),
        event("Reported", at(3), "ida"),
        event("Reported", at(4), "hal"),
    )
    take(crew, first, second, elsewhere)
    assert [step(one, "thrice").part.nth for one in (first, second, elsewhere)] == [1, 2, 1]
    assert step(elsewhere, "thrice").part.account == "bolt"
    take(crew, third)
    assert (step(third, "thrice").fate, step(third, "thrice").part.nth) == (Fate.COMPLETED, 3)
    assert helped(story(third)) == [("gil", "thrice")]
    assert (helped(story(first)), helped(story(elsewhere))) == ([], [])


def test_whatever_came_beyond_the_first_that_are_looked_at_is_enough(crew, at, step):
    many = [event("Reported", at(minute), "hal") for minute in range(1, 40)]
    take(crew, *many)
    assert step(many[2], "thrice").fate == Fate.COMPLETED
    assert {step(one, "thrice").fate for one in many[3:]} == {Fate.ALREADY}


def test_an_event_that_names_an_account_counts_for_that_one_alone(crew, at, group, step, story):
    take(crew, group(1, "gil", "bolt"))
    named = event("Connected", at(10), "gil", group_id="bolt")
    take(crew, named)
    assert (step(named, "connect").fate, step(named, "connect").part.account) == (Fate.COMPLETED, "bolt")
    assert helped(story(named)) == [("ida", "connect")]


def test_what_came_before_the_journey_or_the_joining_counts_from_then(crew, at, group, step, story):
    before = event("Connected", at(-5), "hal")
    take(crew, before)
    found = step(before, "connect")
    assert (found.fate, found.done_at, found.part.counts_at, found.part.joined) == (
        Fate.COMPLETED,
        at(0),
        at(0),
        False,
    )
    own = event("Connected", at(-3), "jo")
    take(crew, event("Signed Up", at(0), "jo"), own)
    assert step(own, "connect").fate == Fate.NO_ACCOUNT
    take(crew, group(50, "jo", "crane"))
    found = step(own, "connect")
    assert (found.fate, found.done_at, found.part.counts_at, found.part.joined) == (
        Fate.COMPLETED,
        at(50),
        at(50),
        True,
    )


def test_who_joined_after_the_period_is_told_so(crew, at, group, step):
    shared, late = event("Shared", at(30), "jo"), event("Shared", at(90), "hal")
    take(crew, event("Signed Up", at(0), "jo"), shared, late, group(70, "jo", "crane"))
    assert (step(shared, "soon").fate, step(shared, "soon").part.at) == (Fate.JOINED_LATE, at(60))
    assert step(late, "soon").fate == Fate.TOO_LATE


def test_from_the_opening_on_the_account_counts_too(crew, at, step):
    early, after = event("Looked", at(5), "gil"), event("Looked", at(15), "hal")
    take(crew, early)
    assert step(early, "after").fate == Fate.NOT_OPEN
    take(crew, event("Connected", at(10), "hal"), after)
    assert step(early, "after").fate == Fate.BEFORE_OPENING
    assert step(after, "after").fate == Fate.COMPLETED


def test_a_group_call_says_the_accounts_trait_for_everybody_in_it(crew, at, group, step, story):
    free, team = group(5, "hal", "acme", plan="free"), group(6, "hal", "acme", plan="team")
    take(crew, free, team)
    assert step(free, "plan").fate == Fate.NO_MATCH
    assert step(team, "plan").fate == Fate.COMPLETED
    assert helped(story(team)) == [("gil", "plan")]
    again = group(7, "gil", "acme", plan="team")
    take(crew, again)
    assert step(again, "plan").fate in (Fate.UNCHANGED, Fate.ALREADY)
    [use] = story(team).explanation.traits
    assert (use.name, use.steps, use.roles) == ("plan", ("Plan", "Both"), ())
    number = group(8, "ida", "bolt", plan=7)
    take(crew, number)
    [check] = step(number, "plan").part.checks
    assert (step(number, "plan").fate, check.is_no_text, check.words) == (
        Fate.NO_MATCH,
        True,
        "plan matches the pattern ^(enterprise|team)$",
    )


def test_what_an_account_was_when_they_began_says_so_and_repeats_say_that_nothing_changed(crew, at, group, step):
    before, again = group(-9, "ida", "bolt", plan="team"), group(3, "ida", "bolt", plan="team")
    take(crew, before, again)
    assert step(before, "plan").fate == Fate.AT_START
    assert step(again, "both").fate == Fate.UNCHANGED
    assert step(again, "both").lacking == ("anyone in the account sends Invited",)


def test_conditions_that_are_met_in_two_accounts_are_not_met_together(crew, at, group, step):
    take(crew, group(1, "gil", "bolt"), group(2, "ida", "bolt", plan="team"))
    invited = event("Invited", at(5), "gil", group_id="acme")
    take(crew, invited)
    assert "both" not in reached(crew, "gil")
    found = step(invited, "both")
    assert (found.fate, found.part.account, found.lacking) == (Fate.COUNTED, "acme", ("the account's plan is team",))


def test_a_sender_who_is_on_no_ladder_is_told_for_whom_it_counted(crew, at, group, story):
    take(crew, group(1, "robot", "acme"))
    connected = event("Connected", at(9), "robot")
    take(crew, connected)
    told = story(connected)
    [ladder] = told.explanation.ladders
    assert (ladder.why_not, ladder.steps[0].fate, told.explanation.for_account) == (
        WhyNot.NOT_BEGUN,
        Fate.NO_JOURNEY,
        True,
    )
    assert helped(told) == [("gil", "connect"), ("hal", "connect")]


def test_only_the_first_of_many_colleagues_are_named_and_a_large_account_is_not_looked_through(
    crew, at, group, story, monkeypatch
):
    connected = event("Connected", at(10), "hal")
    for number in range(8):
        take(crew, event("Signed Up", at(1), f"p{number}"), group(1, f"p{number}", "acme"))
    take(crew, connected)
    told = story(connected).for_others
    assert (told.people, len(told.first), told.more) == (9, others.MOST_SHOWN, False)
    monkeypatch.setattr(others, "MOST_COLLEAGUES", 4)
    told = story(connected).for_others
    assert told.people <= 4
    assert told.more


def test_another_persons_message_of_the_same_id_is_not_taken_for_it(crew, at, step, story):
    shared = event("Connected", at(10), "hal", message_id="1")
    other = event("Looked", at(11), "gil", message_id="1")
    noise = event("Connected", at(30), "ida", message_id="1")
    take(crew, shared, other, noise)
    with scope(crew):
        told = [stories([e])[str(e.ref)] for e in page(Filters(message_id="1", outcome="stored")).entries]
    found = {one.person.external_id: one for one in told}
    assert helped(found["ida"]) == []
    assert helped(found["gil"]) == []


def test_another_workspaces_accounts_of_the_same_name_are_not_these(crew, other_workspace, at, group, story):
    publish(other_workspace, LADDER, at=at(-9_000))
    take(other_workspace, event("Signed Up", at(0), "eve"), group(0, "eve", "acme"))
    connected = event("Connected", at(10), "hal")
    take(crew, connected)
    assert helped(story(connected)) == [("gil", "connect")]
    assert reached(other_workspace, "eve") == {}
