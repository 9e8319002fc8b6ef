"""What a message is said to have done, case by case, through the real log and engine."""

from datetime import timedelta

import pytest

from milestones.ladders.models import Ladder
from onboarding.debugger.fates import Explanation, Fate, StepFate, WhyNot
from onboarding.debugger.filters import Filters
from onboarding.debugger.identity import identity_of
from onboarding.debugger.reading import page
from onboarding.debugger.stories import stories
from onboarding.intake.log import append
from onboarding.intake.message import Message
from onboarding.progress.models import Completion
from tests.onboarding.debugger.conftest import LADDER
from tests.onboarding.progress.scenes import event, identify, publish, take
from workspaces.scope import scope

TEAM = {"audience": "team"}


@pytest.fixture
def told(workspace):
    """The explanation of the message of this id, as the engine stands now."""

    def explanation(message_id: str, of=workspace) -> Explanation:
        with scope(of):
            [entry] = page(Filters(message_id=message_id, outcome="stored")).entries
            return stories([entry])[str(entry.ref)].explanation

    return explanation


@pytest.fixture
def step(told):
    """What a message did for one step of the one ladder that looks at it."""

    def of(message, key: str) -> StepFate:
        [ladder] = told(message.message_id).ladders
        return next(step for step in ladder.steps if step.key == key)

    return of


@pytest.fixture
def at(clock):
    return lambda minutes: clock + timedelta(minutes=minutes)


@pytest.fixture
def begun(workspace, ladder, at):
    """Gil has signed up at minute 0."""
    start = event("Signed Up", at(0))
    take(workspace, start)
    return start


def test_the_event_that_completes_a_step_says_so_and_what_it_switched_on(workspace, begun, at, step):
    connected = event("Connected", at(5))
    take(workspace, connected)
    found = step(connected, "connect")
    assert (found.fate, found.done_at, found.unlocks) == (Fate.COMPLETED, at(5), ("dashboards",))
    with scope(workspace):
        assert Completion.objects.get(rung_key="connect").message_id == connected.message_id


def test_the_start_event_says_that_the_journey_began_with_it(workspace, begun, at, told):
    again = event("Signed Up", at(9))
    take(workspace, again)
    [ladder] = told(begun.message_id).ladders
    assert (ladder.begins, ladder.started_at, ladder.start.fate) == (True, at(0), Fate.COUNTED)
    [ladder] = told(again.message_id).ladders
    assert (ladder.begins, ladder.start.fate) == (False, Fate.ALREADY)


def test_of_several_that_are_needed_each_says_which_it_is(workspace, begun, at, step):
    shared = [event("Report Shared", at(minute), properties=TEAM) for minute in (1, 2, 3, 4)]
    take(workspace, *shared[:2])
    assert [(step(one, "share").fate, step(one, "share").part.nth) for one in shared[:2]] == [
        (Fate.COUNTED, 1),
        (Fate.COUNTED, 2),
    ]
    take(workspace, *shared[2:])
    found = [step(one, "share") for one in shared]
    assert [one.fate for one in found] == [Fate.COUNTED, Fate.COUNTED, Fate.COMPLETED, Fate.ALREADY]
    assert [one.part.nth for one in found] == [1, 2, 3, 0]
    assert {one.part.needed for one in found} == {3}
    assert found[0].done_by == found[3].done_by == shared[2].message_id


def test_a_late_event_moves_the_others_along(workspace, begun, at, step):
    second = event("Report Shared", at(5), properties=TEAM)
    take(workspace, second)
    assert step(second, "share").part.nth == 1
    take(workspace, event("Report Shared", at(2), properties=TEAM))
    assert step(second, "share").part.nth == 2


def test_properties_that_do_not_fit_are_told_one_by_one(workspace, begun, at, step):
    for properties, value in (({"audience": "guests"}, "guests"), ({}, None)):
        shared = event("Report Shared", at(1), properties=properties, message_id=f"m-{value}")
        take(workspace, shared)
        found = step(shared, "share")
        [check] = found.part.checks
        assert (found.fate, check.holds, check.words) == (Fate.NO_MATCH, False, "audience is team")
        assert (check.value == value) if value else not check.said


def test_what_came_before_the_journey_began_counts_for_nothing(workspace, begun, at, step):
    early = event("Connected", at(-5))
    take(workspace, early)
    found = step(early, "connect")
    assert (found.fate, found.part.at) == (Fate.BEFORE_START, at(0))


def test_what_came_after_the_period_counts_for_nothing(workspace, begun, at, step):
    late = event("Report Shared", at(14 * 24 * 60 + 1), properties=TEAM)
    in_time = event("Report Shared", at(14 * 24 * 60), properties=TEAM)
    take(workspace, late, in_time)
    found = step(late, "share")
    assert (found.fate, found.part.at, found.part.within) == (Fate.TOO_LATE, at(14 * 24 * 60), timedelta(days=14))
    assert step(in_time, "share").part.nth == 1


def test_a_step_that_is_not_open_says_what_it_waits_for(workspace, begun, at, step):
    looked = event("Looked", at(1))
    take(workspace, looked)
    found = step(looked, "late")
    assert (found.fate, found.waits_for) == (Fate.NOT_OPEN, ("Connect",))
    take(workspace, event("Connected", at(5)))
    found = step(looked, "late")
    assert (found.fate, found.part.at) == (Fate.BEFORE_OPENING, at(5))
    after = event("Looked", at(6))
    take(workspace, after)
    assert step(after, "late").fate == Fate.COMPLETED


def test_what_counts_from_the_start_is_kept_for_a_step_that_is_not_open(workspace, at, step, told):
    text = LADDER.replace("criterion: {event: Looked, of: opening}", "criterion: {event: Looked}")
    publish(workspace, text, at=at(-99))
    looked = event("Looked", at(1))
    take(workspace, event("Signed Up", at(0)), looked)
    found = step(looked, "late")
    assert (found.fate, found.waits_for, found.part.nth) == (Fate.KEPT, ("Connect",), 1)
    take(workspace, event("Connected", at(5)))
    found = step(looked, "late")
    assert (found.fate, found.done_at) == (Fate.COMPLETED, at(5))


def test_of_a_group_each_part_says_what_else_is_needed(workspace, begun, at, step):
    paid = event("Paid", at(1))
    take(workspace, paid)
    found = step(paid, "plan")
    assert (found.fate, found.lacking) == (Fate.COUNTED, ("the user's plan is pro",))
    again = event("Paid", at(2))
    take(workspace, again)
    assert (step(again, "plan").fate, step(again, "plan").lacking) == (Fate.ENOUGH, ("the user's plan is pro",))
    said = identify(at(3), plan="pro")
    take(workspace, said)
    assert step(said, "plan").fate == Fate.COMPLETED
    assert step(paid, "plan").fate == Fate.COUNTED
    assert step(again, "plan").fate == Fate.ENOUGH


def test_a_trait_that_was_so_when_the_journey_began_says_so(workspace, ladder, at, step):
    said = identify(at(-3), plan="pro")
    overtaken = identify(at(-4), plan="free")
    take(workspace, overtaken, said, event("Signed Up", at(0)))
    assert step(said, "plan").fate == Fate.AT_START
    assert step(overtaken, "plan").fate == Fate.NO_MATCH
    take(workspace, identify(at(-5), plan="pro"))
    assert step(identify(at(-5), plan="pro"), "plan").fate == Fate.BEFORE_START


def test_traits_say_what_reads_them_and_whether_they_were_overtaken(workspace, begun, at, told):
    said = identify(at(1), plan="pro", shoe=43)
    take(workspace, said, identify(at(2), plan="free"))
    traits = {use.name: use for use in told(said.message_id).traits}
    assert (traits["plan"].value, traits["plan"].steps, traits["plan"].segment) == ("pro", ("Pay",), True)
    assert traits["plan"].overtaken_at == at(2)
    assert not traits["shoe"].read


def test_a_visitor_is_no_known_user_until_they_say_who_they_are(workspace, ladder, at, told):
    visit = Message("track", "v1", "Connected", "a:v", anonymous_id="v", client_at=at(1), occurred_at=at(1))
    take(workspace, visit)
    [ladder_fate] = told("v1").ladders
    assert ladder_fate.why_not == WhyNot.UNKNOWN_PERSON
    assert ladder_fate.steps[0].fate == Fate.NO_JOURNEY
    take(workspace, event("Signed Up", at(0), anonymous_id="v"))
    [ladder_fate] = told("v1").ladders
    assert (ladder_fate.why_not, ladder_fate.steps[0].fate) == (None, Fate.COMPLETED)


def test_who_has_not_begun_is_told_what_begins_the_journey(workspace, ladder, at, told):
    connected = event("Connected", at(1))
    take(workspace, connected)
    [ladder_fate] = told(connected.message_id).ladders
    assert (ladder_fate.why_not, ladder_fate.start_words) == (WhyNot.NOT_BEGUN, "the user sends Signed Up")


def test_who_began_after_the_ladder_was_archived_is_told_so(workspace, ladder, at, told):
    with scope(workspace):
        Ladder.objects.get(key="start").close(at=at(-1))
    connected = event("Connected", at(1))
    take(workspace, event("Signed Up", at(0)), connected)
    [ladder_fate] = told(connected.message_id).ladders
    assert ladder_fate.why_not == WhyNot.OUT_OF_TIME


def test_who_has_another_role_is_told_which(workspace, ladder, at, told):
    rule = "{key: boss, name: Boss, rule: {trait: role, equals: boss}, precedence: 1}"
    bosses = LADDER.replace("{key: everyone, name: Everyone, rule: {everyone: true}}", rule)
    publish(workspace, bosses.replace("key: start\n", "key: bosses\n"), at=at(-99))
    connected = event("Connected", at(1))
    take(workspace, event("Signed Up", at(0)), connected)
    theirs = {fate.key: fate for fate in told(connected.message_id).ladders}
    assert theirs["start"].why_not is None
    assert (theirs["bosses"].why_not, theirs["bosses"].role, theirs["bosses"].role_needed) == (
        WhyNot.OTHER_ROLE,
        "everyone",
        "boss",
    )


def test_what_the_engine_has_not_read_says_so(workspace, begun, at, told):
    connected = event("Connected", at(5))
    append(workspace.pk, [connected])
    explanation = told(connected.message_id)
    assert not explanation.read_yet
    assert {step.fate for ladder in explanation.ladders for step in ladder.steps} == {Fate.NOT_READ}
    take(workspace)
    assert told(connected.message_id).completed


def test_an_event_that_no_ladder_looks_at_names_those_that_may_be_meant(workspace, begun, at, told):
    shared, noise = event("report shared", at(1)), event("Zzz", at(1))
    take(workspace, shared, noise)
    assert (told(shared.message_id).ladders, told(shared.message_id).similar) == ((), ("Report Shared",))
    assert told(noise.message_id).similar == ()


def test_who_was_moved_is_judged_by_the_version_that_decided(workspace, begun, at, told):
    connected, shared = event("Connected", at(5)), event("Report Shared", at(6), properties=TEAM)
    take(workspace, connected, shared)
    fewer = LADDER.replace("at_least: 3", "at_least: 1").replace("{event: Connected}", "{event: Wired}")
    publish(workspace, fewer, at=at(600), moves=True)
    later = event("Connected", at(1_000))
    take(workspace, later)
    [ladder] = told(connected.message_id).ladders
    [found] = [one for one in ladder.steps if one.key == "connect"]
    assert (ladder.number, found.number, found.fate) == (2, 1, Fate.COMPLETED)
    [ladder] = told(shared.message_id).ladders
    assert [(one.number, one.fate) for one in ladder.steps if one.key == "share"] == [(2, Fate.COMPLETED)]
    [ladder] = told(later.message_id).ladders
    assert [(one.number, one.fate) for one in ladder.steps] == [(1, Fate.ALREADY)]


def test_the_same_in_another_workspace_is_told_by_its_own_ladders(workspace, other_workspace, begun, at, told):
    connected = event("Connected", at(5))
    take(workspace, connected)
    take(other_workspace, connected)
    assert told(connected.message_id).completed
    assert told(connected.message_id, other_workspace).ladders == ()


@pytest.fixture
def identity(workspace):
    def of(message_id: str):
        with scope(workspace):
            [entry] = page(Filters(message_id=message_id, outcome="stored")).entries
            return identity_of(entry.logged)

    return of


def test_a_message_says_whom_it_is_about_by_which_links(workspace, at, identity):
    visit = Message("track", "v1", "Came", "a:v", anonymous_id="v", client_at=at(1), occurred_at=at(1))
    said = Message("identify", "i1", sender="u:gil", anonymous_id="v", client_at=at(2), occurred_at=at(2))
    alias = Message("alias", "a1", sender="u:gilbert", previous_id="gil", client_at=at(3), occurred_at=at(3))
    take(workspace, visit)
    assert (str(identity("v1").person), identity("v1").way) == ("Anonymous visitor", ())
    take(workspace, said, alias)
    found = identity("v1")
    assert found.person.external_id == "gilbert"
    assert [(link.sender, link.to, link.by) for link in found.way] == [
        ("a:v", "u:gil", "i1"),
        ("u:gil", "u:gilbert", "a1"),
    ]
    assert [(said.sender, said.made) for said in identity("i1").links_said] == [("a:v", True)]
    assert [(said.sender, said.made) for said in identity("a1").links_said] == [("u:gil", True), ("a:gil", True)]


def test_of_two_links_the_earlier_holds_and_the_later_says_so(workspace, at, identity):
    first = Message("identify", "i1", sender="u:gil", anonymous_id="v", client_at=at(2), occurred_at=at(2))
    second = Message("identify", "i2", sender="u:hal", anonymous_id="v", client_at=at(3), occurred_at=at(3))
    take(workspace, second)
    assert identity("i2").links_said[0].made
    take(workspace, first)
    [said] = identity("i2").links_said
    assert (said.made, said.instead.to, said.instead.by) == (False, "u:gil", "i1")


def test_a_group_message_says_whether_it_is_the_one_by_which_they_joined(workspace, at, identity):
    for number, minute in ((1, 5), (2, 6)):
        take(
            workspace,
            Message(
                "group", f"g{number}", sender="u:gil", group_id="acme", client_at=at(minute), occurred_at=at(minute)
            ),
        )
    assert (identity("g1").joined, identity("g1").account.account.key) == (True, "acme")
    assert (identity("g2").joined, identity("g2").account.since) == (False, at(5))
