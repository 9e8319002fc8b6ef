"""The third wall, as a migration operation: PostgreSQL lets an ordinary role see its scope's rows only."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

from workspaces.scope.current import current_workspace_id

# Written plainly it serves as an index condition; an unset setting means no rows rather than an error.
POLICY = "workspace_id = NULLIF(current_setting('app.workspace_id', true), '')::bigint"


class SecureTenantTable(Operation):
    """Put a tenant model's table behind the wall.

    Primary key (workspace_id, id), references to tenant tables as (workspace_id, x_id), row-level security enabled
    and forced (so that it binds the owner as well), one policy, and data rights for the application's role.
    `grants` narrows those rights, for tables that the application must not change.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, name: str, grants: str = "SELECT, INSERT, UPDATE, DELETE") -> None:
        self.name = name
        self.grants = grants

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__qualname__, [self.name], {"grants": self.grants}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models stay as they are."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        model = to_state.apps.get_model(app_label, self.name)
        for statement in secure_table_sql(model, grants=self.grants):
            schema_editor.execute(statement)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        table = from_state.apps.get_model(app_label, self.name)._meta.db_table
        schema_editor.execute(f'DROP POLICY IF EXISTS tenant ON "{table}"')
        schema_editor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')

    def describe(self) -> str:
        return f"Secure the tenant table of {self.name}"


def secure_table_sql(model: type[models.Model], *, grants: str) -> list[str]:
    """The statements that put `model`'s table behind the wall."""
    table = model._meta.db_table
    statements = []
    if model._meta.pk.name == "id":  # a composite key begins with the workspace already
        statements += [
            f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_pkey"',
            f'ALTER TABLE "{table}" ADD PRIMARY KEY (workspace_id, id)',
        ]
    for field in model._meta.local_fields:
        target = field.remote_field.model if field.remote_field else None
        if target is None or not _is_tenant(target):
            continue
        statements.append(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{field.column}_fk" '
            f'FOREIGN KEY (workspace_id, "{field.column}") '
            f'REFERENCES "{target._meta.db_table}" (workspace_id, id) DEFERRABLE INITIALLY DEFERRED'
        )
    return statements + wall_sql(table) + [f'GRANT {grants} ON "{table}" TO "{settings.APP_ROLE}"']


def wall_sql(table: str) -> list[str]:
    """Row-level security, enabled and forced, with the one policy, on any table that has a workspace_id.

    No statistics are kept on workspace_id: with them, PostgreSQL takes a workspace that has just begun to grow for
    empty, finds every index that starts with workspace_id equally cheap, and may choose one that reads the whole
    workspace for each row. Without them every workspace counts as 1/200 of the table, and the longest match wins.
    """
    return [
        f'ALTER TABLE "{table}" ALTER COLUMN workspace_id SET STATISTICS 0',
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'CREATE POLICY tenant ON "{table}" USING ({POLICY}) WITH CHECK ({POLICY})',
    ]


def _is_tenant(model: Any) -> bool:
    return any(field.default is current_workspace_id for field in model._meta.local_fields)
