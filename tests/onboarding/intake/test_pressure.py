"""Back-pressure: who would wait too long is told to come back, before anything falls over."""

import threading

import pytest
from django.db import connection

from onboarding.intake import log, pressure
from onboarding.intake.reasons import Drop, Reason


def test_so_many_write_at_once_and_who_waits_too_long_is_sent_away(
    send, event, workspace, logged, settings, monkeypatch
):
    settings.INTAKE_PATIENCE_SECONDS = 0.2
    monkeypatch.setattr(pressure, "_turns", threading.BoundedSemaphore(1))
    writing, go_on = threading.Event(), threading.Event()
    execute = log._execute

    def slowly(*arguments):
        writing.set()
        assert go_on.wait(60)
        return execute(*arguments)

    answers = []

    def sender():
        answers.append(send("track", event(messageId="slow")).status_code)
        connection.close()

    monkeypatch.setattr(log, "_execute", slowly)
    thread = threading.Thread(target=sender)
    thread.start()
    assert writing.wait(60)
    response = send("track", event(messageId="sent away"))
    go_on.set()
    thread.join()
    assert (response.status_code, response.json()["code"]) == (503, "overloaded")
    assert int(response["Retry-After"]) in range(2, 11)
    assert answers == [200]
    assert [stored.message_id for stored in logged(workspace)] == ["slow"]
    # Nothing of it is left: the same is taken now.
    assert send("track", event(messageId="sent away")).status_code == 200


def test_only_so_many_wait_and_others_hear_of_it_at_once(monkeypatch, settings):
    settings.INTAKE_PATIENCE_SECONDS = 60
    monkeypatch.setattr(pressure, "_turns", threading.BoundedSemaphore(1))
    monkeypatch.setattr(pressure, "_places", threading.BoundedSemaphore(1))
    waited = []

    def waiter():
        with pressure.turn():
            waited.append(1)

    with pressure.turn():
        thread = threading.Thread(target=waiter)
        thread.start()
        while pressure._places.acquire(blocking=False):  # until the other one has it
            pressure._places.release()
        with pytest.raises(Drop) as refused, pressure.turn():
            raise AssertionError
        assert (refused.value.reason, waited) == (Reason.OVERLOADED, [])
    thread.join()
    assert waited == [1]
    with pressure.turn():
        pass


def test_a_turn_is_given_back_whatever_happens(send, event, monkeypatch):
    monkeypatch.setattr(pressure, "_turns", threading.BoundedSemaphore(1))
    with monkeypatch.context() as patch:
        patch.setattr(log, "_execute", lambda *_: 1 / 0)
        assert send("track", event()).status_code == 500
    assert send("track", event()).status_code == 200


def test_a_statement_that_hangs_is_given_up(send, event, workspace, logged, monkeypatch):
    """Whoever holds a lock on the log for long keeps senders waiting for ten seconds at most; here it is a tenth."""
    from onboarding.intake import statements
    from workspaces.scope import prepared

    short = statements.STATEMENTS.prepare.replace("'10s'", "'100ms'")
    assert short != statements.STATEMENTS.prepare
    monkeypatch.setattr(statements.STATEMENTS, "prepare", short)
    prepared.forget()
    blocked = event(messageId="1")
    locked, go_on = threading.Event(), threading.Event()

    def blocker():
        from workspaces.scope import scope

        with scope(workspace):
            send_inside = log.append(workspace.pk, [_message("1")])
            assert send_inside.stored == 1
            locked.set()
            go_on.wait(60)
            raise _GoneAgain

    def run():
        try:
            blocker()
        except _GoneAgain:
            pass
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert locked.wait(60)
    response = send("track", blocked)
    go_on.set()
    thread.join()
    monkeypatch.undo()
    prepared.forget()
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert send("track", blocked).status_code == 200
    assert len(logged(workspace)) == 1


class _GoneAgain(Exception):
    pass


def _message(message_id):
    from datetime import UTC, datetime

    from onboarding.intake.message import Message

    at = datetime(2026, 3, 2, 11, 0, 0, 123456, tzinfo=UTC)
    return Message(message_id=message_id, type="track", event="A", sender="u:x", client_at=at, occurred_at=at)
