"""The third wall around the log: as the application's own role, in plain SQL."""

from datetime import UTC, datetime

import pytest
from django.db import ProgrammingError, connection, connections, transaction

from onboarding.intake import log
from onboarding.intake.message import Message
from onboarding.intake.reasons import Drop, Reason
from workspaces.scope import scope

TABLES = ("intake_event", "intake_receipt", "intake_rejection")
FOR_EVER = ("intake_event", "intake_receipt")  # rejections are forgotten after a while


@pytest.fixture(autouse=True)
def _both_have_sent(workspace, other_workspace):
    at = datetime(2026, 3, 2, tzinfo=UTC)
    for one in (workspace, other_workspace):
        messages = [
            Message(type="track", event="A", message_id="1", sender="u:dora", client_at=at, occurred_at=at),
            Message(type="track", event="A", message_id="2", sender="u:dora", occurred_at=at),
        ]
        log.append(one.pk, messages, rejections=[({"a": 1}, Drop(Reason.UNKNOWN_TYPE, "wrong"))])


def workspaces_in(table: str) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT workspace_id FROM {table}")
        return {row[0] for row in cursor}


@pytest.mark.parametrize("table", TABLES)
def test_in_a_scope_only_its_own_rows_are_there(table, workspace, other_workspace):
    with scope(workspace):
        assert workspaces_in(table) == {workspace.pk}
    with scope(other_workspace):
        assert workspaces_in(table) == {other_workspace.pk}


@pytest.mark.parametrize("table", TABLES)
def test_outside_of_a_scope_nothing_is(table):
    assert workspaces_in(table) == set()


@pytest.mark.parametrize("table", FOR_EVER)
@pytest.mark.parametrize("change", ["UPDATE {} SET workspace_id = workspace_id", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_is_written_stays_written(table, change, workspace):
    with pytest.raises(ProgrammingError, match="permission denied"), scope(workspace):
        connection.cursor().execute(change.format(table))


@pytest.mark.parametrize("column", ["workspace_id", "received_at", "reason", "sentence", "message"])
def test_what_a_rejection_says_stays_as_it_was(column, workspace):
    with pytest.raises(ProgrammingError, match="permission denied"), scope(workspace):
        connection.cursor().execute(f"UPDATE intake_rejection SET {column} = {column}")


def test_forgetting_rejections_forgets_nobody_elses(workspace, other_workspace):
    with scope(workspace):
        connection.cursor().execute("DELETE FROM intake_rejection")
    with scope(other_workspace):
        assert workspaces_in("intake_rejection") == {other_workspace.pk}


def test_nothing_is_written_into_another_workspace(workspace, other_workspace):
    columns = "client_at, message_id, type, event, sender, anonymous_id, previous_id, group_id, occurred_at"
    columns += ", received_at, clamped, properties, traits, context"
    with scope(workspace), connection.cursor() as cursor:
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            cursor.execute(
                f"INSERT INTO intake_event (workspace_id, {columns}) "
                f"SELECT %s, client_at, 'forged', {columns[len('client_at, message_id, ') :]} FROM intake_event",
                [other_workspace.pk],
            )
        cursor.execute(f"INSERT INTO intake_event (workspace_id, {columns}) "
                       f"SELECT workspace_id, client_at, 'own', {columns[len('client_at, message_id, ') :]} "
                       "FROM intake_event WHERE message_id = '1'")  # fmt: skip
        assert cursor.rowcount == 1


def partitions() -> list[tuple[str, bool, bool, int]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, "
            "(SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid "
            " AND pg_get_expr(p.polqual, c.oid) = pg_get_expr(p.polwithcheck, c.oid) "
            " AND pg_get_expr(p.polqual, c.oid) LIKE '%app.workspace_id%') "
            "FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid "
            "WHERE i.inhparent = 'intake_event'::regclass AND c.relkind = 'r' ORDER BY 1"
        )
        return cursor.fetchall()


def test_every_partition_stands_behind_the_wall_by_itself():
    found = partitions()
    assert {"intake_event_earlier", "intake_event_2026_03"} <= {name for name, *_ in found}
    assert {tuple(wall) for _, *wall in found} == {(True, True, 1)}


def test_no_partition_can_be_reached_around_the_log(workspace):
    for name, *_ in partitions():
        for statement in (f"SELECT * FROM {name}", f"INSERT INTO {name} (workspace_id) VALUES ({workspace.pk})"):
            with pytest.raises(ProgrammingError, match="permission denied"), scope(workspace):
                connection.cursor().execute(statement)


def test_the_role_that_makes_partitions_is_bound_by_the_policy_too(workspace):
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM intake_event_2026_03")
        assert cursor.fetchone() == (0,)


def test_nobody_else_may_call_the_function_that_makes_partitions():
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT prosecdef, proconfig, pg_get_userbyid(proowner) = current_user, "
            "ARRAY(SELECT pg_get_userbyid(grantee) FROM aclexplode(proacl) WHERE grantee <> proowner) "
            "FROM pg_proc WHERE proname = 'intake_ensure_partition'"
        )
        application = connection.settings_dict["USER"]
        assert cursor.fetchall() == [
            (True, ["search_path=pg_catalog, public, pg_temp"], True, [application]),
        ]
