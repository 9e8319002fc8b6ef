"""What the adoption page's numbers cost, and that they cost the size of the answer, not of the history.

    bin/bench dashboard
    FIRSTMILE_BENCH_EVENTS=200000,2000000 bin/bench dashboard

Two workspaces, of one and of ten million events by default, made up by DuckDB: twenty events a person, who all began in
the last year; six rungs, three traits with 36 crossings. The events are kept as Parquet, and the cells that the engine
would make of them are put into PostgreSQL. Then, in turn:

- the page's numbers: one query and all arithmetic of the board (90 days and the 90 before; every rung, cohorts by week,
  segments by the clearest of three traits), as percentiles, and the larger workspace's as a ratio to the smaller's;
- the same as of a past day, for which the cells say what was reached by its end and what later;
- the numbers of the card How it ends, which is fetched after the page;
- single metrics as a ratio to DuckDB, which counts them from the Parquet file of all events. Both must say the same.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

import duckdb  # noqa: E402
from _metrics import FIRST_VALUE, METRICS, RUNGS, WINDOW  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import QueryDict  # noqa: E402

from analytics.cubes import sheets  # noqa: E402
from analytics.dashboards import asked as asking  # noqa: E402
from analytics.dashboards.board import board  # noqa: E402
from analytics.metrics import fetch  # noqa: E402
from analytics.metrics import subject as goals  # noqa: E402
from analytics.metrics.ends import how_it_ends, left_of  # noqa: E402
from analytics.stats import NotComputable  # noqa: E402
from milestones.ladders.exchange import import_ladder  # noqa: E402
from milestones.ladders.yaml_text import load  # noqa: E402
from onboarding.progress.grades import COARSEST, SCALE  # noqa: E402
from workspaces.scope import scope  # noqa: E402
from workspaces.tenants.models import Workspace  # noqa: E402

EVENTS = [int(n) for n in os.environ.get("FIRSTMILE_BENCH_EVENTS", "1000000,10000000").split(",")]
EVENTS_A_PERSON = 20
DAYS = 365
ROUNDS = int(os.environ.get("FIRSTMILE_BENCH_ROUNDS", "40"))
TRAITS = ["plan", "role", "size"]
LADDER = """
ladder:
  key: admin
  name: Administrators
  role: {key: admin, name: Administrator, rule: {everyone: true}, precedence: 10}
  title: Get going
  value_proposition: See your numbers.
  done_looks_like: A team that looks at its numbers.
  start: {event: Signed Up}
  rungs:
""" + "".join(
    f"    - milestone: {{key: {key}, name: {key.title()}, purpose: A step., criterion: {{event: {key}}}}}\n"
    f"      phase: core\n" + ("      first_value: true\n" if key == FIRST_VALUE else "")
    for key in RUNGS
)

# Each rung follows the one before with a chance of three in four, after two days on average; the rest are other events.
MAKE = """
CREATE TABLE person AS SELECT p, start, (hash(p, 1) % 3)::text AS plan, (hash(p, 2) % 4)::text AS role,
    (hash(p, 3) % 3)::text AS size
FROM (SELECT p, $until - ((hash(p, 0) % 31536000)::bigint + 1)::bigint * 1000000 AS start FROM range($people) t(p));
CREATE TABLE step AS
WITH RECURSIVE climbed AS (
    SELECT p, start, 0 AS rung, start AS moment FROM person
    UNION ALL
    SELECT p, start, rung + 1, moment + (-ln((hash(p * 16 + rung) % 1000000 + 1) / 1000001.0) * 172800000000)::bigint
    FROM climbed WHERE rung < 6 AND hash(p * 16 + 8 + rung) % 4 < 3
) SELECT * FROM climbed WHERE moment < $until;
COPY (
    SELECT p AS person, CASE rung WHEN 0 THEN 'Signed Up' ELSE 'rung-' || rung END AS event,
        make_timestamp(moment) AS moment
    FROM step
    UNION ALL
    SELECT p, 'Page Viewed', make_timestamp(start + (hash(p, n, 7) % 2592000)::bigint * 1000000)
    FROM person, range($others) t(n) WHERE start + (hash(p, n, 7) % 2592000)::bigint * 1000000 < $until
) TO '{file}' (FORMAT parquet);
"""


def graded(us: str) -> str:
    million = 1_000_000
    steps = [(f"WHEN {us} <= {limit * million} ", step) for limit, step in SCALE]
    whens = [f"{when}THEN ({us} + {step * million - 1}) // {step * million} * {step}" for when, step in steps]
    return f"CASE {' '.join(whens)} ELSE ({us} + {COARSEST * million - 1}) // {COARSEST * million} * {COARSEST} END"


CELLS = f"""
WITH reached AS (
    SELECT s.*, measure, key FROM step s, (VALUES
        (0, 'began', ''), (4, 'value', ''), (6, 'finished', ''),
        {", ".join(f"({n}, 'completed', '{key}'), ({n}, 'in_order', '{key}')" for n, key in enumerate(RUNGS, 1))}
    ) m(place, measure, key) WHERE s.rung = place
)
SELECT measure, key, json_object('plan', plan, 'role', role, 'size', size)::text,
    make_timestamp(r.start)::date, make_timestamp(moment)::date, {graded("(moment - r.start)")}, count(*)
FROM reached r JOIN person USING (p) GROUP BY ALL
"""
# Every day of use by everybody: what the engine would make of it, as far as the metrics below ask.
USE = f"""
WITH days AS (
    SELECT DISTINCT e.person, make_timestamp(p.start)::date AS began, e.moment::date - began AS day
    FROM '{{file}}' e JOIN person p ON p.p = e.person
), weeks AS (
    SELECT began, week, coalesce(lag(week) OVER (PARTITION BY person ORDER BY week), -1) AS before
    FROM (SELECT DISTINCT person, began, day // 7 AS week FROM days)
), windows AS (
    SELECT began, count(*) AS days FROM days WHERE day < {WINDOW} GROUP BY person, began
)
SELECT 'began', '', make_timestamp(start)::date, 0, 0, count(*) FROM person GROUP BY ALL
UNION ALL SELECT 'week', 'any', began, week, before, count(*) FROM weeks GROUP BY ALL
UNION ALL SELECT 'active_days', 'any', began, {WINDOW}, days, count(*) FROM windows GROUP BY ALL
"""
LOAD_USE = """
INSERT INTO usage_usagecell (workspace_id, version_id, measure, subject, cohort_on, p, q, segment, segment_hash, n)
SELECT %(workspace)s, %(version)s, measure, subject, cohort_on, p, q, '{}', md5('{}')::uuid, n FROM used
"""
LOAD = """
INSERT INTO cubes_cell (workspace_id, version_id, measure, rung_key, segment, segment_hash, cohort_on, reached_on,
                        elapsed_s, n)
SELECT %(workspace)s, %(version)s, measure, rung, segment, md5(segment::text)::uuid, cohort_on, reached_on, elapsed_s, n
FROM cells
"""


def main() -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    with tempfile.TemporaryDirectory() as folder:
        made = [Made(events, now, Path(folder)) for events in EVENTS]
        took: dict[str, list[list[float]]] = {}
        for number in range(ROUNDS + 3):
            for place, one in enumerate(made):
                for what, ask in QUESTIONS.items():
                    seconds = ask(one.workspace, now)
                    if number >= 3:  # the first rounds warm the caches
                        took.setdefault(what, [[] for _ in made])[place].append(seconds)
        for what, by_size in took.items():
            for one, values in zip(made, by_size, strict=True):
                print(
                    f"{what}, {one.events:,} events: median {1e3 * statistics.median(values):.1f} ms, "
                    f"p95 {1e3 * p95(values):.1f} ms, to the aim of 50 ms: ratio {p95(values) / 0.05:.2f}"
                )
            print(
                f"{what}, {made[-1].events:,} to {made[0].events:,} events: "
                f"ratio {p95(by_size[-1]) / p95(by_size[0]):.2f} (aim 1.2)"
            )
        for one in made:
            one.against_duckdb(now)


def page(workspace: Workspace, now: datetime, query: str = "period=90") -> float:
    """Seconds for the page's numbers."""
    with scope(workspace):
        begun = time.perf_counter()
        asked = asking.read(workspace, QueryDict(query), now=now)
        assert asked is not None
        counts = fetch.counts(asked.subject, asked.begun, before=asked.before, as_of=asked.as_of)
        found = board(asked, counts, workspace.segments)
        took = time.perf_counter() - begun
        assert found.people
    return took


def past_page(workspace: Workspace, now: datetime) -> float:
    return page(workspace, now, f"period=90&as_of={now.date() - timedelta(days=20)}")


def ends(workspace: Workspace, now: datetime) -> float:
    """Seconds for the numbers of the card How it ends, which is fetched after the page."""
    with scope(workspace):
        begun = time.perf_counter()
        asked = asking.read(workspace, QueryDict("period=90"), now=now)
        assert asked is not None
        goal = goals.first_value(asked.subject)
        counts = fetch.counts(asked.subject, asked.begun, as_of=asked.as_of, towards=[goal])
        found = how_it_ends(counts.towards(goal), left_of(asked.subject, asked.begun), asked.as_of)
        took = time.perf_counter() - begun
        assert not isinstance(found.incidence, NotComputable)
    return took


QUESTIONS: dict[str, Callable[[Workspace, datetime], float]] = {
    "page": page,
    "page as of a past day": past_page,
    "how it ends": ends,
}


class Made:
    """A workspace of so many events, and the same as a Parquet file."""

    def __init__(self, events: int, now: datetime, folder: Path) -> None:
        self.events = events
        self.file = folder / f"{events}.parquet"
        self.workspace = Workspace.objects.create(
            name=f"{events}", slug=f"bench-{events}-{os.getpid()}", segments=TRAITS
        )
        people = events // EVENTS_A_PERSON
        with duckdb.connect() as duck:
            until = int(now.timestamp() * 1_000_000)
            for statement in MAKE.format(file=self.file).split(";\n"):
                if statement.strip():
                    wanted = {"people": people, "until": until, "others": EVENTS_A_PERSON - 4}
                    duck.execute(statement, {k: v for k, v in wanted.items() if f"${k}" in statement})
            csv = folder / "cells.csv"
            duck.execute(f"COPY ({CELLS}) TO '{csv}' (HEADER false)")
            used = folder / "used.csv"
            duck.execute(f"COPY ({USE.format(file=self.file)}) TO '{used}' (HEADER false)")
        with scope(self.workspace), connection.cursor() as cursor:
            version = import_ladder(load(LADDER), by=None).ladder.publish(by=None)
            cursor.execute(
                "CREATE TEMPORARY TABLE cells (measure text, rung text, segment jsonb, cohort_on date, "
                "reached_on date, elapsed_s bigint, n bigint) ON COMMIT DROP"
            )
            with csv.open() as file:
                cursor.copy_expert("COPY cells FROM STDIN (FORMAT csv, FORCE_NOT_NULL (rung))", file)
            cursor.execute(LOAD, {"workspace": self.workspace.pk, "version": version.pk})
            cells = cursor.rowcount
            cursor.execute(
                "CREATE TEMPORARY TABLE used (measure text, subject text, cohort_on date, p int, q int, n bigint) "
                "ON COMMIT DROP"
            )
            with used.open() as file:
                cursor.copy_expert("COPY used FROM STDIN (FORMAT csv, FORCE_NOT_NULL (subject))", file)
            cursor.execute(LOAD_USE, {"workspace": self.workspace.pk, "version": version.pk})
            print(f"{events:,} events: {people:,} people in {cells:,} cells, {cursor.rowcount:,} of use", flush=True)
        begun = time.perf_counter()
        weeks = sheets.bind(self.workspace, everything=True)
        print(f"{events:,} events: {weeks} weeks laid out in {time.perf_counter() - begun:.1f} s", flush=True)

    def against_duckdb(self, now: datetime) -> None:
        with scope(self.workspace), duckdb.connect() as duck:
            asked = asking.read(self.workspace, QueryDict("period=90"), now=now)
            assert asked is not None
            for name, (ours, theirs) in METRICS.items():
                query = theirs.format(
                    file=self.file,
                    first=asked.begun.first,
                    last=asked.as_of.last_mature_day(14),
                    until=now.replace(tzinfo=None),
                )
                us, them = [], []
                for _ in range(5):
                    begun = time.perf_counter()
                    found = ours(asked)
                    us.append(time.perf_counter() - begun)
                    begun = time.perf_counter()
                    counted = duck.execute(query).fetchall()
                    them.append(time.perf_counter() - begun)
                    assert found == [tuple(row) for row in counted], (name, found, counted)
                print(
                    f"{name}, {self.events:,} events: DuckDB {1e3 * statistics.median(them):.0f} ms, "
                    f"ours {1e3 * statistics.median(us):.1f} ms: ratio "
                    f"{statistics.median(them) / statistics.median(us):.1f} (aim 10)"
                )


def p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]


if __name__ == "__main__":
    main()
