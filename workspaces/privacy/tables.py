"""The tables that hold a workspace's rows, from the database's own catalogue: so none can be forgotten."""

from graphlib import TopologicalSorter

from django.db import connection

from workspaces.scope.outside import OUTSIDE

_TABLES = """
SELECT c.relname FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id' AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1"""
_REFERENCES = """
SELECT f.relname, t.relname FROM pg_constraint c
JOIN pg_class f ON f.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid
WHERE c.contype = 'f' AND f.oid <> t.oid"""


def of_workspaces() -> list[str]:
    """Every table behind the wall; whatever refers to another one comes before it."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        tables = [name for (name,) in cursor.fetchall() if name not in OUTSIDE]
        cursor.execute(_REFERENCES)
        referring: dict[str, set[str]] = {table: set() for table in tables}
        for table, target in cursor:
            if table in referring and target in referring:
                referring[target].add(table)
    return list(TopologicalSorter(referring).static_order())
