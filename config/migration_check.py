"""Migrations that would stop the old version, which still serves while a new one is rolled out, or hold up its writes.

`manage.py migrate` runs before the new containers start, so the old code meets the new tables. Then a column that goes,
or that must be filled, breaks it; and what builds an index or looks through a table under a lock makes senders wait.
Each rule names the way that does neither. Tables that a migration itself makes are nobody's yet.

Those that were there before this check, or that somebody decided to let through, stand in ACCEPTED with their reason.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

ACCEPTED = Path(__file__).parent / "accepted_migrations.txt"

OURS = {"workspaces", "milestones", "onboarding", "analytics", "config"}

_BODY = re.compile(r"\$(\w*)\$.*?\$\1\$", re.DOTALL)
_CONSTRAINTS = "(CONSTRAINT|FOREIGN|CHECK|UNIQUE|PRIMARY)"
_SQL_RULES = (
    (r"\bCREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)", "builds an index under a lock; write CONCURRENTLY"),
    (r"\bALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE\b", "may write the table anew; copy to a new column in batches"),
    (r"\bSET\s+NOT\s+NULL\b", "looks through the table under a lock; add a CHECK … NOT VALID and validate it"),
    (rf"\bADD\s+{_CONSTRAINTS}\b(?![^;]*\bNOT\s+VALID\b)", "checks all under a lock; add it NOT VALID, validate it"),
    (r"\b(DROP|RENAME)\s+(COLUMN|TO)\b|\bDROP\s+TABLE\b", "takes away what the old version uses"),
    (r"(^|;)\s*(WITH\b[^;]*\b)?(UPDATE|DELETE\s+FROM)\b", "changes rows in one transaction; do it by a task"),
    (r"\bLOCK\s+TABLE\b|\bVACUUM\s+FULL\b|\bCLUSTER\b|\bREINDEX\b(?!.*CONCURRENTLY)", "holds everybody up"),
)  # fmt: skip


def problems() -> list[str]:
    """A sentence for every operation that is neither safe nor accepted."""
    loader = MigrationLoader(None)
    ours = {config.label for config in apps.get_app_configs() if config.name.split(".")[0] in OURS}
    excused = accepted()
    found = []
    state = ProjectState()
    for key in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):
        migration = loader.graph.nodes[key]
        name = ".".join(key)
        if key[0] in ours and name not in excused:
            found += [f"{name}: {problem}" for problem in of_migration(migration, state)]
        state = migration.mutate_state(state, preserve=True)
    return found


def accepted() -> dict[str, str]:
    """The names of migrations that are let through, each with the reason."""
    lines = [line for line in ACCEPTED.read_text().splitlines() if line and not line.startswith("#")]
    return {name.strip(): reason.strip() for name, _, reason in (line.partition("  ") for line in lines)}


def of_migration(migration: migrations.Migration, before: ProjectState) -> Iterator[str]:
    """What is wrong with one, given what was there before it."""
    made: set[str] = set()
    for operation in _in_the_database(migration.operations):
        if isinstance(operation, migrations.CreateModel):
            made.add(operation.name_lower)
            continue
        if _table_of(operation) in made:
            continue
        problem = _problem(operation, migration, before)
        if problem:
            yield f"{operation.describe()}: {problem}."


def _table_of(operation: Any) -> str:
    name = getattr(operation, "model_name", None) or getattr(operation, "name", None)
    return name.lower() if isinstance(name, str) else ""


def _in_the_database(operations: Sequence[Operation]) -> Iterator[Operation]:
    for operation in operations:
        if isinstance(operation, migrations.SeparateDatabaseAndState):
            yield from _in_the_database(operation.database_operations)
        else:
            yield operation


def _problem(operation: Any, migration: migrations.Migration, before: ProjectState) -> str:
    match operation:
        case migrations.DeleteModel() | migrations.RenameModel() | migrations.RenameField() | migrations.RemoveField():
            return "the old version still uses it; stop using it in one release and remove it in the next"
        case migrations.AlterModelTable():
            return "the old version still uses the former name"
        case migrations.AddField():
            return _of_new_field(operation.field)
        case migrations.AlterField():
            return _of_changed_field(operation, migration.app_label, before)
        case migrations.RunPython():
            return "changes rows in the migration's transaction; do it in batches by a task" if migration.atomic else ""
        case migrations.RunSQL():
            statements = operation.sql if isinstance(operation.sql, list | tuple) else [operation.sql]
            return next(filter(None, map(_of_sql, map(str, statements))), "")
    if type(operation) is migrations.AddConstraint:
        return "checks all rows under a lock; use AddConstraintNotValid and ValidateConstraint"
    if type(operation) is migrations.AddIndex:
        return "builds an index under a lock; use AddIndexConcurrently"
    if type(operation).__name__ == "SecureTenantTable":
        return "gives a table another key under a lock; secure it in the migration that makes it"
    return ""


def _of_new_field(field: Any) -> str:
    if not field.null and not field.has_db_default():
        return "the old version will not fill it; make it nullable, or give it a db_default"
    if field.unique or field.db_index or (field.remote_field and field.db_constraint):
        return "its index or reference is made under a lock; add it without, and those concurrently afterwards"
    return ""


def _of_changed_field(operation: Any, app_label: str, before: ProjectState) -> str:
    from django.db import connection

    was = before.models[app_label, operation.model_name_lower].fields.get(operation.name)
    now = operation.field
    if was is None:
        return ""
    if was.null and not now.null:
        return "looks through the table under a lock, and the old version may still write NULL"
    before_type, after_type = (None if field.remote_field else field.db_type(connection) for field in (was, now))
    if before_type != after_type and not _widens(was, now):
        return f"changes {before_type} to {after_type}, which writes the whole table anew; copy to a new column"
    if (now.db_index and not was.db_index) or (now.unique and not was.unique):
        return "builds an index under a lock; use AddIndexConcurrently"
    return ""


def _widens(was: Any, now: Any) -> bool:
    """varchar to a longer varchar, or to text: PostgreSQL only notes it."""
    if not isinstance(was, models.CharField) or not isinstance(now, models.CharField | models.TextField):
        return False
    return now.max_length is None or (was.max_length is not None and now.max_length >= was.max_length)


def _of_sql(text: str) -> str:
    text = _BODY.sub("", text)
    return next((problem for rule, problem in _SQL_RULES if re.search(rule, text, re.IGNORECASE | re.DOTALL)), "")
