"""Statements that are prepared once on every connection, and run together, several in one round trip.

PostgreSQL's PREPARE belongs to a session, so a pooler in front must keep sessions together. Where it doesn't, or where
the connection was made anew, a statement is missing and is prepared once more.
"""

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DatabaseError, InterfaceError, connection
from django.db.backends.utils import CursorWrapper

_NO_SUCH_STATEMENT, _THERE_ALREADY = "26000", "42P05"

# Whose statements have been prepared in which session.
_prepared: WeakKeyDictionary[Any, set["Statements"]] = WeakKeyDictionary()


class Statements:
    """The statements of one room: `prepare` is their PREPAREs, under names that no other room uses."""

    def __init__(self, prepare: str) -> None:
        self.prepare = prepare

    def run(self, calls: Sequence[str], parameters: dict[str, Any], *, anew_if_lost: bool = False) -> int:
        """Run these statements in one round trip and return the last one's row count.

        With `anew_if_lost`, which must not be said inside of a transaction, a connection that turns out to be lost is
        made anew and the same is run once more: so what they do must be the same done twice.
        """
        with self._ran(calls, parameters, anew_if_lost=anew_if_lost) as cursor:
            return cursor.rowcount

    def row(self, calls: Sequence[str], parameters: dict[str, Any], *, anew_if_lost: bool = False) -> tuple[Any, ...]:
        """Run these statements likewise, and return the last one's only row."""
        with self._ran(calls, parameters, anew_if_lost=anew_if_lost) as cursor:
            found: tuple[Any, ...] = cursor.fetchone()
            return found

    def _ran(self, calls: Sequence[str], parameters: dict[str, Any], *, anew_if_lost: bool) -> CursorWrapper:
        try:
            return self._run(calls, parameters)
        except (DatabaseError, InterfaceError) as error:
            if not anew_if_lost:
                raise
            if sqlstate(error) in (_NO_SUCH_STATEMENT, _THERE_ALREADY):
                _prepared.pop(connection.connection, None)
            elif connection.is_usable():
                raise
            else:
                connection.close()
        return self._run(calls, parameters)

    def _run(self, calls: Sequence[str], parameters: dict[str, Any]) -> CursorWrapper:
        cursor = connection.cursor()
        try:
            known = _prepared.get(connection.connection)
            if known is None:  # somebody else's may be there, whose session this was
                cursor.execute("DEALLOCATE ALL;" + self.prepare)
                _prepared[connection.connection] = {self}
            elif self not in known:
                cursor.execute(self.prepare)
                known.add(self)
            cursor.execute(";".join(calls), parameters)
        except BaseException:
            cursor.close()
            raise
        return cursor


def forget() -> None:
    """Prepare everything anew on this connection when it is used next."""
    if connection.connection is not None:
        _prepared.pop(connection.connection, None)


def sqlstate(error: Exception) -> str:
    """PostgreSQL's code of what went wrong; empty where it said none."""
    return getattr(error.__cause__, "pgcode", None) or ""
