"""What must be true of every table, read from PostgreSQL's own catalogue, and of every import."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from onboarding.intake.log import append
from onboarding.intake.message import Message
from workspaces.scope.outside import OUTSIDE
from workspaces.scope.tenant import TenantRow

ROOT = Path(__file__).resolve().parents[2]


def catalogue(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


TABLES = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relispartition,
       (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid),
       (SELECT string_agg(pg_get_expr(p.polqual, p.polrelid) || '|' || pg_get_expr(p.polwithcheck, p.polrelid), ';')
        FROM pg_policy p WHERE p.polrelid = c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1
"""


@pytest.fixture
def with_a_partition(workspace, clock):
    append(workspace.pk, [Message("track", "m1", "Seen", "u:dora", client_at=clock, occurred_at=clock)])


def test_every_table_stands_behind_the_wall_or_in_the_list_with_a_reason(with_a_partition):
    tables = catalogue(TABLES)
    assert any(partition for _, _, _, partition, _, _ in tables)
    open_tables = {
        name for name, enabled, forced, _, policies, _ in tables if not (enabled and forced and policies == 1)
    }
    assert open_tables == set(OUTSIDE)
    assert all(len(reason) > 10 for reason in OUTSIDE.values() if reason != "Django; unused")


def test_every_policy_is_the_plain_comparison_that_an_index_can_serve(with_a_partition):
    expected = "(workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::bigint)"
    policies = {policy for name, _, _, _, _, policy in catalogue(TABLES) if name not in OUTSIDE}
    assert policies == {f"{expected}|{expected}"}


def test_every_tenant_models_table_is_among_the_walled_ones():
    walled = {name for name, enabled, *_ in catalogue(TABLES) if enabled}
    models = {m._meta.db_table for m in apps.get_models() if issubclass(m, TenantRow)}
    assert models <= walled
    assert len(models) >= 15


def test_every_index_of_a_tenant_table_leads_with_the_workspace(with_a_partition):
    leading = catalogue(
        """SELECT t.relname, i.relname, a.attname FROM pg_index x
           JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
           JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
           WHERE t.relnamespace = 'public'::regnamespace AND t.relrowsecurity"""
    )
    assert [row for row in leading if row[2] != "workspace_id"] == []
    assert len(leading) > 30


def test_no_reference_between_tenant_tables_can_cross_workspaces():
    crossing = catalogue(
        """SELECT c.conname FROM pg_constraint c
           JOIN pg_class f ON f.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid
           WHERE c.contype = 'f' AND f.relrowsecurity AND t.relrowsecurity
             AND NOT EXISTS (SELECT FROM pg_attribute a
                             WHERE a.attrelid = f.oid AND a.attnum = ANY (c.conkey) AND a.attname = 'workspace_id')"""
    )
    assert crossing == []


def test_tenant_models_references_to_each_other_are_constrained_in_the_database():
    declared = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        if issubclass(model, TenantRow) and model._meta.managed
        for field in model._meta.local_fields
        if field.remote_field and issubclass(field.remote_field.model, TenantRow)
    }
    constrained = set(
        catalogue(
            """SELECT f.relname, a.attname FROM pg_constraint c JOIN pg_class f ON f.oid = c.conrelid
               JOIN pg_attribute a ON a.attrelid = f.oid AND a.attnum = ANY (c.conkey)
               WHERE c.contype = 'f' AND cardinality(c.conkey) = 2 AND a.attname <> 'workspace_id'"""
        )
    )
    assert declared - constrained == set()
    assert declared


def test_the_tests_run_as_an_ordinary_role_that_owns_nothing():
    from workspaces.scope.role import unsafe_reason

    assert unsafe_reason() == ""
    assert catalogue(
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ) == [(False, False, False, False)]


def test_partitions_cannot_be_read_past_their_parent(with_a_partition):
    granted = catalogue(
        """SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'
           AND has_table_privilege(current_user, oid, 'SELECT')"""
    )
    assert granted == []


def test_a_tenant_table_that_forgot_the_operation_would_be_found(django_db_setup):
    """The first test above fails for a table like this one."""
    import psycopg2
    from django.db import connections

    parameters = connections["owner"].get_connection_params()
    for extra in ("cursor_factory", "context"):
        parameters.pop(extra, None)
    owner = psycopg2.connect(**parameters)
    with owner.cursor() as cursor:
        cursor.execute("CREATE TABLE forgotten (workspace_id bigint, id bigint)")
        cursor.execute(TABLES)
        found = {name for name, enabled, forced, _, n, _ in cursor.fetchall() if not (enabled and forced and n == 1)}
    owner.rollback()
    owner.close()
    assert found - set(OUTSIDE) == {"forgotten"}


@pytest.mark.pure
def test_imports_run_downward_only():
    result = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout
