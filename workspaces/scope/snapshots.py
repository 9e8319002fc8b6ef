"""One moment of the database, for as long as it takes to read."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def snapshot(*, whole: bool = False) -> Iterator[None]:
    """A transaction that sees one moment and writes nothing; enter a scope inside it.

    `whole`: for queries that read whole tables of a workspace. Tables keep no statistics on whose rows they are, so the
    planner takes a large workspace for a small one, and would look up a million rows one by one.

    It gets no transaction id, so it does not hold back the horizon up to which the engine reads (decision 0009).
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            if whole:
                cursor.execute("SET LOCAL enable_nestloop = off")
        yield
