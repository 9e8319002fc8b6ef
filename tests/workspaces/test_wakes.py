"""Wake-up calls are hints: one waits at a time, and Redis being away costs a log line."""

import time

import pytest
import redis
from django.db import DataError, connection, transaction

from workspaces.scope import wakes


@pytest.fixture
def sent(monkeypatch):
    calls = []
    monkeypatch.setattr(wakes.current_app, "send_task", lambda name, args, **_: calls.append((name, args[0])))
    return calls


@pytest.fixture(autouse=True)
def _not_silent(monkeypatch):
    monkeypatch.setattr(wakes, "_silent_until", 0.0)


def test_an_announcement_wakes_what_the_settings_say(workspace, sent, settings):
    settings.WAKES = {"topic": ["one", "two"]}
    wakes.announce("topic", workspace.pk)
    assert sent == [("one", workspace.pk), ("two", workspace.pk)]


def test_nothing_is_announced_before_the_commit_nor_after_a_rollback(workspace, sent, settings):
    settings.WAKES = {"topic": ["one"]}
    with transaction.atomic():
        wakes.announce("topic", workspace.pk)
        assert sent == []
    assert sent == [("one", workspace.pk)]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        wakes.announce("topic", workspace.pk + 1)
        raise ZeroDivisionError
    assert len(sent) == 1


def test_while_one_call_waits_further_ones_add_nothing(workspace, sent, settings):
    settings.WAKES = {"topic": ["one"]}
    for _ in range(5):
        wakes.announce("topic", workspace.pk)
    assert len(sent) == 1


def test_a_call_that_comes_while_the_task_runs_starts_it_once_more(workspace, sent, settings):
    settings.WAKES = {"topic": ["tests.wakeable"]}

    @wakes.wakeable("tests.wakeable")
    def work(workspace_id):
        wakes.announce("topic", workspace_id)

    wakes.announce("topic", workspace.pk)
    work(workspace.pk)
    assert len(sent) == 2


def test_redis_being_away_costs_a_log_line_and_no_waiting(workspace, sent, settings, monkeypatch, caplog):
    settings.WAKES = {"topic": ["one"]}
    tried = []

    class Away:
        def set(self, *_, **__):
            tried.append(1)
            raise redis.ConnectionError("away")

    monkeypatch.setattr(wakes, "_redis", Away)
    wakes.announce("topic", workspace.pk)
    wakes.announce("topic", workspace.pk)
    assert sent == []
    assert len(tried) == 1
    assert "the sweep will find it" in caplog.text


def test_what_is_announced_soon_is_called_once_for_all(workspace, other_workspace, sent, settings, monkeypatch):
    monkeypatch.setattr(wakes, "SOON_SECONDS", 0.2)
    settings.WAKES = {"topic": ["one"]}
    for _ in range(50):
        wakes.announce_soon("topic", workspace.pk)
        wakes.announce_soon("topic", other_workspace.pk)
    until = time.monotonic() + 20
    while len(sent) < 2:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert sorted(sent) == [("one", workspace.pk), ("one", other_workspace.pk)]


def test_the_announcer_outlives_what_goes_wrong_in_it(workspace, sent, settings, monkeypatch, caplog):
    settings.WAKES = {"topic": ["one"]}
    with monkeypatch.context() as patch:
        patch.setattr(wakes, "_wake", lambda *_: 1 / 0)
        wakes.announce_soon("topic", workspace.pk)
        until = time.monotonic() + 20
        while "could not be announced" not in caplog.text:
            assert time.monotonic() < until
            time.sleep(0.01)
    wakes.announce_soon("topic", workspace.pk)
    while not sent:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_process_that_ends_announces_before(workspace, sent, settings):
    settings.WAKES = {"topic": ["one"]}
    wakes.announce_soon("topic", workspace.pk)
    wakes.announce_now()
    assert sent == [("one", workspace.pk)]


def test_a_task_that_the_database_leaves_is_a_log_line_because_the_sweep_finds_its_work(workspace, caplog):
    @wakes.wakeable("tests.left_alone")
    def work(workspace_id):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    work(workspace.pk)
    connection.close()
    assert f"tests.left_alone for workspace {workspace.pk} was cut short (" in caplog.text
    assert "Traceback" not in caplog.text


def test_any_other_error_of_the_database_is_the_tasks_own(workspace):
    @wakes.wakeable("tests.wrong")
    def work(workspace_id):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    with pytest.raises(DataError):
        work(workspace.pk)
