"""The third wall: raw SQL under the application's role sees and writes one workspace's rows only."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from onboarding.people.models import Person, Sender
from workspaces.scope import scope


def rows(sql: str, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def test_without_a_scope_raw_sql_sees_nothing(workspace, other_workspace):
    assert rows("SELECT * FROM people_person") == []


def test_in_a_scope_raw_sql_sees_that_workspace_only(workspace, other_workspace):
    with scope(workspace):
        assert {w for (w,) in rows("SELECT DISTINCT workspace_id FROM people_person")} == {workspace.pk}
        assert rows("SELECT * FROM people_person WHERE workspace_id = %s", other_workspace.pk) == []


def test_raw_sql_cannot_change_or_delete_what_it_cannot_see(workspace, other_workspace):
    with scope(workspace), connection.cursor() as cursor:
        cursor.execute("UPDATE people_person SET name = 'mine' WHERE workspace_id = %s", [other_workspace.pk])
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM people_person WHERE workspace_id = %s", [other_workspace.pk])
        assert cursor.rowcount == 0
    with scope(other_workspace):
        assert Person.objects.get().name == ""


def test_raw_sql_cannot_write_into_another_workspace(workspace, other_workspace):
    with pytest.raises(DatabaseError, match="row-level security"), scope(workspace), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_person (workspace_id, key, external_id, email, name, traits) "
            "VALUES (%s, 'u:x', 'x', '', '', '{}')",
            [other_workspace.pk],
        )


def test_a_row_cannot_be_moved_into_another_workspace(workspace, other_workspace):
    with pytest.raises(DatabaseError, match="row-level security"), scope(workspace), connection.cursor() as cursor:
        cursor.execute("UPDATE people_person SET workspace_id = %s", [other_workspace.pk])


def test_references_cannot_cross_workspaces(workspace, other_workspace):
    with scope(other_workspace):
        finn = Person.objects.get()
    with pytest.raises(IntegrityError), scope(workspace):
        Sender.objects.create(key="u:thief", person_id=finn.pk, first_seen_at=timezone.now())


def test_the_application_cannot_rewrite_the_audit_log(workspace, ana):
    from workspaces.audit.models import Entry

    with scope(workspace):
        Entry.record(by=ana, action="test.done", target=workspace)
    with pytest.raises(DatabaseError, match="permission denied"), scope(workspace):
        Entry.objects.update(actor="nobody")
    with pytest.raises(DatabaseError, match="permission denied"), scope(workspace):
        Entry.objects.all()._raw_delete("default")


def test_the_application_cannot_rewrite_the_event_log(workspace):
    for statement in ("UPDATE intake_event SET event = ''", "DELETE FROM intake_event", "TRUNCATE intake_event"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as c:
            c.execute(statement)


def test_the_application_cannot_lift_the_walls(workspace):
    for statement in (
        "ALTER TABLE people_person DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant ON people_person",
        "SET ROLE firstmile_owner",
        "CREATE TABLE loot (x int)",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
