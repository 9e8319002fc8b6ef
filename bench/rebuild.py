"""How long a rebuild takes, as a ratio to the time that DuckDB needs to compute the same completions from Parquet.

    bin/bench rebuild                    a million events
    FIRSTMILE_BENCH_EVENTS=10000000 bin/bench rebuild

Both must find exactly the same: starts, completions of the three rungs, first value and ends.
"""

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

import duckdb  # noqa: E402
from django.db import connection, connections  # noqa: E402
from progress import make_workspace  # noqa: E402

from analytics.cubes.rebuild import Rebuilt, rebuild  # noqa: E402
from onboarding.progress import engine  # noqa: E402
from workspaces.scope import scope  # noqa: E402
from workspaces.scope.operations import wall_sql  # noqa: E402
from workspaces.tenants.models import Workspace  # noqa: E402

EVENTS = int(os.environ.get("FIRSTMILE_BENCH_EVENTS", "1000000"))
PEOPLE = EVENTS // 20
ROUNDS = 3

# One sign-up each within the first days of January, then 19 events of six kinds within the month: as bench/progress.
MAKE = f"""
SELECT i, 'u:' || (i %% {PEOPLE}) AS sender, 'event-' || i AS message_id,
    CASE WHEN i < {PEOPLE} THEN 'Signed Up'
        ELSE ['Connected', 'Shared', 'Invited', 'Looked', 'Looked', 'Looked'][1 + (hash(i) %% 6)::INT] END AS event,
    '{{"kind": "' || ['team', 'guest'][1 + (hash(i * 3) %% 2)::INT] || '"}}' AS properties,
    TIMESTAMPTZ '2026-01-01 00:00:00+00' + to_microseconds(CASE WHEN i < {PEOPLE} THEN (i %% 500000) * 1000000 + i
        ELSE 500000000000 + (hash(i * 7 + 1) %% 2073600000000)::BIGINT END) AS occurred_at
FROM range({EVENTS}) t(i)
""".replace("%%", "%")

# The bench's ladder: the first of each from the start on; of sharing the third, within 14 days of the start.
COMPLETIONS = """
WITH log AS (SELECT sender, event, occurred_at AS t, message_id AS id, properties FROM read_parquet('{file}')),
began AS (SELECT sender, min(t) AS start FROM log WHERE event = 'Signed Up' GROUP BY 1),
connect AS (
    SELECT sender, min(struct_pack(t := t, id := id)) AS done FROM log JOIN began USING (sender)
    WHERE event = 'Connected' AND t >= start GROUP BY 1),
invite AS (
    SELECT sender, min(struct_pack(t := t, id := id)) AS done FROM log JOIN began USING (sender)
    WHERE event = 'Invited' AND properties ->> '$.kind' = 'team' AND t >= start GROUP BY 1),
share AS (
    SELECT sender, min(struct_pack(t := t, id := id), 3)[3] AS done FROM log JOIN began USING (sender)
    WHERE event = 'Shared' AND t >= start AND t <= start + INTERVAL 14 DAY GROUP BY 1)
SELECT sender, start, connect.done AS connect, share.done AS share, invite.done AS invite, share.done.t AS valued,
    CASE WHEN connect.done IS NOT NULL AND share.done IS NOT NULL AND invite.done IS NOT NULL
        THEN greatest(connect.done.t, share.done.t, invite.done.t) END AS finished
FROM began LEFT JOIN connect USING (sender) LEFT JOIN share USING (sender) LEFT JOIN invite USING (sender)
"""

# The same from both, a row for each thing reached.
FROM_DUCKDB = """
SELECT sender, 'start', start, '' FROM found
UNION ALL SELECT sender, 'connect', connect.t, connect.id FROM found WHERE connect IS NOT NULL
UNION ALL SELECT sender, 'share', share.t, share.id FROM found WHERE share IS NOT NULL
UNION ALL SELECT sender, 'invite', invite.t, invite.id FROM found WHERE invite IS NOT NULL
UNION ALL SELECT sender, 'value', valued, '' FROM found WHERE valued IS NOT NULL
UNION ALL SELECT sender, 'finish', finished, '' FROM found WHERE finished IS NOT NULL
"""
FROM_POSTGRESQL = """
SELECT p.key, x.what, x.at, x.id
FROM progress_journey j JOIN people_person p ON p.workspace_id = j.workspace_id AND p.id = j.person_id
CROSS JOIN LATERAL (
    SELECT 'start' AS what, j.started_at AS at, '' AS id
    UNION ALL SELECT 'value', j.first_value_at, '' UNION ALL SELECT 'finish', j.finished_at, ''
    UNION ALL SELECT rung_key, completed_at, message_id FROM progress_completion c
    WHERE c.workspace_id = j.workspace_id AND c.journey_id = j.id) x
WHERE j.workspace_id = {workspace} AND x.at IS NOT NULL
"""


def main() -> None:
    workspace = make_workspace("rebuild")
    engine.settle(workspace.pk)
    with tempfile.TemporaryDirectory(prefix="firstmile-bench-") as folder:
        duck = duckdb.connect()
        duck.execute(f"SET threads = {len(os.sched_getaffinity(0))}; SET TimeZone = 'UTC'")
        parquet = f"{folder}/events.parquet"
        duck.execute(f"COPY ({MAKE}) TO '{parquet}' (FORMAT parquet)")
        load_log(duck, parquet, workspace, folder)
        plain = min(
            timed(lambda: duck.execute(f"CREATE OR REPLACE TABLE found AS {COMPLETIONS.format(file=parquet)}"))[1]
            for _ in range(ROUNDS)
        )
        print(f"DuckDB: {EVENTS:,} events, completions in {plain:.2f} s", flush=True)
        floor = min(timed(lambda: read_out(workspace))[1] for _ in range(ROUNDS))
        print(f"The floor: COPY of what completions rest on out of PostgreSQL takes {floor:.1f} s: {floor / plain:.1f}")
        first = told("from nothing", workspace, plain)
        check_the_same(duck, workspace, folder)
        with scope(workspace), connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM progress_completion "
                "WHERE workspace_id = %s AND rung_key = 'invite' AND journey_id %% 100 = 0",
                [workspace.pk],
            )
        told("with one completion in a hundred of one rung gone", workspace, plain)
        last = told("of what is right", workspace, plain)
        check_the_same(duck, workspace, folder)
    assert first.differences["journeys"] == PEOPLE
    assert not last.differences


def read_out(workspace: Workspace) -> None:
    """What any rebuild must at least do: read the events that count out of the log. Nothing is made of them."""
    with scope(workspace), connection.cursor() as cursor, open(os.devnull, "wb") as nowhere:
        cursor.copy_expert(
            "COPY (SELECT sender, event, occurred_at, message_id, properties FROM intake_event WHERE workspace_id = "
            f"{workspace.pk} AND event IN ('Signed Up', 'Connected', 'Shared', 'Invited')) TO STDOUT",
            nowhere,
        )


def told(what: str, workspace: Workspace, plain: float) -> Rebuilt:
    stages = Stages()
    rebuilt, elapsed = timed(lambda: rebuild(workspace.pk, tell=stages.tell))
    stages.tell("", 0, 0)
    print(
        f"rebuild {what}: ratio to DuckDB {elapsed / plain:.1f} (aim: 3), {elapsed:.1f} s, "
        f"{EVENTS / elapsed:,.0f} events/s, locked {rebuilt.seconds_locked:.2f} s; "
        f"corrected {rebuilt.differences.total():,}; {stages}",
        flush=True,
    )
    return rebuilt


class Stages:
    """How long each stage took."""

    def __init__(self) -> None:
        self._took: Counter[str] = Counter()
        self._stage, self._since = "beginning", time.monotonic()

    def tell(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        self._took[self._stage] += now - self._since
        self._stage, self._since = stage, now

    def __str__(self) -> str:
        return ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in self._took.items())


def load_log(duck: duckdb.DuckDBPyConnection, parquet: str, workspace: Workspace, folder: str) -> None:
    """Put the events into the log as the owner, by COPY: how they got there is not what is measured."""
    file, month = f"{folder}/log.csv", "intake_event_2026_01"
    duck.execute(
        f"COPY (SELECT {workspace.pk}, occurred_at, message_id, i + 1, 'track', event, sender, '', '', '', "
        f"occurred_at, now(), 'f', properties, '{{}}', '{{}}' FROM read_parquet('{parquet}')) "
        f"TO '{file}' (HEADER false)"
    )
    columns = (
        "workspace_id, client_at, message_id, id, type, event, sender, anonymous_id, previous_id, group_id, "
        "occurred_at, received_at, clamped, properties, traits, context"
    )
    with connections["owner"].cursor() as owner, open(file) as rows:
        owner.execute("SET maintenance_work_mem = '512MB'")
        owner.execute(f"CREATE TABLE {month} (LIKE intake_event INCLUDING DEFAULTS)")
        owner.copy_expert(f"COPY {month} ({columns}) FROM STDIN (FORMAT csv)", rows)
        for statement in wall_sql(month):
            owner.execute(statement)
        owner.execute(  # which builds the indexes
            f"ALTER TABLE intake_event ATTACH PARTITION {month} "
            "FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2026-02-01 00:00:00+00')"
        )
        owner.execute(f"VACUUM ANALYZE {month}")
    # As if the engine had read it all, and everything it wrote had been lost.
    with scope(workspace), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE progress_watermark w SET transaction = e.written_xid::text::bigint, row = e.id "
            "FROM (SELECT written_xid, id FROM intake_event WHERE workspace_id = %(id)s "
            "ORDER BY written_xid DESC, id DESC LIMIT 1) e "
            "WHERE w.workspace_id = %(id)s",
            {"id": workspace.pk},
        )
    Path(file).unlink()


def check_the_same(duck: duckdb.DuckDBPyConnection, workspace: Workspace, folder: str) -> None:
    """Both have found the same completions, to the microsecond and by the same messages."""
    file = f"{folder}/kept.csv"
    with scope(workspace), connection.cursor() as cursor, open(file, "w") as rows:
        cursor.copy_expert(f"COPY ({FROM_POSTGRESQL.format(workspace=workspace.pk)}) TO STDOUT (FORMAT csv)", rows)
    duck.execute(
        f"CREATE OR REPLACE TABLE kept AS FROM read_csv('{file}', header = false, columns = "
        "{'sender': 'VARCHAR', 'what': 'VARCHAR', 'at': 'TIMESTAMPTZ', 'id': 'VARCHAR'}, force_not_null = ['id'])"
    )
    for one, other in (("kept", f"({FROM_DUCKDB})"), (f"({FROM_DUCKDB})", "kept")):
        (n,) = duck.execute(f"SELECT count(*) FROM (FROM {one} EXCEPT FROM {other})").fetchone()
        assert n == 0, f"{n} results differ"


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    return work(), time.perf_counter() - started


if __name__ == "__main__":
    main()
