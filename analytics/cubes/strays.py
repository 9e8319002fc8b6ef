"""Cells that do not count what the journeys say, found and corrected.

What is counted (cells and deltas that wait) less what the kept journeys and those of erased people make is the same at
any moment, whatever engine and fold do meanwhile: the engine writes a delta for every change of a journey in the same
transaction, and the fold carries it over. So a difference seen at one moment can be taken off at a later one, without
holding anything up.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import connection

from analytics.cubes.fold import ADD, LOOSEN, REMOVE
from onboarding.progress.cells import Cell
from onboarding.progress.grades import COARSEST, SCALE
from onboarding.progress.models import Tracked
from workspaces.scope import current_workspace_id, scope
from workspaces.scope.bulk import dump
from workspaces.scope.snapshots import snapshot

ROWS_AT_ONCE = 20_000

_MILLION = 1_000_000


def _rounded_up(step: int) -> str:
    return f"(us + {step * _MILLION - 1}) / {step * _MILLION} * {step}"


# grades.grade of `us` microseconds, made of the same scale
GRADE = (
    "CASE "
    + " ".join(f"WHEN us <= {limit * _MILLION} THEN {_rounded_up(step)}" for limit, step in SCALE)
    + f" ELSE {_rounded_up(COARSEST)} END"
)

# cells.cells_of of every journey, and the cells of people who were erased, taken off what is counted
STRAYED = f"""
WITH journey AS NOT MATERIALIZED (
    SELECT id, began_version_id AS version_id, segment::text AS segment, cohort_on, started_at,
        first_value_at, finished_at
    FROM progress_journey WHERE workspace_id = %(workspace)s
), reached AS (
    SELECT version_id, 'began' AS measure, '' AS rung_key, segment, cohort_on, started_at, started_at AS at FROM journey
    UNION ALL
    SELECT version_id, v.measure, '', segment, cohort_on, started_at, v.at
    FROM journey CROSS JOIN LATERAL (VALUES ('value', first_value_at), ('finished', finished_at)) AS v(measure, at)
    WHERE v.at IS NOT NULL
    UNION ALL
    SELECT j.version_id, v.measure, c.rung_key, j.segment, j.cohort_on, j.started_at, v.at
    FROM progress_completion c JOIN journey j ON j.id = c.journey_id
    CROSS JOIN LATERAL (VALUES ('completed', c.completed_at), ('in_order', c.in_order_at)) AS v(measure, at)
    WHERE c.workspace_id = %(workspace)s AND v.at IS NOT NULL
), counted AS (
    SELECT version_id, measure, rung_key, segment, cohort_on, (at AT TIME ZONE %(zone)s)::date AS reached_on,
        {GRADE} AS elapsed_s, -1 AS n
    FROM (SELECT *, greatest((extract(epoch FROM at - started_at) * {_MILLION})::bigint, 0) AS us FROM reached) graded
    UNION ALL
    SELECT version_id, measure, rung_key, segment::jsonb::text, cohort_on, reached_on, elapsed_s, -n
    FROM leaving_left WHERE workspace_id = %(workspace)s
    UNION ALL
    SELECT version_id, measure, rung_key, segment::text, cohort_on, reached_on, elapsed_s, n
    FROM cubes_cell WHERE workspace_id = %(workspace)s
    UNION ALL
    SELECT version_id, measure, rung_key, segment::text, cohort_on, reached_on, elapsed_s, n
    FROM progress_cubedelta WHERE workspace_id = %(workspace)s
)
SELECT version_id, measure, rung_key, segment, cohort_on, reached_on, elapsed_s, sum(n)::bigint
FROM counted GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(n) <> 0
"""

# Cells that came to nothing go with the fold that emptied them, and each is filed under its own segment's hash.
MISFILED = "workspace_id = %s AND (n = 0 OR segment_hash <> md5(segment::text)::uuid)"
EMPTY = f"SELECT count(*) FROM cubes_cell WHERE {MISFILED}"
TAKE_OUT = f"""
WITH taken AS (
    DELETE FROM cubes_cell WHERE {MISFILED}
    RETURNING version_id, measure, rung_key, segment, cohort_on, reached_on, elapsed_s, n
), loosened AS (
    INSERT INTO cubes_loose (workspace_id, version_id, measure, rung_key, segment, cohort_on, elapsed_s, n)
    SELECT %s, version_id, measure, rung_key, segment, cohort_on, elapsed_s, -n FROM taken
)
SELECT version_id, measure, rung_key, segment::text, cohort_on, reached_on, elapsed_s, n FROM taken
"""

OWN_DELTAS = """
DELETE FROM progress_cubedelta WHERE workspace_id = %s AND xmin = pg_current_xact_id()::xid
RETURNING version_id, measure, rung_key, segment::text, cohort_on, reached_on, elapsed_s, n
"""

CORRECT = f"""
WITH summed AS (
    SELECT version_id, measure, rung_key, segment::jsonb AS segment, cohort_on, reached_on, elapsed_s, n
    FROM json_to_recordset(%(cells)s::json) AS x(version_id bigint, measure text, rung_key text, segment text,
        cohort_on date, reached_on date, elapsed_s bigint, n bigint)
), added AS ({ADD}), loosened AS ({LOOSEN})
SELECT ARRAY(SELECT place FROM added WHERE n = 0)::text[]
"""


@dataclass(frozen=True)
class Strays:
    """By how much cells count too many (or, negative, too few), and how many cells are empty or filed wrongly."""

    off: list[tuple[Cell, int]]
    misfiled: int

    def __bool__(self) -> bool:
        return bool(self.off or self.misfiled)


def strays(workspace: object) -> Strays:
    """What the cells count beside the kept journeys, at one moment."""
    with snapshot(whole=True), scope(workspace) as workspace_id, connection.cursor() as cursor:
        zone = Tracked.objects.filter(kind="zone").values_list("key", flat=True).first()  # that the engine counted in
        cursor.execute(STRAYED, {"workspace": workspace_id, "zone": zone or "UTC"})
        off = [(Cell(*key), n) for *key, n in cursor]
        cursor.execute(EMPTY, [workspace_id])
        return Strays(off, cursor.fetchone()[0])


def correct(found: Strays) -> int:
    """Take the strays off, in the current scope and transaction. Returns how many cells change.

    The deltas that the transaction has written so far go with them into the cells: where journeys were wrong, but had
    been counted rightly, the two cancel out.
    """
    net: Counter[tuple[Any, ...]] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(OWN_DELTAS, [current_workspace_id()])
        for *cell, n in cursor:
            net[tuple(cell)] += n
        if found.misfiled:
            cursor.execute(TAKE_OUT, [current_workspace_id()] * 2)
            for *cell, n in cursor:
                net[tuple(cell)] += n
        for stray, n in found.off:
            net[stray] -= n
        rows = [dict(zip((*Cell._fields, "n"), (*cell, n), strict=True)) for cell, n in sorted(net.items()) if n]
        for first in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[first : first + ROWS_AT_ONCE]
            cursor.execute(CORRECT, {"workspace": current_workspace_id(), "cells": dump(some)})
            if empty := cursor.fetchone()[0]:
                cursor.execute(REMOVE, [current_workspace_id(), empty])
    return max(len(rows), found.misfiled)
