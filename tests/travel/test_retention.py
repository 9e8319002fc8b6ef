"""Retention of the travel stream through all of it equals a query of DuckDB over the lines, as of several days and by a
segment; and so does depth.
"""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from analytics.metrics.as_of import AsOf
from analytics.metrics.question import FIRST_DAY, subject_named
from analytics.metrics.tally import Days
from analytics.metrics.use.counts import UseCounts
from analytics.metrics.use.frequency import spread
from analytics.metrics.use.retention import retention_of
from analytics.stats.retention import RetentionMode
from milestones.ladders.exchange import import_ladder
from milestones.ladders.yaml_text import load
from onboarding.usage import projection
from onboarding.usage.cells import Measure
from onboarding.usage.periods import Grain
from onboarding.usage.standing import ANY
from tests.travel import stream
from tests.travel.test_travel import LADDER, imported, measured
from workspaces.scope import scope

NOW = datetime(2018, 1, 1, tzinfo=UTC)
DAYS = [date(2014, 3, 2), date(2016, 2, 29), date(2017, 8, 26)]
EVERY = 60  # of the file's people every sixtieth, so that it takes seconds

# Plain SQL that knows nothing of marks and cells: people, their days, and which of these fall into which period.
SQL = """
WITH lines AS (SELECT * FROM read_json('{file}', format = 'newline_delimited', columns = {{
    userId: 'VARCHAR', type: 'VARCHAR', event: 'VARCHAR', timestamp: 'TIMESTAMPTZ', traits: 'JSON'}})),
began AS (
    SELECT userId, min(timestamp) AS start, CAST(min(timestamp) AT TIME ZONE 'UTC' AS DATE) AS cohort
    FROM lines WHERE event = 'Signed Up' GROUP BY 1),
groups AS (SELECT userId, 'g' || (CAST(regexp_extract(userId, '[0-9]+') AS INT) // 60 % 3) AS segment FROM began),
days AS (
    SELECT DISTINCT b.userId, CAST(CAST(l.timestamp AT TIME ZONE 'UTC' AS DATE) - b.cohort AS INT) AS index
    FROM lines l JOIN began b USING (userId) WHERE l.type = 'track' AND l.timestamp >= b.start),
people AS (SELECT userId, cohort, segment FROM began JOIN groups USING (userId) WHERE cohort <= DATE '{day}'),
"""
RETAINED = (
    SQL
    + """
periods AS (SELECT DISTINCT userId, CAST({period} AS INT) AS period FROM days JOIN people USING (userId)),
known AS (SELECT userId, period FROM periods JOIN people USING (userId) WHERE {ends} <= DATE '{day}'),
asked AS (SELECT CAST(unnest(generate_series(1, 12)) AS INT) AS n)
SELECT n, segment, count(*), count(*) FILTER (WHERE EXISTS (
    SELECT 1 FROM known k WHERE k.userId = people.userId AND k.period {compared} n))
FROM asked, people WHERE {ends_n} <= DATE '{day}' GROUP BY ALL
"""
)
DEPTH = (
    SQL
    + """
counted AS (SELECT userId, count(*) FILTER (WHERE index < 30) AS number FROM people JOIN days USING (userId)
    WHERE cohort + 29 <= DATE '{day}' GROUP BY 1)
SELECT number, count(*) FROM (
    SELECT coalesce(number, 0) AS number FROM people LEFT JOIN counted USING (userId) WHERE cohort + 29 <= DATE '{day}')
GROUP BY 1
"""
)
PERIODS = {
    Grain.DAY: ("index", "cohort + {n}"),
    Grain.WEEK: ("index // 7", "cohort + {n} * 7 + 6"),
    Grain.MONTH: ("index // 30", "cohort + {n} * 30 + 29"),
    Grain.CALENDAR_WEEK: (
        "(date_trunc('week', cohort + index)::DATE - date_trunc('week', cohort)::DATE) // 7",
        "date_trunc('week', cohort)::DATE + {n} * 7 + 6",
    ),
    Grain.CALENDAR_MONTH: (
        "date_diff('month', cohort, cohort + index)",
        "last_day(cohort + to_months({n}))",
    ),
}


def lines() -> list[str]:
    path = stream.whole_file()
    return stream.own(people=700, seed=3) if path is None else stream.every(stream.lines_of(path), EVERY)


def with_segment(line: str) -> str:
    """Each person says a trait of three values by their number, as the file's own are free text; as in SQL."""
    message = json.loads(line)
    if message["type"] == "identify":
        message["traits"]["plan"] = f"g{int(message['userId'].strip('u')) // 60 % 3}"
    return json.dumps(message)


@pytest.fixture(scope="module")
def told(tmp_path_factory, django_db_setup, django_db_blocker):
    """A workspace into which the lines were imported, and the file of them."""
    from workspaces.tenants.models import Workspace

    path = tmp_path_factory.mktemp("travel") / "lines.jsonl"
    path.write_text("".join(with_segment(line) + "\n" for line in lines()), encoding="utf-8")
    with django_db_blocker.unblock():
        import os

        workspace = Workspace.objects.create(name="Stays", slug=f"stays-{os.getpid()}", segments=["plan"])
        with scope(workspace):
            import_ladder(load(LADDER.read_text()), by=None).ladder.publish(by=None, at=NOW)
        imported(workspace, path)
        measured(workspace)
        projection.advance(workspace.pk)
    return workspace, path


def queried(statement: str, path: Path, **values: object) -> list[tuple]:
    with duckdb.connect() as duck:
        duck.execute("SET TimeZone = 'UTC'")
        return duck.execute(statement.format(file=path, **values)).fetchall()


@pytest.mark.parametrize("mode", RetentionMode)
@pytest.mark.parametrize("grain", Grain)
def test_retention_equals_duckdb_as_of_any_day_and_by_segment(told, grain, mode):
    workspace, path = told
    period, ends = PERIODS[grain]
    with scope(workspace):
        counts = UseCounts(subject_named("traveller"), Days(FIRST_DAY, NOW.date()))
        began = counts.split(Measure.BEGAN, trait="plan")
        active = counts.split(grain.value, ANY, trait="plan")
        assert sum(c.n for cells in began.values() for c in cells) == sum(c.n for c in counts.of(Measure.BEGAN))
    assert set(began) == {"g0", "g1", "g2"}
    for day in DAYS:
        truth: dict = {}
        for n, segment, mature, returned in queried(
            RETAINED, path, day=day, period=period, ends=ends.format(n="period"), ends_n=ends.format(n="n"),
            compared="=" if mode is RetentionMode.ON else ">=",
        ):  # fmt: skip
            truth[segment, n] = (mature, returned)
        found = {}
        for segment, cells in began.items():
            triangle = retention_of(
                cells, active.get(segment, []), AsOf.of(day, now=NOW, zone=workspace.zone),
                grain=grain, mode=mode, periods=12,
            )  # fmt: skip
            found |= {(segment, c.period): (c.mature, c.share.count) for c in triangle.overall}
        assert found == truth
        assert sum(returned for _, returned in truth.values()) > 10


@pytest.mark.parametrize("day", DAYS)
def test_depth_equals_duckdb(told, day):
    workspace, path = told
    with scope(workspace):
        counts = UseCounts(subject_named("traveller"), Days(FIRST_DAY, NOW.date()))
        as_of = AsOf.of(day, now=NOW, zone=workspace.zone)
        found = spread(counts.of(Measure.BEGAN), counts.of(Measure.ACTIVE_DAYS, ANY), as_of, window_days=30)
    assert found.counts == dict(queried(DEPTH, path, day=day))


def test_nothing_differs_from_the_log(told):
    from onboarding.usage import recompute
    from onboarding.usage.plan import plan_of

    workspace, _ = told
    with scope(workspace):
        assert list(recompute.differences(plan_of(workspace.pk))) == []
