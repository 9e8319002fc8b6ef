"""Which messages the list shows, in which order, page by page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from onboarding.debugger import cursor, log_stretches, reading
from onboarding.debugger.filters import BadFilter, Filters
from onboarding.intake import log
from onboarding.intake.message import Message
from onboarding.intake.models import Duplicate, LoggedEvent, Rejection
from onboarding.intake.reasons import Reason
from tests.onboarding.progress.scenes import event, identify, take
from workspaces.scope import scope


def told(entries) -> list[tuple[str, str]]:
    return [(entry.outcome, entry.name) for entry in entries]


def test_stored_rejected_and_repeated_messages_stand_in_one_list_the_newest_first(track, send, listed):
    track("Connected")
    send("track", userId="dora")  # no event's name
    track("Looked", 1)
    track("Connected")  # once more
    assert told(listed()) == [
        ("duplicate", "Connected"),
        ("stored", "Looked"),
        ("rejected", "track"),
        ("stored", "Connected"),
    ]


def test_the_list_is_the_workspaces_own(track, send, listed, other_workspace, other_write_key):
    track("Connected")
    track("Connected")
    send("track", userId="dora")
    assert listed(other_workspace) == []
    send("track", key=other_write_key, userId="finn", event="Theirs")
    assert told(listed(other_workspace)) == [("stored", "Theirs")]
    assert "Theirs" not in {entry.name for entry in listed()}


def test_messages_are_found_by_outcome_and_reason(track, send, listed):
    track("Connected")
    track("Connected")
    send("track", userId="dora")
    send("track", event="Nobody")
    assert told(listed(outcome="stored")) == [("stored", "Connected")]
    assert told(listed(outcome="duplicate")) == [("duplicate", "Connected")]
    reasons = [entry.rejection.reason for entry in listed(outcome="rejected")]
    assert reasons == ["missing_identity", "missing_event_name"]
    assert told(listed(reason="missing_identity")) == [("rejected", "Nobody")]
    assert listed(reason="missing_identity", outcome="stored") == []


def test_messages_are_found_by_event_type_and_message_id_whatever_became_of_them(track, send, listed):
    track("Connected")
    track("Connected")
    track("Looked", 1)
    send("identify", userId="dora", traits={"plan": "pro"}, messageId="i1")
    send("track", event="Connected")  # nobody's
    assert told(listed(event="Connected")) == [
        ("rejected", "Connected"),
        ("duplicate", "Connected"),
        ("stored", "Connected"),
    ]
    assert told(listed(event="identify")) == [("stored", "identify")]
    assert told(listed(message="dora-Connected-0")) == [("duplicate", "Connected"), ("stored", "Connected")]
    assert told(listed(message="i1")) == [("stored", "identify")]
    assert listed(event="connected") == []


def test_a_person_is_found_by_every_name_of_theirs(track, send, listed, workspace, clock):
    send("track", anonymousId="visitor", event="Came", timestamp=clock.isoformat())
    send("identify", userId="dora", anonymousId="visitor", traits={"email": "Dora@Acme.example"})
    track("Connected", 1)
    track("Connected", 2, user="emil")
    send("track", userId="dora")
    expected = {"Came", "identify", "Connected", "track"}
    for name in ("dora", "u:dora", "visitor", "a:visitor", "dora@acme.example"):
        found = listed(person=name)
        assert {entry.name for entry in found} >= expected - {"track"}, name
        assert all(entry.sender != "u:emil" for entry in found)
    assert ("rejected", "track") in told(listed(person="dora"))
    assert listed(person="nobody") == []


def test_somebody_of_whom_the_engine_has_not_read_yet_is_found_as_they_were_sent(track, listed):
    track("Connected", user="newcomer", read=False)
    assert told(listed(person="newcomer")) == [("stored", "Connected")]


def test_one_persons_messages_stand_in_the_order_in_which_they_happened(track, listed):
    track("Later", 10)
    track("Earlier", -10)
    assert told(listed(person="dora")) == [("stored", "Later"), ("stored", "Earlier")]
    assert told(listed()) == [("stored", "Earlier"), ("stored", "Later")]


def test_the_pages_together_hold_everything_once_whatever_arrives_meanwhile(track, send, workspace):
    for number in range(7):
        track("Connected", number, read=False)
        track("Connected", number, read=False)
        send("track", userId=f"bad-{number}")
    seen, at = [], ""
    with scope(workspace):
        everything = {str(entry.ref) for entry in reading.page(Filters(), limit=100).entries}
    for _ in range(30):
        with scope(workspace):
            found = reading.page(Filters(), at, limit=4)
        seen += [str(entry.ref) for entry in found.entries]
        at = found.older
        if not at:
            break
        track("Meanwhile", len(seen), read=False)
    assert len(seen) == len(set(seen)) == 21
    assert set(seen) == everything


@pytest.mark.parametrize("person", ["", "gil"])
def test_pages_of_one_person_and_of_everybody_walk_the_whole_log(workspace, clock, person):
    messages = [event("Looked", clock + timedelta(seconds=number)) for number in range(25)]
    for number in range(0, 25, 5):
        take(workspace, *messages[number : number + 5])
    seen, at = [], ""
    while True:
        with scope(workspace):
            found = reading.page(Filters(person=person), at, limit=7)
        seen += [entry.message_id for entry in found.entries]
        at = found.older
        if not at:
            break
    assert sorted(seen) == sorted(message.message_id for message in messages)


def test_a_rare_event_is_looked_for_in_a_bounded_stretch_and_then_further(workspace, clock, monkeypatch):
    monkeypatch.setattr(log_stretches, "STRETCH", 10)
    take(workspace, event("Rare", clock))
    take(workspace, *[event("Common", clock + timedelta(seconds=number)) for number in range(25)])
    filters = Filters(what="Rare")
    with scope(workspace):
        first = reading.page(filters)
        second = reading.page(filters, first.older)
        third = reading.page(filters, second.older)
    assert (first.entries, second.entries) == ([], [])
    assert first.stopped_at is not None
    assert second.stopped_at is not None
    assert told(third.entries) == [("stored", "Rare")]
    assert (third.older, third.stopped_at) == ("", None)


def test_while_one_table_is_looked_at_in_part_nothing_older_of_another_comes_before_it(
    workspace, clock, monkeypatch, track, send
):
    monkeypatch.setattr(log_stretches, "STRETCH", 5)
    send("track", event="Rare")  # rejected, the oldest
    track("Rare", 0)
    for number in range(8):
        track("Common", number, read=False)
    with scope(workspace):
        first = reading.page(Filters(what="Rare"))
        second = reading.page(Filters(what="Rare"), first.older)
    assert first.entries == []
    assert told(second.entries) == [("stored", "Rare"), ("rejected", "Rare")]


def test_a_time_range_is_of_receipt(workspace, clock):
    for day in range(10):
        log.append(
            workspace.pk,
            [event("Looked", clock - timedelta(days=50), message_id=f"m{day}")],
            received_at=clock + timedelta(days=day),
        )
    since, until = (clock + timedelta(days=3)).isoformat(), (clock + timedelta(days=5)).isoformat()
    with scope(workspace):
        both = reading.page(Filters.read({"from": since, "until": until})).entries
        later = reading.page(Filters.read({"from": since})).entries
        earlier = reading.page(Filters.read({"until": until})).entries
    assert [entry.message_id for entry in both] == ["m5", "m4", "m3"]
    assert [entry.message_id for entry in later] == [f"m{day}" for day in range(9, 2, -1)]
    assert [entry.message_id for entry in earlier] == [f"m{day}" for day in range(5, -1, -1)]


@pytest.mark.parametrize(
    ("given", "name"),
    [({"outcome": "lost"}, "outcome"), ({"reason": "bad luck"}, "reason"), ({"from": "soon"}, "from")],
)
def test_a_filter_that_cannot_be_understood_says_so(workspace, given, name):
    with scope(workspace), pytest.raises(BadFilter) as bad:
        Filters.read(given)
    assert bad.value.name == name


@pytest.mark.parametrize("text", ["x", "%%%", "W10", "eyJhIjoxfQ", "e30" * 300, cursor.write({"stored": ["no", 1]})])
def test_a_cursor_that_nobody_made_is_refused(workspace, text):
    with scope(workspace), pytest.raises(cursor.BadCursor):
        reading.page(Filters(), text)


def test_a_cursor_of_other_filters_is_refused(workspace, clock):
    take(workspace, event("Looked", clock), event("Looked", clock + timedelta(seconds=1)))
    with scope(workspace):
        of_gil = reading.page(Filters(person="gil"), limit=1).older
        of_all = reading.page(Filters(), limit=1).older
        for filters, at in ((Filters(), of_gil), (Filters(person="gil"), of_all)):
            with pytest.raises(cursor.BadCursor):
                reading.page(filters, at)


def test_a_message_that_came_again_is_one_line_that_says_how_often(track, workspace):
    for _ in range(4):
        track("Connected")
    with scope(workspace):
        duplicate = Duplicate.objects.get()
        first = LoggedEvent.objects.get()
    assert (duplicate.times, duplicate.message_id, duplicate.sender) == (3, first.message_id, "u:dora")
    assert duplicate.first_received_at == first.received_at < duplicate.received_at


def test_what_stood_twice_in_one_batch_or_states_no_time_is_a_duplicate_too(send, workspace):
    twice = {"type": "track", "userId": "dora", "event": "Looked", "messageId": "m1"}
    send("batch", batch=[twice, twice])
    send("batch", batch=[twice])
    far = (timezone.now() + timedelta(days=400)).isoformat()
    ahead = {**twice, "messageId": "m2", "timestamp": far}
    send("batch", batch=[ahead])
    send("batch", batch=[ahead])
    with scope(workspace):
        assert dict(Duplicate.objects.values_list("message_id", "times")) == {"m1": 2, "m2": 1}
        assert LoggedEvent.objects.count() == 2


def test_noting_duplicates_costs_a_request_without_any_nothing(track):
    with CaptureQueriesContext(connection) as plain:
        track("Connected", read=False)
    assert not any("intake_duplicate" in query["sql"] for query in plain)


def test_a_failure_to_note_a_duplicate_never_fails_the_answer(track, monkeypatch, listed):
    track("Connected")
    monkeypatch.setattr("onboarding.intake.duplicates._NOTE", "SELECT 1 / 0")
    assert track("Connected")["status"] == 200
    assert told(listed()) == [("stored", "Connected")]


def test_of_a_batch_full_of_duplicates_only_so_many_are_noted(send, workspace, monkeypatch):
    monkeypatch.setattr("onboarding.intake.duplicates.MOST_NOTED", 3)
    batch = [{"type": "track", "userId": "dora", "event": "Looked", "messageId": f"m{n}"} for n in range(10)]
    send("batch", batch=batch)
    assert send("batch", batch=batch)["success"] is True
    with scope(workspace):
        assert Duplicate.objects.count() == 3


def test_imported_history_leaves_no_duplicates_here(workspace, clock):
    take(workspace, event("Looked", clock))
    take(workspace, event("Looked", clock))
    with scope(workspace):
        assert not Duplicate.objects.exists()


def test_old_rejections_and_duplicates_are_forgotten_and_the_log_is_not(
    track, send, workspace, other_workspace, other_write_key
):
    from onboarding.debugger.tasks import forget

    track("Connected")
    track("Connected")
    send("track", userId="dora")
    send("track", key=other_write_key, userId="finn")
    long_ago = timezone.now() - timedelta(days=31)
    with scope(workspace), connection.cursor() as cursor_:
        cursor_.execute("UPDATE intake_duplicate SET received_at = %s", [long_ago])
    with scope(workspace):
        log.append(workspace.pk, [], received_at=long_ago, rejections=[({"a": 1}, _drop())])
        assert Rejection.objects.count() == 2
    forget()
    with scope(workspace):
        assert [rejection.reason for rejection in Rejection.objects.all()] == ["missing_event_name"]
        assert not Duplicate.objects.exists()
        assert LoggedEvent.objects.count() == 1
    with scope(other_workspace):
        assert Rejection.objects.count() == 1


def test_of_very_many_duplicates_the_newest_are_kept(track, workspace, monkeypatch):
    from onboarding.debugger.tasks import forget

    monkeypatch.setattr("onboarding.intake.duplicates.MOST_KEPT", 2)
    for number in range(4):
        track("Connected", number, read=False)
        track("Connected", number, read=False)
    forget()
    with scope(workspace):
        kept = set(Duplicate.objects.values_list("message_id", flat=True))
    assert kept == {"dora-Connected-2", "dora-Connected-3"}


def _drop():
    from onboarding.intake.reasons import Drop

    return Drop(Reason.UNKNOWN_TYPE, "wrong")


def test_a_message_may_say_anything_of_itself(workspace, clock):
    """What is read of a rejection for the list survives whatever it is."""
    for sent in ([1, 2], "text", None, {"userId": ["a"], "event": {"b": 1}}, {"event": "x" * 40_000}, {"userId": True}):
        log.append(workspace.pk, [], received_at=clock, rejections=[(sent, _drop())])
    with scope(workspace):
        found = reading.page(Filters(person="a", what="b")).entries
        everything = reading.page(Filters()).entries
    assert found == []
    assert sorted(entry.name for entry in everything) == ["unreadable"] * 5 + ["x" * 255]


def test_identify_messages_are_found_among_others(workspace, clock):
    take(workspace, identify(clock, plan="pro"), event("Looked", clock))
    message = Message("group", "g1", sender="u:gil", group_id="acme", client_at=clock, occurred_at=clock)
    take(workspace, message)
    with scope(workspace):
        assert told(reading.page(Filters(what="group")).entries) == [("stored", "group")]
