"""The second wall: a scope that code enters for one workspace, and outside of which tenant data cannot be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, transaction

_workspace_id: ContextVar[int | None] = ContextVar("workspace_id", default=None)


class OutsideScope(RuntimeError):
    """Tenant data was asked for outside of `with scope(workspace):`."""


class CrossScope(RuntimeError):
    """Inside one workspace's scope, another workspace's scope was asked for."""


def current_workspace_id() -> int:
    """The id of the workspace whose scope this is. Raises OutsideScope."""
    workspace_id = _workspace_id.get()
    if workspace_id is None:
        raise OutsideScope("Tenant data is read and written only inside `with scope(workspace):`.")
    return workspace_id


def known_workspace_id() -> int | None:
    """The id of the workspace whose scope this is, or None outside of any: for log lines."""
    return _workspace_id.get()


@contextmanager
def scope(workspace: Any) -> Iterator[int]:
    """Enter a workspace's scope (a Workspace or its id): one transaction, bound to the workspace for itself alone.

    The transaction carries `app.workspace_id`, by which PostgreSQL's row-level security (the third wall) lets
    through this workspace's rows only. Entering the same workspace again is free; entering another raises
    CrossScope. On a database error the whole scope rolls back.
    """
    workspace_id = int(getattr(workspace, "pk", workspace))
    outer = _workspace_id.get()
    if outer == workspace_id:
        yield workspace_id
        return
    if outer is not None:
        raise CrossScope(f"In the scope of workspace {outer}, workspace {workspace_id} cannot be entered.")
    with transaction.atomic():
        _bind(str(workspace_id))
        token = _workspace_id.set(workspace_id)
        try:
            yield workspace_id
            if len(connection.savepoint_ids) > 0:  # a caller's transaction goes on after us
                _bind("")
        finally:
            _workspace_id.reset(token)


def database_is_gone() -> bool:
    """Whether there is no connection to the database, or not any more: after an error, whether that is its reason."""
    return connection.connection is None or connection.connection.closed != 0


def _bind(workspace_id: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.workspace_id', %s, true)", [workspace_id])
