"""The event log: everything once, whatever is sent again, together or late."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from onboarding.intake import log, partitions
from onboarding.intake.log import Outcome
from onboarding.intake.message import Message
from onboarding.intake.reasons import Reason
from workspaces.scope import CrossScope, scope


def message(message_id: str, **fields) -> Message:
    at = fields.pop("at", datetime(2026, 3, 2, 11, tzinfo=UTC))
    good = {"type": "track", "event": "A", "sender": "u:dora", "client_at": at, "occurred_at": at}
    return Message(message_id=message_id, **(good | fields))


def ids(events) -> list[str]:
    return [event.message_id for event in events]


class TestDuplicates:
    def test_what_is_sent_again_is_counted_and_not_stored(self, workspace, logged):
        assert log.append(workspace.pk, [message("1"), message("2")]) == Outcome(stored=2)
        assert log.append(workspace.pk, [message("2"), message("3")]) == Outcome(stored=1, duplicates=1)
        assert ids(logged(workspace)) == ["1", "2", "3"]

    def test_the_first_of_two_in_one_batch_holds(self, workspace, logged):
        outcome = log.append(workspace.pk, [message("1", event="First"), message("1", event="Second")])
        assert outcome == Outcome(stored=1, duplicates=1)
        assert [event.event for event in logged(workspace)] == ["First"]

    def test_another_workspace_has_messages_of_its_own(self, workspace, other_workspace, logged):
        log.append(workspace.pk, [message("1")])
        assert log.append(other_workspace.pk, [message("1")]) == Outcome(stored=1)
        assert len(logged(workspace)) == len(logged(other_workspace)) == 1

    def test_messages_without_any_time_are_known_by_their_receipt(self, workspace, logged, clock):
        untimed = message("1", client_at=None, occurred_at=clock)
        later = clock + timedelta(days=40)
        again = message("1", client_at=None, occurred_at=later)
        beside = message("2")
        assert log.append(workspace.pk, [untimed], received_at=clock) == Outcome(stored=1)
        assert log.append(workspace.pk, [again, beside], received_at=later) == Outcome(stored=1, duplicates=1)
        assert [(e.message_id, e.client_at) for e in logged(workspace)] == [("1", clock), ("2", beside.client_at)]

    def test_a_time_far_ahead_is_still_known_when_the_clock_has_caught_up_with_it(self, workspace, logged, clock):
        ahead = clock + timedelta(hours=2)
        early = message("1", client_at=None, claimed_at=ahead, occurred_at=clock, clamped=True)
        late = message("1", at=ahead)
        assert log.append(workspace.pk, [early], received_at=clock) == Outcome(stored=1)
        assert log.append(workspace.pk, [early], received_at=clock) == Outcome(duplicates=1)
        received_at = clock + timedelta(hours=3)
        assert log.append(workspace.pk, [late, message("2")], received_at=received_at) == Outcome(1, 1)
        untimed = message("3", client_at=None)
        assert log.append(workspace.pk, [late, untimed], received_at=received_at) == Outcome(1, 1)
        [first, *_] = logged(workspace)
        assert (first.occurred_at, first.clamped) == (clock, True)

    def test_senders_of_the_same_events_at_once_neither_double_nor_deadlock(self, workspace, logged):
        batch = [message(f"{number:04}") for number in range(300)]
        batch += [message(f"untimed-{number:04}", client_at=None) for number in range(100)]
        outcomes, start = [], threading.Barrier(6)

        def sender(order: int) -> None:
            start.wait()
            try:
                for size in (50, 400):
                    turned = batch[order * 60 :] + batch[: order * 60]
                    for at in range(0, len(turned), size):
                        outcomes.append(log.append(workspace.pk, turned[at : at + size]))
            finally:
                connection.close()

        threads = [threading.Thread(target=sender, args=(order,)) for order in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(outcome.stored for outcome in outcomes) == 400
        assert sum(outcome.stored + outcome.duplicates for outcome in outcomes) == 6 * 2 * 400
        assert len(logged(workspace)) == 400


class TestContent:
    def test_every_field_comes_back_as_it_was(self, workspace, logged, clock):
        sent = message(
            "1",
            type="group",
            event="Évènement 🎉",
            sender="u:d'or\\a",
            anonymous_id="visitor",
            previous_id="before",
            group_id="acme",
            occurred_at=datetime(2026, 3, 2, 10, 59, 59, 999_999, tzinfo=UTC),
            clamped=True,
            properties={"long": 2**70, "half": 0.1, "list": [None, True, {"a": "\\u0000 \\ %s %(x)s"}]},
            traits={"": "empty name"},
            context={"groupId": "acme"},
        )
        log.append(workspace.pk, [sent], received_at=clock)
        [event] = logged(workspace)
        for field in ("type", "event", "sender", "anonymous_id", "previous_id", "group_id", "client_at"):
            assert getattr(event, field) == getattr(sent, field)
        for field in ("occurred_at", "clamped", "properties", "traits", "context"):
            assert getattr(event, field) == getattr(sent, field)
        assert event.received_at == clock

    def test_what_is_empty_comes_back_empty(self, workspace, logged):
        log.append(workspace.pk, [message("1", event="", type="identify")])
        [event] = logged(workspace)
        assert (event.event, event.anonymous_id, event.previous_id, event.group_id) == ("", "", "", "")
        assert (event.properties, event.traits, event.context, event.clamped) == ({}, {}, {}, False)

    def test_a_value_that_only_the_database_refuses_costs_its_own_event(self, workspace, logged, rejected):
        batch = [message(f"{number}") for number in range(9)]
        batch[4].properties = {"a": "\x00"}
        outcome = log.append(workspace.pk, batch)
        assert (outcome.stored, outcome.duplicates) == (8, 0)
        [(refused, drop)] = outcome.refused
        assert (refused.message_id, drop.reason) == ("4", Reason.UNSTORABLE)
        assert ids(logged(workspace)) == ["0", "1", "2", "3", "5", "6", "7", "8"]
        [rejection] = rejected(workspace)
        assert (rejection.reason, '"messageId":"4"' in rejection.message) == ("unstorable", True)


class TestTransactions:
    def test_alone_it_is_committed_when_it_returns(self, workspace, logged):
        log.append(workspace.pk, [message("1")])
        seen = []

        def elsewhere() -> None:
            seen.extend(ids(logged(workspace)))
            connection.close()

        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        assert seen == ["1"]

    def test_inside_of_a_transaction_it_is_part_of_it(self, workspace, logged):
        with scope(workspace):
            assert log.append(workspace.pk, [message("1")]).stored == 1
            transaction.set_rollback(True)
        assert logged(workspace) == []

    def test_inside_of_another_workspaces_scope_it_is_refused(self, workspace, other_workspace, logged):
        with pytest.raises(CrossScope), scope(other_workspace):
            log.append(workspace.pk, [message("1")])
        assert logged(workspace) == logged(other_workspace) == []

    def test_it_leaves_no_scope_behind(self, workspace):
        log.append(workspace.pk, [message("1")])
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM intake_event")
            assert cursor.fetchone() == (0,)

    def test_a_failure_stores_nothing_of_the_batch(self, workspace, logged):
        with pytest.raises(DatabaseError):
            log.append(workspace.pk, [message("1"), message("2", type=None)])
        assert logged(workspace) == []


class TestNews:
    @pytest.fixture
    def announced(self, monkeypatch) -> list:
        calls: list = []
        monkeypatch.setattr(log, "announce", lambda *arguments: calls.append(arguments))
        return calls

    def test_what_is_new_is_announced_and_a_retry_is_not(self, workspace, announced):
        log.append(workspace.pk, [message("1")])
        log.append(workspace.pk, [message("1")])
        assert announced == [("intake.news", workspace.pk)]


def partition_of(workspace, message_id: str) -> str:
    with scope(workspace), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM intake_event WHERE workspace_id = %s AND message_id = %s",
            [workspace.pk, message_id],
        )
        [(name,)] = cursor.fetchall()
        return name


class TestPartitions:
    @pytest.mark.parametrize(
        "at, partition",
        [
            (datetime(1, 1, 1, tzinfo=UTC), "intake_event_earlier"),
            (datetime(2004, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), "intake_event_earlier"),
            (datetime(2005, 1, 1, tzinfo=UTC), "intake_event_2005_01"),
            (datetime(2011, 11, 30, 23, 59, 59, 999_999, tzinfo=UTC), "intake_event_2011_11"),
            (datetime(2011, 12, 1, tzinfo=UTC), "intake_event_2011_12"),
            (datetime(2011, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), "intake_event_2011_12"),
            (datetime(2012, 1, 1, tzinfo=UTC), "intake_event_2012_01"),
        ],
    )
    def test_an_event_lies_in_its_month_by_utc(self, workspace, at, partition):
        assert log.append(workspace.pk, [message("1", at=at)]).stored == 1
        assert partition_of(workspace, "1") == partition

    @pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"])
    def test_a_sessions_time_zone_and_date_style_move_no_border(self, workspace, zone):
        month = {"Pacific/Kiritimati": 5, "Pacific/Pago_Pago": 6, "Asia/Kathmandu": 7}[zone]
        first = datetime(2009, month, 1, tzinfo=UTC)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('TimeZone', %s, false), set_config('DateStyle', 'SQL, DMY', false)", [zone]
            )
        try:
            log.append(workspace.pk, [message("1", at=first), message("0", at=first - timedelta(microseconds=1))])
        finally:
            connection.close()
        assert partition_of(workspace, "1") == f"intake_event_2009_{month:02}"
        assert partition_of(workspace, "0") == f"intake_event_2009_{month - 1:02}"

    def test_next_month_is_the_last_that_gets_one(self):
        today = datetime.now(UTC).replace(day=1)
        following = (today + timedelta(days=32)).replace(day=1)
        beyond = (following + timedelta(days=32)).replace(day=1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT intake_ensure_partition(%s)", [following.date()])
            for month in (beyond.date(), "9999-12-01", "2004-12-01", "infinity"):
                with pytest.raises(DatabaseError):
                    cursor.execute("SELECT intake_ensure_partition(%s)", [month])

    def test_a_partition_that_was_thought_to_be_there_is_made(self, workspace):
        partitions._known.add((2007, 7))
        assert log.append(workspace.pk, [message("1", at=datetime(2007, 7, 7, tzinfo=UTC))]).stored == 1
        assert partition_of(workspace, "1") == "intake_event_2007_07"

    def test_inside_of_a_transaction_too(self, workspace):
        partitions._known.add((2007, 8))
        with scope(workspace):
            assert log.append(workspace.pk, [message("1", at=datetime(2007, 8, 7, tzinfo=UTC))]).stored == 1
        assert partition_of(workspace, "1") == "intake_event_2007_08"

    def test_many_may_make_the_same_one_at_once(self, workspace, logged):
        outcomes, start = [], threading.Barrier(5)

        def sender(number: int) -> None:
            start.wait()
            try:
                at = datetime(2008, 8, 8, tzinfo=UTC)
                outcomes.append(log.append(workspace.pk, [message(f"{number}", at=at)]))
            finally:
                connection.close()

        partitions.forget()
        threads = [threading.Thread(target=sender, args=(number,)) for number in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [outcome.stored for outcome in outcomes] == [1] * 5

    def test_making_one_does_not_wait_for_those_who_write(self, workspace):
        with scope(workspace):
            log.append(workspace.pk, [message("1")])
            made = threading.Event()

            def elsewhere() -> None:
                log.append(workspace.pk, [message("2", at=datetime(2006, 6, 6, tzinfo=UTC))])
                connection.close()
                made.set()

            thread = threading.Thread(target=elsewhere)
            thread.start()
            assert made.wait(10)
        thread.join()
