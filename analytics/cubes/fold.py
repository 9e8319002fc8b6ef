"""Cube deltas, appended by the progress engine in its own transactions, become part of the cells."""

from django.db import connection

from workspaces.scope import scope

BATCH = 50_000

# Adds what is `summed` to its cells. Always in one order, so that transactions at once cannot deadlock.
ADD = """
    INSERT INTO cubes_cell AS cell
        (workspace_id, version_id, cohort_on, measure, rung_key, elapsed_s, reached_on, segment_hash, segment, n)
    SELECT %(workspace)s, version_id, cohort_on, measure, rung_key, elapsed_s, reached_on,
        md5(segment::text)::uuid, segment, n
    FROM summed ORDER BY 2, 3, 4, 5, 6, 7, 8
    ON CONFLICT (workspace_id, version_id, cohort_on, measure, rung_key, elapsed_s, reached_on, segment_hash)
    DO UPDATE SET n = cell.n + excluded.n
    RETURNING cell.ctid AS place, cell.n
"""

# What sheets do not say yet (sheets.py).
LOOSEN = """
    INSERT INTO cubes_loose (workspace_id, version_id, measure, rung_key, segment, cohort_on, elapsed_s, n)
    SELECT %(workspace)s, version_id, measure, rung_key, segment, cohort_on, elapsed_s, n FROM summed
"""

# A claimed delta is deleted in the statement that adds it to its cell, so it counts exactly once whatever crashes.
# Folds that run at once skip each other's deltas.
FOLD = f"""
WITH next AS (
    SELECT id FROM progress_cubedelta
    WHERE workspace_id = %(workspace)s ORDER BY id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
), claimed AS (
    DELETE FROM progress_cubedelta d USING next
    WHERE d.workspace_id = %(workspace)s AND d.id = next.id
    RETURNING d.version_id, d.measure, d.rung_key, d.segment, d.cohort_on, d.reached_on, d.elapsed_s, d.n
), summed AS (
    SELECT version_id, measure, rung_key, segment, cohort_on, reached_on, elapsed_s, sum(n)::bigint AS n
    FROM claimed GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(n) <> 0
), added AS ({ADD}), loosened AS ({LOOSEN})
SELECT (SELECT count(*) FROM claimed), ARRAY(SELECT place FROM added WHERE n = 0)::text[]
"""
REMOVE = "DELETE FROM cubes_cell WHERE workspace_id = %s AND n = 0 AND ctid = ANY(%s::tid[])"


def fold(workspace: object, *, batch: int = BATCH) -> int:
    """Fold everything that waits, in batches of one transaction each, and say how many deltas that were."""
    folded = 0
    while claimed := fold_batch(workspace, batch=batch):
        folded += claimed
    return folded


def fold_batch(workspace: object, *, batch: int = BATCH) -> int:
    """Fold up to `batch` deltas in one transaction and say how many; 0 when none is waiting for us."""
    with scope(workspace) as workspace_id, connection.cursor() as cursor:
        cursor.execute(FOLD, {"workspace": workspace_id, "batch": batch})
        claimed, empty = cursor.fetchone()
        if empty:  # cells that came to nothing; ours until we commit, so nobody can have added to them since
            cursor.execute(REMOVE, [workspace_id, empty])
    return int(claimed)


def waiting(workspace: object) -> bool:
    """Whether any delta waits to be folded."""
    with scope(workspace) as workspace_id, connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM progress_cubedelta WHERE workspace_id = %s)", [workspace_id])
        found: bool = cursor.fetchone()[0]
    return found
