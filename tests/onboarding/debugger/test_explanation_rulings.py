"""What a message is said to have done where a member completed the step by hand, or revoked it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from milestones.ladders.models import Ladder
from onboarding.debugger.fates import Fate, StepFate
from onboarding.debugger.filters import Filters
from onboarding.debugger.reading import page
from onboarding.debugger.stories import stories
from onboarding.people.models import Person
from onboarding.progress import rule
from tests.onboarding.progress.scenes import event, identify, take
from workspaces.scope import scope

WHY = "They showed it to me in our call."


@pytest.fixture
def at(clock):
    return lambda minutes: clock + timedelta(minutes=minutes)


@pytest.fixture
def begun(workspace, ladder, at):
    take(workspace, event("Signed Up", at(0)))
    return workspace


@pytest.fixture
def rules(workspace, at, ben, monkeypatch):
    """Ben's word on gil's step, some minutes after the clock's moment."""

    def ruled(verb, rung: str, minutes: float):
        monkeypatch.setattr(timezone, "now", lambda: at(minutes))
        with scope(workspace):
            person = Person.objects.get(external_id="gil")
            return verb(person.pk, Ladder.objects.get(), rung, by=ben, reason=WHY).ruling

    return ruled


@pytest.fixture
def step(workspace):
    def of(message, key: str) -> StepFate:
        with scope(workspace):
            [entry] = page(Filters(message_id=message.message_id, outcome="stored")).entries
            [ladder] = stories([entry])[str(entry.ref)].explanation.ladders
        return next(step for step in ladder.steps if step.key == key)

    return of


def test_what_comes_after_a_step_was_completed_by_hand_is_told_by_whom(begun, rules, at, step, ben):
    rules(rule.complete, "connect", 5)
    connected = event("Connected", at(9))
    take(begun, connected)
    found = step(connected, "connect")
    assert (found.fate, found.done_at, found.done_by) == (Fate.ALREADY, at(5), "")
    assert (found.by_hand.by, found.by_hand.at, found.by_hand.reason) == (str(ben.user), at(5), WHY)


def test_evidence_that_came_before_the_word_completes_the_step_after_all(begun, rules, at, step):
    rules(rule.complete, "connect", 5)
    late = event("Connected", at(4))
    take(begun, late)
    assert (step(late, "connect").fate, step(late, "connect").by_hand) == (Fate.COMPLETED, None)


def test_what_counts_from_an_opening_that_never_came_is_overtaken_by_the_word(begun, rules, at, step):
    early, after = event("Looked", at(3)), event("Looked", at(9))
    take(begun, early)
    rules(rule.complete, "late", 5)
    take(begun, after)
    assert (step(early, "late").fate, step(early, "late").done_at) == (Fate.NOT_OPEN, at(5))
    assert step(after, "late").fate == Fate.ALREADY


def test_what_came_up_to_a_revocation_does_not_count_and_what_comes_after_does(begun, rules, at, step, ben):
    connected = event("Connected", at(4))
    take(begun, connected)
    rules(rule.revoke, "connect", 6)
    found = step(connected, "connect")
    assert (found.fate, found.done_at, found.revoked_until) == (Fate.REVOKED, None, at(6))
    assert (found.revoked.by, found.revoked.reason) == (str(ben.user), WHY)
    again = event("Connected", at(8))
    take(begun, again)
    assert step(again, "connect").fate == Fate.COMPLETED
    assert (step(connected, "connect").fate, step(connected, "connect").done_by) == (Fate.REVOKED, again.message_id)


def test_those_that_are_needed_are_counted_anew_after_a_revocation(begun, rules, at, step):
    shared = [event("Report Shared", at(minute), properties={"audience": "team"}) for minute in (1, 2, 3)]
    take(begun, *shared)
    rules(rule.revoke, "share", 6)
    anew = event("Report Shared", at(9), properties={"audience": "team"})
    take(begun, anew)
    assert {step(one, "share").fate for one in shared} == {Fate.REVOKED}
    assert (step(anew, "share").fate, step(anew, "share").part.nth) == (Fate.COUNTED, 1)


def test_a_trait_has_to_be_said_anew_after_a_revocation(begun, rules, at, step):
    said = identify(at(2), plan="pro")
    take(begun, said, event("Paid", at(3)))
    rules(rule.revoke, "plan", 6)
    paid = event("Paid", at(8))
    take(begun, paid)
    assert step(said, "plan").fate == Fate.REVOKED
    assert (step(paid, "plan").fate, step(paid, "plan").lacking) == (Fate.COUNTED, ("the user's plan is pro",))
    anew = identify(at(9), plan="pro")
    take(begun, anew)
    assert step(anew, "plan").fate == Fate.COMPLETED


def test_a_word_that_was_withdrawn_says_nothing_more(begun, rules, at, step, ben):
    connected = event("Connected", at(4))
    take(begun, connected)
    ruling = rules(rule.revoke, "connect", 6)
    with scope(begun):
        rule.withdraw(ruling.pk, by=ben)
    assert (step(connected, "connect").fate, step(connected, "connect").revoked_until) == (Fate.COMPLETED, None)


def test_a_word_about_somebody_else_says_nothing_here(begun, rules, at, step):
    rules(rule.complete, "connect", 5)
    connected = event("Connected", at(9), "hal")
    take(begun, event("Signed Up", at(1), "hal"), connected)
    assert (step(connected, "connect").fate, step(connected, "connect").by_hand) == (Fate.COMPLETED, None)
