"""What members rule on people's steps, by scenes: completed by hand, revoked, withdrawn; and what follows from it."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from milestones.ladders.models import Ladder
from onboarding.intake.log import append
from onboarding.people.models import Person
from onboarding.progress import engine, rule
from onboarding.progress.effect import effect_of
from onboarding.progress.foresee import Foreseen, foresee
from onboarding.progress.models import Completion, Journey, Ruling, Unlock, Watermark
from tests.onboarding.progress.scenes import (
    LADDER,
    assert_counts_follow_from_the_log,
    event,
    identify,
    publish,
    reached,
    take,
)
from workspaces.audit.models import Entry
from workspaces.scope import scope

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LINKED = LADDER.replace("{event: Connected}", "{event: Linked}")
CHAIN = LADDER.replace("      first_value: true\n", "      first_value: true\n      prerequisites: [connect]\n")
WHY = "They showed it to me in our call."


@pytest.fixture
def now(monkeypatch, clock):
    """The time that rulings are made at; `now.at` moves it."""

    class Now:
        at = clock

    monkeypatch.setattr(timezone, "now", lambda: Now.at)
    return Now


@pytest.fixture
def climbing(workspace, clock, now):
    """gil signed up three days ago, hal two."""
    publish(workspace, at=clock - 9 * DAY)
    take(workspace, event("Signed Up", clock - 3 * DAY), event("Signed Up", clock - 2 * DAY, "hal"))
    return workspace


def person(workspace, user="gil") -> Person:
    with scope(workspace):
        return Person.objects.get(external_id=user)


def complete(workspace, by, rung="connect", user="gil", reason=WHY):
    with scope(workspace):
        return rule.complete(person(workspace, user).pk, Ladder.objects.get(), rung, by=by, reason=reason).ruling


def revoke(workspace, by, rung="connect", user="gil", reason="It was a test."):
    with scope(workspace):
        return rule.revoke(person(workspace, user).pk, Ladder.objects.get(), rung, by=by, reason=reason).ruling


def withdraw(workspace, by, ruling):
    with scope(workspace):
        return rule.withdraw(ruling.pk, by=by)


def journey(workspace, user="gil"):
    with scope(workspace):
        return Journey.objects.select_related("person", "version").get(person__external_id=user)


def completion(workspace, rung="connect", user="gil") -> Completion:
    with scope(workspace):
        return Completion.objects.get(journey__person__external_id=user, rung_key=rung)


def features(workspace) -> list[str]:
    with scope(workspace):
        return list(Unlock.objects.filter(person__external_id="gil").values_list("feature", flat=True))


def test_a_step_that_is_completed_by_hand_is_done_then_and_says_by_whose_word(climbing, ana, clock):
    ruling = complete(climbing, ana)
    found = completion(climbing)
    assert (found.completed_at, found.message_id, found.ruling_id) == (clock, "", ruling.pk)
    assert (found.in_order_at, features(climbing)) == (clock, ["dashboards"])
    assert reached(climbing, "hal") == {}
    assert_counts_follow_from_the_log(climbing)


def test_a_ruling_is_audited_in_the_transaction_that_makes_it(climbing, ana):
    ruling = complete(climbing, ana)
    withdraw(climbing, ana, ruling)
    with scope(climbing):
        noted = Entry.objects.filter(action__startswith="ruling.").order_by("pk")
        entries = list(noted.values_list("actor", "action", "target"))
        details = noted[0].details
    assert entries == [(ana.user.email, "ruling.completed", "gil"), (ana.user.email, "ruling.withdrawn", "gil")]
    assert details == {"step": "Connect", "ladder": "Start", "reason": WHY, "ruling": ruling.pk}


def test_whoever_is_completed_by_hand_on_every_step_has_first_value_and_has_finished(climbing, ana, clock, now):
    complete(climbing, ana)
    now.at = clock + HOUR
    complete(climbing, ana, "report")
    found = journey(climbing)
    assert (found.first_value_at, found.finished_at) == (clock + HOUR, clock + HOUR)
    assert_counts_follow_from_the_log(climbing)


def test_a_step_can_be_completed_before_it_has_opened_and_is_in_order_only_by_what_comes_after(
    workspace, ana, clock, now
):
    publish(workspace, CHAIN, at=clock - 9 * DAY)
    take(workspace, event("Signed Up", clock - 3 * DAY))
    complete(workspace, ana, "report")
    assert completion(workspace, "report").in_order_at is None
    take(workspace, event("Connected", clock + HOUR))
    assert completion(workspace, "report").in_order_at is None
    take(workspace, *(event("Reported", clock + hours * HOUR) for hours in (2, 3)))
    found = completion(workspace, "report")
    assert (found.completed_at, found.in_order_at) == (clock, clock + 3 * HOUR)
    assert_counts_follow_from_the_log(workspace)


def test_later_evidence_changes_nothing_about_a_step_completed_by_hand(climbing, ana, clock, assert_replays):
    ruling = complete(climbing, ana)
    with assert_replays(False):
        take(climbing, event("Connected", clock + HOUR))
    found = completion(climbing)
    assert (found.completed_at, found.ruling_id) == (clock, ruling.pk)


def test_evidence_that_turns_out_to_be_earlier_takes_the_place_of_the_word(climbing, ana, clock):
    complete(climbing, ana)
    take(climbing, event("Connected", clock - HOUR))
    found = completion(climbing)
    assert (found.completed_at, found.ruling_id) == (clock - HOUR, None)
    assert found.message_id
    assert_counts_follow_from_the_log(climbing)


def test_a_withdrawn_completion_leaves_what_evidence_says(climbing, ana, clock):
    ruling = complete(climbing, ana)
    take(climbing, event("Connected", clock + HOUR))
    withdraw(climbing, ana, ruling)
    assert reached(climbing) == {"connect": clock + HOUR}
    assert_counts_follow_from_the_log(climbing)


def test_a_revocation_takes_the_step_its_feature_first_value_and_the_end(climbing, ana, clock):
    take(climbing, *(event(*said) for said in [("Connected", clock - DAY), ("Reported", clock - 3 * HOUR)]))
    take(climbing, event("Reported", clock - 2 * HOUR))
    assert journey(climbing).finished_at == clock - 2 * HOUR
    revoke(climbing, ana)
    assert reached(climbing) == {"report": clock - 2 * HOUR}
    assert features(climbing) == []
    assert (journey(climbing).first_value_at, journey(climbing).finished_at) == (clock - 2 * HOUR, None)
    revoke(climbing, ana, "report")
    assert (reached(climbing), journey(climbing).first_value_at) == ({}, None)
    assert_counts_follow_from_the_log(climbing)


def test_what_happened_up_to_a_revocation_does_not_count_even_if_it_comes_later_and_what_happens_after_does(
    climbing, ana, clock, now
):
    take(climbing, event("Connected", clock - DAY), event("Reported", clock - HOUR))
    revoke(climbing, ana)
    take(climbing, event("Connected", clock - MINUTE), event("Connected", clock))
    assert reached(climbing) == {}
    take(climbing, event("Connected", clock + MINUTE))
    assert reached(climbing) == {"connect": clock + MINUTE}
    assert_counts_follow_from_the_log(climbing)


def test_a_revoked_step_needs_all_of_its_evidence_anew(climbing, ana, clock):
    take(climbing, event("Reported", clock - 2 * HOUR), event("Reported", clock - HOUR))
    revoke(climbing, ana, "report")
    take(climbing, event("Reported", clock + HOUR))
    assert reached(climbing) == {}
    take(climbing, event("Reported", clock + 2 * HOUR))
    assert reached(climbing) == {"report": clock + 2 * HOUR}


def test_what_a_clock_that_runs_ahead_had_stamped_is_revoked_too(climbing, ana, clock):
    take(climbing, event("Connected", clock + 30 * MINUTE))
    assert reached(climbing) == {"connect": clock + 30 * MINUTE}
    assert revoke(climbing, ana).until == clock + 30 * MINUTE
    assert reached(climbing) == {}


@pytest.mark.parametrize("criterion", ["{trait: plan, equals: pro}", "{trait: plan, not_equals: free}"])
def test_a_trait_that_was_revoked_must_be_said_anew(workspace, ana, clock, now, criterion):
    publish(workspace, LADDER.replace("{event: Connected}", criterion), at=clock - 9 * DAY)
    take(workspace, identify(clock - 3 * DAY, plan="pro"), event("Signed Up", clock - 3 * DAY))
    assert reached(workspace) == {"connect": clock - 3 * DAY}
    revoke(workspace, ana)
    assert reached(workspace) == {}
    take(workspace, identify(clock + HOUR, plan="free"), identify(clock + 2 * HOUR, plan="pro"))
    assert reached(workspace) == {"connect": clock + 2 * HOUR}
    assert_counts_follow_from_the_log(workspace)


def test_what_a_revoked_step_had_opened_closes_with_it_and_comes_back_with_it(workspace, ana, clock, now):
    publish(workspace, CHAIN, at=clock - 9 * DAY)
    said = [("Signed Up", 3 * DAY), ("Connected", 2 * DAY), ("Reported", DAY), ("Reported", HOUR)]
    take(workspace, *(event(name, clock - ago) for name, ago in said))
    before = reached(workspace)
    assert before == {"connect": clock - 2 * DAY, "report": clock - HOUR}
    ruling = revoke(workspace, ana)
    assert reached(workspace) == {}
    take(workspace, event("Connected", clock + HOUR))
    assert reached(workspace) == {"connect": clock + HOUR, "report": clock + HOUR}
    withdraw(workspace, ana, ruling)
    assert reached(workspace) == before
    assert_counts_follow_from_the_log(workspace)


def test_what_was_completed_by_hand_stays_though_what_would_have_opened_it_is_revoked(workspace, ana, clock, now):
    publish(workspace, CHAIN, at=clock - 9 * DAY)
    take(workspace, event("Signed Up", clock - 3 * DAY), event("Connected", clock - 2 * DAY))
    complete(workspace, ana, "report")
    now.at = clock + HOUR
    revoke(workspace, ana)
    assert reached(workspace) == {"report": clock}


def test_credit_from_before_a_move_is_revoked_too(climbing, ana, clock):
    take(climbing, event("Connected", clock - DAY))
    publish(climbing, LINKED, at=clock - HOUR, moves=True)
    engine.settle(climbing.pk)
    assert reached(climbing) == {"connect": clock - DAY}
    revoke(climbing, ana)
    assert reached(climbing) == {}
    take(climbing, event("Linked", clock + HOUR))
    assert reached(climbing) == {"connect": clock + HOUR}
    assert_counts_follow_from_the_log(climbing)


def test_a_step_completed_by_hand_is_kept_when_people_are_moved(climbing, ana, clock):
    ruling = complete(climbing, ana)
    publish(climbing, LINKED, at=clock + DAY, moves=True)
    engine.settle(climbing.pk)
    take(climbing, event("Linked", clock - HOUR))
    found = completion(climbing)
    assert (found.completed_at, found.ruling_id) == (clock, ruling.pk)
    assert_counts_follow_from_the_log(climbing)


def test_a_revoked_step_can_be_completed_by_hand_and_what_was_revoked_stays_so(climbing, ana, clock, now):
    take(climbing, event("Connected", clock - DAY))
    revoke(climbing, ana)
    now.at = clock + HOUR
    by_hand = complete(climbing, ana)
    assert reached(climbing) == {"connect": clock + HOUR}
    take(climbing, event("Connected", clock + MINUTE))
    assert reached(climbing) == {"connect": clock + MINUTE}
    withdraw(climbing, ana, by_hand)
    assert reached(climbing) == {"connect": clock + MINUTE}


def test_rulings_follow_their_sender_when_persons_turn_out_to_be_one(climbing, ana, clock, now):
    first = complete(climbing, ana, user="hal")
    now.at = clock + HOUR
    complete(climbing, ana, "report")
    take(climbing, event("", clock + 2 * HOUR, "gil", type="alias", previous_id="hal", message_id="alias"))
    assert reached(climbing) == {"connect": clock, "report": clock + HOUR}
    assert completion(climbing).ruling_id == first.pk
    withdraw(climbing, ana, first)
    assert reached(climbing) == {"report": clock + HOUR}
    assert_counts_follow_from_the_log(climbing)


def test_nobody_rules_on_whom_is_merged_away_or_on_steps_that_are_not_theirs(climbing, ana, clock):
    gone = person(climbing, "hal").pk
    take(climbing, event("", clock, "gil", type="alias", previous_id="hal", message_id="alias"))
    with scope(climbing):
        ladder = Ladder.objects.get()
        with pytest.raises(rule.NobodyThere, match="turned out to be the same as somebody else"):
            rule.complete(gone, ladder, "connect", by=ana, reason=WHY)
        with pytest.raises(rule.NobodyThere, match="not on a ladder with that step"):
            rule.complete(person(climbing).pk, ladder, "other", by=ana, reason=WHY)
        with pytest.raises(rule.NobodyThere):
            rule.withdraw(0, by=ana)


def test_of_two_members_at_once_the_second_hears_of_the_first(climbing, ana, make_member, clock):
    from workspaces.tenants.access import Level

    kim = make_member(climbing, "kim", Level.COACH)
    gil, heard, first_has_ruled = person(climbing).pk, [], threading.Event()

    def second():
        try:
            with scope(climbing):
                first_has_ruled.wait(30)
                rule.complete(gil, Ladder.objects.get(), "connect", by=ana, reason=WHY)
        except rule.CannotRule as refusal:
            heard.append(str(refusal))
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with scope(climbing):
        rule.complete(gil, Ladder.objects.get(), "connect", by=kim, reason=WHY)
        first_has_ruled.set()
        thread.join(1)  # it waits for the lock
        assert thread.is_alive()
    thread.join(30)
    assert heard == ["Kim has completed “Connect” by hand meanwhile. Nothing was changed."]
    with scope(climbing):
        assert Ruling.objects.count() == 1
    with pytest.raises(rule.CannotRule, match="was done meanwhile, by evidence"):
        take(climbing, event("Connected", clock, "hal"))
        complete(climbing, ana, user="hal")
    with pytest.raises(rule.CannotRule, match="not done any more"):
        revoke(climbing, ana, "report")


def test_a_member_does_not_wait_for_ever_for_a_busy_engine(climbing, ana, monkeypatch):
    monkeypatch.setattr(rule, "PATIENCE", timedelta(seconds=1))
    locked, over = threading.Event(), threading.Event()

    def engine_at_work():
        with scope(climbing):
            Watermark.objects.select_for_update().get()
            locked.set()
            over.wait(60)
        connection.close()

    thread = threading.Thread(target=engine_at_work)
    thread.start()
    locked.wait(30)
    with scope(climbing):
        with pytest.raises(rule.CannotRule, match="worked through just now"):
            rule.complete(person(climbing).pk, Ladder.objects.get(), "connect", by=ana, reason=WHY)
        assert Ruling.objects.count() == 0
    over.set()
    thread.join(30)
    complete(climbing, ana)


def test_a_ruling_and_the_engine_do_not_get_in_each_others_way(climbing, ana, clock):
    """Events come, and are replayed, while members rule: in the end it is what all of it says."""
    users = [f"p{n}" for n in range(8)]
    take(climbing, *(event("Signed Up", clock - DAY, user) for user in users))
    people = [person(climbing, user).pk for user in users]
    over = threading.Event()

    def engine_at_work():
        try:
            while not over.is_set():
                engine.advance(climbing.pk, batch=3)
        finally:
            connection.close()

    thread = threading.Thread(target=engine_at_work)
    thread.start()
    try:
        for number, (user, pk) in enumerate(zip(users, people, strict=True)):
            append(climbing.pk, [event("Connected", clock + number * MINUTE, user), event("Reported", clock, user)])
            with scope(climbing):
                rule.complete(pk, Ladder.objects.get(), "report", by=ana, reason=WHY)
    finally:
        over.set()
        thread.join(60)
    engine.settle(climbing.pk)
    for number, user in enumerate(users):
        assert reached(climbing, user) == {"connect": clock + number * MINUTE, "report": clock}
    assert_counts_follow_from_the_log(climbing)


def test_a_ruling_made_while_a_publication_waits_counts_once_it_is_worked_in(climbing, ana, clock):
    publish(climbing, LINKED, at=clock - HOUR, moves=True)
    with scope(climbing):
        outcome = rule.complete(person(climbing).pk, Ladder.objects.get(), "connect", by=ana, reason=WHY)
    assert outcome.waits
    assert reached(climbing) == {}
    engine.settle(climbing.pk)
    assert reached(climbing) == {"connect": clock}
    assert_counts_follow_from_the_log(climbing)


def test_withdrawing_twice_is_withdrawing_once(climbing, ana):
    ruling = complete(climbing, ana)
    withdraw(climbing, ana, ruling)
    withdraw(climbing, ana, ruling)
    with scope(climbing):
        assert Entry.objects.filter(action="ruling.withdrawn").count() == 1


def test_the_application_can_withdraw_rulings_and_do_nothing_else_to_them(climbing, ana):
    ruling = complete(climbing, ana)
    for change in ({"reason": "Another."}, {"at": timezone.now()}):
        with pytest.raises(DatabaseError, match="permission denied"), scope(climbing):
            Ruling.objects.filter(pk=ruling.pk).update(**change)
    with pytest.raises(DatabaseError, match="permission denied"), scope(climbing):
        Ruling.objects.filter(pk=ruling.pk)._raw_delete("default")


def test_what_a_ruling_would_change_besides_is_foreseen(workspace, ana, clock, now):
    publish(workspace, CHAIN, at=clock - 9 * DAY)
    take(workspace, event("Signed Up", clock - DAY), event("Reported", clock - 2 * HOUR), event("Reported", clock))
    climb = journey(workspace)
    with scope(workspace):
        foreseen = foresee(climb, "connect", "completed", now=clock)
    assert foreseen == Foreseen(gained=("report",), unlocked=("dashboards",), finishes=True)
    assert reached(workspace) == {}
    complete(workspace, ana)
    assert reached(workspace).keys() == {"connect", "report"}
    with scope(workspace):
        foreseen = foresee(climb, "connect", "revoked", now=clock)
    assert foreseen == Foreseen(lost=("report",), locked=("dashboards",), unfinishes=True)


def test_the_effect_of_a_criterion_leaves_out_what_members_ruled_on_its_own_step(workspace, ana, clock, now):
    ladder = publish(workspace, CHAIN, at=clock - 9 * DAY).ladder
    take(workspace, event("Signed Up", clock - DAY), event("Reported", clock - 2 * HOUR), event("Reported", clock))
    complete(workspace, ana)
    with scope(workspace):
        connect = effect_of(ladder.published, "connect", now=clock + DAY)
        report = effect_of(ladder.published, "report", now=clock + DAY)
    assert (connect.began, connect.passed) == (1, 0)
    assert report.passed == 1  # it opened by hand
