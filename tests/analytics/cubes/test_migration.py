"""What was counted before first value had cells of its own gets them."""

from datetime import timedelta
from importlib import import_module

from django.db import connections, transaction

from onboarding.intake.log import append
from onboarding.progress import engine
from tests.analytics.events import climb, send

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
VALUE = """
SELECT workspace_id, version_id, rung_key, segment::text, cohort_on, reached_on, elapsed_s, n
FROM {} WHERE measure = 'value' AND workspace_id = ANY(%s) ORDER BY 1, 2, 3, 4, 5, 6, 7
"""


def test_first_value_is_filled_in_from_the_first_value_rung_in_cells_and_in_what_waits(
    workspace, other_workspace, publish, clock
):
    both = [workspace, other_workspace]
    for one in both:
        publish(one)
        send(one, climb("gil", clock - 20 * DAY, plan="pro", report=HOUR))
        append(one.pk, climb("hal", clock - 9 * DAY, connect=HOUR, report=2 * HOUR))
        engine.settle(one.pk)
    migration = import_module("analytics.cubes.migrations.0002_first_value_is_measured")
    tables = list(migration.COLUMNS)
    # As the owner, in a transaction that is taken back: the database is other tests' too.
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:

        def rows() -> dict[str, list[tuple]]:
            found = {}
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
                cursor.execute(VALUE.format(table), [[one.pk for one in both]])
                found[table] = cursor.fetchall()
            return found

        counted = rows()
        assert [len(found) for found in counted.values()] == [2, 2]
        for table in tables:
            cursor.execute(f"DELETE FROM {table} WHERE measure = 'value'")
        for statement in migration.STATEMENTS:
            cursor.execute(statement)
        cursor.execute(
            "SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE relname = ANY(%s)", [list(migration.TABLES)]
        )
        assert cursor.fetchone() == (True,)
        assert rows() == counted
        transaction.set_rollback(True, using="owner")
