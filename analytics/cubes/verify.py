"""Everything once more from the raw log: people, journeys, completions, use, and the cells that numbers come from."""

import json
from collections import Counter
from collections.abc import Iterator

from django.db import connection

from analytics.cubes import sheets
from onboarding.leaving import remainder
from onboarding.progress import history, recompute
from onboarding.progress.assign import canonical
from onboarding.progress.cells import Cell, cells_of
from onboarding.progress.engine import plan_of, settle
from onboarding.progress.plan import Plan
from onboarding.usage import projection
from onboarding.usage import recompute as usage
from onboarding.usage.plan import plan_of as usage_plan_of
from workspaces.scope import current_workspace_id, scope
from workspaces.scope.snapshots import snapshot

# What the numbers are told from, and what waits to be folded into it.
COUNTED = """
SELECT version_id, measure, rung_key, segment, cohort_on, reached_on, elapsed_s, sum(n)::bigint
FROM (
    SELECT version_id, measure, rung_key, segment::text, cohort_on, reached_on, elapsed_s, n
    FROM cubes_cell WHERE workspace_id = %(workspace)s
    UNION ALL
    SELECT version_id, measure, rung_key, segment::text, cohort_on, reached_on, elapsed_s, n
    FROM progress_cubedelta WHERE workspace_id = %(workspace)s
) counted
GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(n) <> 0
"""
STRAY = "SELECT count(*) FROM cubes_cell WHERE workspace_id = %s AND n <= 0"


def differences(workspace: object) -> Iterator[str]:
    """A sentence for everything that is kept and differs from the raw log up to the watermark; none when all is well.

    It reads one snapshot, so the engine and the fold may go on meanwhile. What has just been published or declared is
    taken into account first.
    """
    with scope(workspace) as workspace_id:
        behind = history.is_behind(plan_of(workspace_id))
    if behind:
        settle(workspace_id)
    projection.advance(workspace_id)
    with snapshot(), scope(workspace) as workspace_id:
        plan = plan_of(workspace_id)
        yield from recompute.differences(plan)
        yield from _cell_differences(plan)
        yield from sheets.differences(workspace_id)
        yield from usage.differences(usage_plan_of(workspace_id))


def _cell_differences(plan: Plan) -> Iterator[str]:
    from_log = Counter(cell for journey in recompute.journeys(plan) for cell in cells_of(journey, plan.zone))
    for left, n in remainder.journeys():
        from_log[Cell(*left)] += n
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {"workspace": current_workspace_id()})
        for *key, n in cursor:
            cell = Cell(*key)
            cell = cell._replace(segment=_canonical(cell.segment))
            wanted = from_log.pop(cell, 0)
            if n != wanted:
                yield f"{_where(cell)}: counted {n}, the log says {wanted}."
        for cell, wanted in from_log.items():
            yield f"{_where(cell)}: counted 0, the log says {wanted}."
        cursor.execute(STRAY, [current_workspace_id()])
        stray = cursor.fetchone()[0]
    if stray and not _waiting():
        yield f"{stray} cells count nobody, or fewer than nobody, though nothing waits to be folded."


def _canonical(segment: str) -> str:
    """PostgreSQL writes keys in another order than the engine."""
    return canonical(json.loads(segment))


def _waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM progress_cubedelta WHERE workspace_id = %s)", [current_workspace_id()]
        )
        return bool(cursor.fetchone()[0])


def _where(cell: Cell) -> str:
    return (
        f"Cell of version {cell.version_id}, {cell.measure} {cell.rung_key or '(whole ladder)'}, segment "
        f"{cell.segment}, cohort {cell.cohort_on}, reached {cell.reached_on}, after {cell.elapsed_s} s"
    )
