"""Cells laid out for reading, so that a page costs the size of its answer.

A sheet holds all that was counted of one part (version, measure, rung) in a week of cohort days, of everybody or of
the people with one value of a trait, in steps of elapsed time (steps.py), whatever day it was reached on. What the fold
adds to cells it also leaves loose; from time to time `bind` lays out the weeks anew that have loose counts. So at every
moment sheets and loose counts together say what the cells say.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
from django.db import DatabaseError, connection, transaction

from analytics.cubes import reading
from analytics.cubes.entries import ENTRIES, NOTHING, PACKED, Entries
from workspaces.scope import scope

# From so many loose counts on a page would notice them.
BIND_FROM = 2_000

# Somebody else was quicker: could not serialize, or the sheet is there already.
TAKEN = ("40001", "23505")

WEEKS = """
SELECT DISTINCT version_id, date_trunc('week', cohort_on)::date FROM cubes_loose WHERE workspace_id = %(workspace)s
"""
EVERY_WEEK = f"""
{WEEKS}
UNION SELECT version_id, date_trunc('week', cohort_on)::date FROM cubes_cell WHERE workspace_id = %(workspace)s
UNION SELECT version_id, week_on FROM cubes_sheet WHERE workspace_id = %(workspace)s
"""
CLAIM = """
DELETE FROM cubes_loose
WHERE workspace_id = %(workspace)s AND version_id = %(version)s AND cohort_on BETWEEN %(week)s AND %(week)s + 6
"""
CLEAR = "DELETE FROM cubes_sheet WHERE workspace_id = %(workspace)s AND version_id = %(version)s AND week_on = %(week)s"
LAY_OUT = f"""
WITH counted AS (
    SELECT version_id, cohort_on, measure, rung_key, segment, elapsed_s, n FROM cubes_cell
    WHERE workspace_id = %(workspace)s AND version_id = %(version)s AND cohort_on BETWEEN %(week)s AND %(week)s + 6
), summed AS (
    SELECT measure, rung_key, trait, value, day, step, sum(n) AS n
    FROM ({ENTRIES}) entry GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(n) <> 0
)
INSERT INTO cubes_sheet (workspace_id, version_id, week_on, measure, rung_key, trait, value_hash, value, counts)
SELECT %(workspace)s, %(version)s, %(week)s, measure, rung_key, trait, md5(coalesce(value, ''))::uuid, value, {PACKED}
FROM summed GROUP BY 4, 5, 6, 7, 8
"""


def many_loose(workspace: object) -> bool:
    """Whether there are so many loose counts that pages would notice."""
    with scope(workspace) as workspace_id, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT FROM cubes_loose WHERE workspace_id = %s LIMIT %s) few",
            [workspace_id, BIND_FROM],
        )
        return bool(cursor.fetchone()[0] >= BIND_FROM)


def bind(workspace: object, *, everything: bool = False) -> int:
    """Lay out the weeks anew that have loose counts (or all). Returns how many.

    Each in a transaction of its own, as the engine waits for whatever writes long, and which sees one moment of the
    database, in which loose counts and cells agree. A week that another bind is at is left to that one.
    """
    with scope(workspace) as workspace_id, connection.cursor() as cursor:
        cursor.execute(EVERY_WEEK if everything else WEEKS, {"workspace": workspace_id})
        weeks = cursor.fetchall()
    return sum(_bind_week(workspace_id, version_id, week_on) for version_id, week_on in weeks)


def _bind_week(workspace_id: int, version_id: int, week_on: date) -> bool:
    values: dict[str, Any] = {"workspace": workspace_id, "version": version_id, "week": week_on}
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            with scope(workspace_id), connection.cursor() as cursor:
                for statement in (CLAIM, CLEAR, LAY_OUT):
                    cursor.execute(statement, values)
    except DatabaseError as error:
        if getattr(error.__cause__, "pgcode", "") not in TAKEN:
            raise
        return False
    return True


def differences(workspace_id: int) -> Iterator[str]:
    """A sentence for every part in which sheets and loose counts are not what the cells say. Inside a scope."""
    with connection.cursor() as cursor:
        cursor.execute(EVERY_WEEK, {"workspace": workspace_id})
        versions = sorted({version_id for version_id, _ in cursor})
    for version_id in versions:
        told = reading.read(workspace_id, [version_id], date.min, date.max)
        counted = reading.of_cells(workspace_id, [version_id])
        for key in sorted(told.keys() | counted.keys(), key=repr):
            people = _net(told.get(key, NOTHING), counted.get(key, NOTHING))
            if people:
                of = f", {key.trait} {key.value!r}" if key.trait else ""
                yield (
                    f"Sheets of version {version_id}, {key.measure} {key.rung_key or '(whole ladder)'}{of}: "
                    f"{people} people are not where the cells count them."
                )


def _net(first: Entries, second: Entries) -> int:
    """How many people differ between two piles of entries."""
    places = np.concatenate([pile["day"].astype(np.int64) << 16 | pile["step"] for pile in (first, second)])
    people = np.concatenate([first["n"].astype(np.int64), -second["n"].astype(np.int64)])
    found, index = np.unique(places, return_inverse=True)
    return int(np.abs(np.bincount(index, weights=people, minlength=len(found))).sum())
