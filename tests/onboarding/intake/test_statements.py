"""Prepared statements: there whatever became of the connection, and whatever stands between it and the server."""

import pytest
from django.db import OperationalError, connection

from onboarding.intake import log
from onboarding.intake.log import Outcome
from tests.onboarding.intake.test_log import message
from workspaces.scope import prepared, scope


def end_the_session() -> None:
    """End this connection's session behind its back, as a restart of the server does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    finally:
        other.close()


def test_a_lost_connection_is_made_anew_and_nothing_is_doubled(workspace, logged):
    assert log.append(workspace.pk, [message("1")]) == Outcome(stored=1)
    end_the_session()
    assert log.append(workspace.pk, [message("1"), message("2")]) == Outcome(stored=1, duplicates=1)
    assert len(logged(workspace)) == 2


def test_inside_of_a_transaction_a_lost_connection_is_the_callers_to_know(workspace, logged):
    with pytest.raises(OperationalError), scope(workspace):
        log.append(workspace.pk, [message("1")])
        end_the_session()
        log.append(workspace.pk, [message("2")])
    connection.close()
    assert logged(workspace) == []


def test_statements_that_a_pooler_has_dropped_are_prepared_again(workspace):
    log.append(workspace.pk, [message("1")])
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert log.append(workspace.pk, [message("2")]) == Outcome(stored=1)


def test_statements_that_another_left_behind_do_no_harm(workspace):
    log.append(workspace.pk, [message("1")])
    prepared.forget()
    assert log.append(workspace.pk, [message("2")]) == Outcome(stored=1)


def test_nothing_of_the_binding_outlasts_the_statement(workspace, send, event):
    def bound() -> tuple[str, str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(current_setting('app.workspace_id', true), ''), current_setting('statement_timeout')"
            )
            return cursor.fetchone()

    before = bound()
    assert before[0] == ""
    assert send("track", event()).status_code == 200
    assert bound() == before
