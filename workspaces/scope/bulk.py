"""Writing many rows of a tenant table in one statement: the rows travel as one JSON parameter.

Django's own bulk_update writes a CASE per row and field; at thousands of rows that is a hundred times slower.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from django.db import connection, models

from workspaces.scope.current import current_workspace_id


def update_rows(objects: Sequence[models.Model], fields: Iterable[str]) -> int:
    """Save these fields of these rows, which all are of one model with an id. Returns how many rows were found."""
    if not objects:
        return 0
    model = type(objects[0])
    columns: list[Any] = [model._meta.get_field(name) for name in fields]
    rows = [{"id": o.pk, **{c.column: getattr(o, c.attname) for c in columns}} for o in objects]
    return _update(model, columns, rows)


def update_values(model: type[models.Model], rows: Sequence[dict[str, Any]]) -> int:
    """Save rows given as {"id": …, attribute: value, …}, all with the same attributes. Returns how many were found."""
    if not rows:
        return 0
    return _update(model, [_column(model, name) for name in rows[0] if name != "id"], rows)


def _update(model: type[models.Model], columns: Sequence[Any], rows: Sequence[dict[str, Any]]) -> int:
    typed = ", ".join(['"id" bigint', *(f'"{c.column}" {c.db_type(connection)}' for c in columns)])
    sets = ", ".join(f'"{c.column}" = x."{c.column}"' for c in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" t SET {sets} FROM json_to_recordset(%s::json) AS x({typed}) '
            "WHERE t.workspace_id = %s AND t.id = x.id",
            [dump(rows), current_workspace_id()],
        )
        return cursor.rowcount


def insert_rows(
    model: type[models.Model],
    rows: Iterable[dict[str, Any]],
    *,
    on_conflict: str = "",
    returning: Sequence[str] = (),
) -> list[tuple[Any, ...]]:
    """Insert rows given as {attribute: value}, all with the same attributes; the workspace is added.

    `on_conflict` is SQL after ON CONFLICT, such as "DO NOTHING". Returns what `returning` (columns) asks for.
    """
    rows = list(rows)
    if not rows:
        return []
    columns = [_column(model, name) for name in rows[0]]
    typed = ", ".join(f'"{c.column}" {c.db_type(connection)}' for c in columns)
    names = ", ".join(f'"{c.column}"' for c in columns)
    payload = [{c.column: row[name] for c, name in zip(columns, row, strict=True)} for row in rows]
    sql = (
        f'INSERT INTO "{model._meta.db_table}" (workspace_id, {names}) '
        f"SELECT %s, {names} FROM json_to_recordset(%s::json) AS x({typed})"
    )
    if on_conflict:
        sql += f" ON CONFLICT {on_conflict}"
    if returning:
        sql += " RETURNING " + ", ".join(returning)
    with connection.cursor() as cursor:
        cursor.execute(sql, [current_workspace_id(), dump(payload)])
        return cursor.fetchall() if returning else []


def _column(model: type[models.Model], name: str) -> Any:
    for field in model._meta.local_concrete_fields:
        if name in (field.attname, field.name):
            return field
    raise LookupError(f"{model.__name__} has no field {name!r}")


def dump(value: Any) -> str:
    """JSON with times in ISO form, to the microsecond."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # an integer beyond 64 bits, which PostgreSQL keeps exactly
        return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no form in JSON")
