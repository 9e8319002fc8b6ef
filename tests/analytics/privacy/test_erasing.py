"""Erasing a person: nothing of them is left, the numbers stay, and what is counted is still what is known."""

import itertools
import json
import threading
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection
from django.utils import timezone

from analytics.cubes.models import Cell
from analytics.cubes.rebuild import rebuild
from analytics.cubes.verify import differences
from analytics.metrics import fetch
from analytics.metrics.advocacy import advocacy, counted
from analytics.metrics.as_of import AsOf
from analytics.metrics.days import Days
from analytics.metrics.expansion import counted_accounts, expansion
from onboarding.feedback.models import Answer
from onboarding.intake.erasing import slices_of
from onboarding.intake.models import LoggedEvent, Rejection
from onboarding.intake.steps import Envelope
from onboarding.intake.taking import take
from onboarding.leaving.models import LeftAccount, LeftStart
from onboarding.people.models import Account, Person
from onboarding.progress.models import Completion, Journey
from onboarding.usage.models import UsageCell
from tests.analytics.events import group
from tests.analytics.privacy import world
from workspaces.api import idempotency, problems
from workspaces.api.models import KeptAnswer
from workspaces.keys.sealed import seal
from workspaces.privacy import asking, erasing, suppression
from workspaces.privacy.models import Erasure, Refused
from workspaces.scope import scope


@pytest.fixture
def populated(workspace, ana):
    world.make(workspace, ana, timezone.now())
    return workspace


def erase(workspace, key="u:dora-4711", by=None):
    """Ask, and carry out both looks."""
    with scope(workspace):
        erasure = asking.ask(key, by=by)
    erasing.work(workspace.pk)
    with scope(workspace):
        Erasure.objects.filter(finished_at=None).update(look_again_at=timezone.now())
    erasing.work(workspace.pk)
    world.settle(workspace)
    with scope(workspace):
        erasure.refresh_from_db()
    return erasure


def test_nothing_is_left_of_a_person_and_the_numbers_stay(populated, ana, caplog):
    before = world.totals(populated)
    assert {table for table, *_ in world.places_of(populated, *world.TRACES)} >= {
        "audit_entry", "features_grant", "feedback_answer", "intake_duplicate", "intake_event",
        "intake_importrejection",
        "intake_rejection", "people_account", "people_person", "people_sender", "progress_activity", "progress_ruling",
        "webhooks_message", "widget_widgetevent", "widget_widgetstate",
    }  # fmt: skip
    assert list(differences(populated)) == []
    with caplog.at_level(0):
        erasure = erase(populated, by=ana)
    assert (erasure.state, erasure.problem) == (Erasure.State.DONE, "")
    assert world.places_of(populated, *world.TRACES) == []
    assert not [line for line in caplog.messages for trace in world.TRACES if trace.lower() in line.lower()]
    assert list(differences(populated)) == []
    assert world.totals(populated) == before
    # The log tells a rebuild at most that a name was first seen later.
    assert rebuild(populated.pk).differences.keys() <= {"names"}
    assert world.totals(populated) == before
    assert world.places_of(populated, *world.TRACES) == []


def test_what_colleagues_reached_by_the_persons_doing_stays_reached_and_names_nobody(populated):
    def of_emil():
        with scope(populated):
            found = Completion.objects.filter(journey__person__external_id="emil-1")
            return dict(found.values_list("rung_key", "completed_at"))

    before = of_emil()
    assert before.keys() == {"connect", "invite", "grown"}
    erase(populated)
    assert of_emil() == before
    with scope(populated):
        kept = LoggedEvent.objects.filter(sender__startswith="n:erased-")
        assert {(one.event or one.type, one.group_id) for one in kept} == {
            ("Connected", "initech"),
            ("group", "initech"),
        }
        assert len({one.sender for one in kept}) == kept.count() == 2
        assert [one.properties for one in kept if one.event] == [{"kind": "warehouse"}]
        assert kept.exclude(context={}).count() == 0
        assert Account.objects.get(key="initech").name == "Initech"


def test_an_account_goes_with_the_last_who_was_known_in_it(populated):
    erase(populated)
    erase(populated, "u:emil-1")
    with scope(populated):
        assert not Account.objects.exists()
        assert not LoggedEvent.objects.filter(group_id="initech").exists()
    assert list(differences(populated)) == []


def test_a_rare_value_of_a_segment_does_not_stay_as_a_name_by_itself(populated):
    before = world.totals(populated)
    with scope(populated):
        assert Cell.objects.filter(segment={"plan": "rare"}).exists()
        assert Cell.objects.get(measure="began", segment={"plan": "pro"}, n=5)
    erase(populated, "u:other-0")
    with scope(populated):
        assert not Cell.objects.filter(segment={"plan": "rare"}).exists()
        assert not UsageCell.objects.filter(segment={"plan": "rare"}).exists()
    assert world.totals(populated) == before
    erase(populated, "u:other-1")  # whose value five others have
    with scope(populated):
        assert Cell.objects.get(measure="began", segment={"plan": "pro"}, n=5)
    assert world.totals(populated) == before
    assert list(differences(populated)) == []


def test_what_comes_late_is_passed_over_without_a_word_and_counted(populated):
    erase(populated)
    answer = world.live_again(populated, None, world.of_dora(timezone.now() - timedelta(days=9)), timezone.now())
    assert (answer.stored, answer.erased) == (0, 1)
    borrowed = {"type": "identify", "userId": "emil-1", "anonymousId": "browser-77ab", "messageId": "new"}
    assert take(populated.pk, Envelope("batch", [borrowed]), received_at=timezone.now()).stored == 1
    with scope(populated):
        assert Refused.objects.get().count == 1
        assert LoggedEvent.objects.get(message_id="new").anonymous_id == ""
        assert not Rejection.objects.exists()
    assert world.places_of(populated, *world.TRACES) == []
    with scope(populated):
        assert suppression.lift("u:dora-4711")
    assert world.live_again(populated, None, world.of_dora(timezone.now()), timezone.now()).stored == 1


def test_whatever_stops_it_the_next_worker_goes_on_and_once_more_changes_nothing(populated, monkeypatch):
    before = world.totals(populated)
    with scope(populated):
        erasure = asking.ask("u:dora-4711", by=None)
        assert asking.ask("u:dora-4711", by=None) == erasure

    def breaks(*_):
        raise OSError("dora-4711 is too much for this disk")

    for place in ("erase", "sweep"):
        with monkeypatch.context() as patch:
            patch.setattr("workspaces.privacy.subjects." + place, breaks)
            erasing.work(populated.pk)
        with scope(populated):
            erasure.refresh_from_db()
            assert erasure.problem.startswith("OSError in breaks")
            assert "dora" not in erasure.problem
            Erasure.objects.update(look_again_at=timezone.now())
    assert erase(populated) == erasure
    assert erase(populated).removed["messages"] == 0
    assert world.places_of(populated, *world.TRACES) == []
    assert world.totals(populated) == before


def test_the_command_erases_by_address(populated, capsys):
    options = {"workspace": populated.slug, "email": "Dora.Quill@initech.example"}
    call_command("erase_person", **options)
    assert "messages" in capsys.readouterr().out
    with scope(populated):
        assert not Person.objects.filter(external_id="dora-4711").exists()
        assert Person.objects.filter(external_id="emil-1").exists()


def test_nothing_can_be_removed_without_an_erasure_that_names_it(populated):
    with scope(populated):
        asking.ask("u:emil-1", by=None)
    for statement in (
        "SELECT privacy_erase_senders('intake_event', %s, ARRAY['u:dora-4711'])",
        "SELECT leaving_erase_receipts(%s, ARRAY['u:dora-4711'])",
    ):
        with scope(populated), pytest.raises(ProgrammingError, match="No erasure"), connection.cursor() as cursor:
            cursor.execute(statement, [populated.pk])


def test_an_erasure_in_one_workspace_reaches_no_other(populated, other_workspace):
    world.send(other_workspace, *world.of_dora(timezone.now() - timedelta(days=2)))
    before = world.places_of(other_workspace, "dora-4711")
    erase(populated)
    assert world.places_of(other_workspace, "dora-4711") == before != []


def test_what_programs_were_answered_of_them_is_not_answered_again(populated):
    def keep(key, body):
        return KeptAnswer.objects.create(key=key, fingerprint="f", status=201, body=seal(json.dumps(body).encode()))

    with scope(populated):
        told = keep("k1", {"id": 7, "user_id": "dora-4711"})
        keep("grant-dora-4711", {"id": 8})
        other = keep("k2", {"id": 9, "user_id": "emil-1"})
    assert erase(populated).removed["answers to programs"] == 2
    with scope(populated):
        assert set(KeptAnswer.objects.values_list("key", "body")) == {("k1", ""), ("k2", other.body)}
        with pytest.raises(problems.Refused, match="cannot be read any more"):  # and it is not done a second time
            idempotency._again("k1", told.fingerprint)


def test_senders_and_the_engine_at_work_meanwhile_bring_nobody_back(populated):
    over, wrong = threading.Event(), []

    def go_on():
        try:
            for number in itertools.count():
                if over.is_set():
                    return
                for user in ("dora-4711", "emil-1"):
                    sent = {"type": "track", "userId": user, "event": "Reported", "messageId": f"{user}-{number}"}
                    take(populated.pk, Envelope("batch", [sent]), received_at=timezone.now())
                world.settle(populated)
        except Exception as error:  # told by the test's own thread
            wrong.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        erasure = erase(populated)
    finally:
        over.set()
        thread.join(60)
    world.settle(populated)
    assert (wrong, erasure.state) == ([], Erasure.State.DONE)
    assert world.places_of(populated, *world.TRACES) == []
    assert list(differences(populated)) == []


def test_an_address_that_others_have_as_well_stays_theirs(populated):
    now = timezone.now()
    shared = {"email": "Team@initech.example", "manager_email": "boss@initech.example"}
    world.send(
        populated,
        *(world.identify(user, now - timedelta(days=1), **shared) for user in ("twin-aa-1", "twin-bb-2")),
        world.identify("boss-1", now, email="boss@initech.example"),
    )
    erase(populated, "u:twin-aa-1")
    with scope(populated):
        assert Person.objects.get(external_id="twin-bb-2").email == "team@initech.example"
        kept = LoggedEvent.objects.get(sender="u:twin-bb-2")
    assert kept.traits == shared
    assert world.places_of(populated, "twin-aa-1") == []
    assert list(differences(populated)) == []
    assert rebuild(populated.pk).differences.keys() <= {"names"}


def test_the_score_and_the_growth_of_accounts_go_on_counting_who_is_gone(populated):
    """First with a colleague left in the account, then with nobody, after which the account is gone, too."""
    now = timezone.now()
    populated.values = ["seats"]
    populated.save()
    with scope(populated):
        said = (("u:dora-4711", 2, 20), ("u:dora-4711", 4, 10), ("u:emil-1", 7, 1), ("u:other-1", 8, 5))
        for sender, score, ago in said:
            Answer.objects.create(sender=sender, score=score, said_at=now - timedelta(days=ago), source="csv")
    later = group("emil-1", now - timedelta(hours=1), "initech", seats=15)
    world.send(populated, later)

    def told():
        with scope(populated):
            (subject,) = fetch.subjects()
            found = []
            for first, last, grown in ((30, 0, 0), (30, 8, 0), (60, 15, 40)):
                as_of = AsOf.now(now + timedelta(days=grown), zone=populated.zone)
                days = Days((now - timedelta(days=first)).date(), (now - timedelta(days=last)).date())
                score = advocacy(counted(subject, days, as_of), by_trait=False)
                days = Days((now - timedelta(days=first)).date(), now.date())
                accounts = counted_accounts(subject, days, as_of, "seats")
                found += [(score.people, score.score), expansion("seats", accounts, as_of)]
            return found

    before = told()
    assert [scored[0] for scored in before[::2]] == [3, 1, 1]
    assert (before[-1].mature, before[-1].higher.count) == (1, 1)
    erase(populated)
    with scope(populated):
        of_emil = Journey.objects.get(person__external_id="emil-1")
        assert LeftStart.objects.get().began_at < of_emil.started_at
    assert told() == before
    erase(populated, "u:emil-1")
    with scope(populated):
        assert not Account.objects.exists()
        assert not Answer.objects.filter(sender__in=["u:dora-4711", "u:emil-1"]).exists()
        assert LeftAccount.objects.get().later == 15
    assert told() == before
    left = world.places_of(populated, *world.TRACES, "emil-1", "initech")
    assert [place for place in left if place[0] != "tenants_workspace"] == []  # other tests' workspaces are called so


@pytest.mark.pure
@pytest.mark.parametrize("rows, parts", [(-1, 1), (0, 1), (200_000, 1), (200_001, 2), (1_000_000, 5), (10**9, 28)])
def test_a_month_is_looked_through_in_slices_that_leave_no_day_out(rows, parts):
    slices = slices_of(date(2026, 2, 1), rows)
    assert len(slices) == parts
    assert (slices[0][0], slices[-1][1]) == (date(2026, 2, 1), date(2026, 3, 1))
    assert all(end == first for (_, end), (first, _) in itertools.pairwise(slices))
    assert all(first < end for first, end in slices)
