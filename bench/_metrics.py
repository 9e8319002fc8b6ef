"""What single metrics are reckoned from: cells, and the same by DuckDB from every event. Both must say the same."""

from collections.abc import Callable

from analytics.cubes.steps import STEP_SQL, step_of
from analytics.dashboards.asked import Asked
from analytics.metrics import fetch
from analytics.metrics import subject as goals
from analytics.metrics.tally import count_of
from analytics.metrics.use.counts import UseCounts
from analytics.metrics.use.frequency import spread
from analytics.metrics.use.retention import retention_of
from onboarding.usage.cells import Measure
from onboarding.usage.periods import Grain
from onboarding.usage.standing import ANY

RUNGS = [f"rung-{number}" for number in range(1, 7)]
FIRST_VALUE = RUNGS[3]
WEEK, WINDOW = 4, 14


def activation(asked: Asked) -> list[tuple[int, ...]]:
    goal = goals.first_value(asked.subject)
    counts = fetch.counts(asked.subject, asked.begun, as_of=asked.as_of, towards=[goal])
    within = counts.towards(goal).within(14, asked.as_of)
    return [(count_of(within.mature), within.mature.of)]  # type: ignore[union-attr]


def conversion(asked: Asked) -> list[tuple[int, ...]]:
    steps_to = [goals.in_order(asked.subject, key) for key in RUNGS]
    counts = fetch.counts(asked.subject, asked.begun, as_of=asked.as_of, towards=steps_to)
    steps = [counts.towards(goal).within(14, asked.as_of) for goal in steps_to]
    return [tuple(count_of(step.mature) for step in steps)]


def in_any_order(asked: Asked) -> list[tuple[int, ...]]:
    steps_to = [goals.rung(asked.subject, key) for key in RUNGS]
    counts = fetch.counts(asked.subject, asked.begun, as_of=asked.as_of, towards=steps_to)
    return [tuple(count_of(counts.towards(goal).within(14, asked.as_of).mature) for goal in steps_to)]


def completion(asked: Asked) -> list[tuple[int, ...]]:
    goal = goals.finished(asked.subject)
    counts = fetch.counts(asked.subject, asked.begun, as_of=asked.as_of, towards=[goal])
    return [(count_of(counts.towards(goal).within(14, asked.as_of).mature),)]


def times(asked: Asked) -> list[tuple[int, ...]]:
    goal = goals.first_value(asked.subject)
    counts = fetch.counts(asked.subject, asked.begun, as_of=asked.as_of, towards=[goal])
    return [(int(step_of(seconds)), people) for seconds, people in counts.towards(goal).times_reached()]


def retention(asked: Asked) -> list[tuple[int, ...]]:
    counts = UseCounts(asked.subject, asked.begun)
    of = counts.of(Measure.BEGAN), counts.of(Measure.WEEK, ANY)
    cell = retention_of(*of, asked.as_of, grain=Grain.WEEK, periods=WEEK).at(WEEK)
    assert cell is not None
    return [(count_of(cell.share), cell.mature)]


def active_days(asked: Asked) -> list[tuple[int, ...]]:
    counts = UseCounts(asked.subject, asked.begun)
    of = counts.of(Measure.BEGAN), counts.of(Measure.ACTIVE_DAYS, ANY)
    found = spread(*of, asked.as_of, window_days=WINDOW)
    return sorted((days, people) for days, people in found.counts.items() if people)


BEGAN = """
WITH began AS (SELECT person, min(moment) AS start FROM '{file}' WHERE event = 'Signed Up' GROUP BY 1),
mature AS (SELECT * FROM began WHERE start::date BETWEEN '{first}' AND '{last}')
"""
STEPS = [(key, f"s{n}" if n else "mature", "moment" if n else "start") for n, key in enumerate(RUNGS)]
METRICS: dict[str, tuple[Callable[[Asked], list[tuple[int, ...]]], str]] = {
    "activation": (
        activation,
        BEGAN
        + f"""
        SELECT count(*) FILTER (first_at <= start + INTERVAL 14 DAY), count(*)
        FROM mature LEFT JOIN (
            SELECT person, min(moment) AS first_at FROM '{{file}}' WHERE event = '{FIRST_VALUE}' GROUP BY 1
        ) v USING (person)""",
    ),
    "time to first value, of all who reached it": (
        times,
        f"""
        WITH began AS (SELECT person, min(moment) AS start FROM '{{file}}' WHERE event = 'Signed Up' GROUP BY 1),
        value AS (SELECT person, min(moment) AS first_at FROM '{{file}}' WHERE event = '{FIRST_VALUE}' GROUP BY 1),
        took AS (
            SELECT (epoch_us(first_at) - epoch_us(start) + 999999) // 1000000 AS elapsed_s
            FROM began JOIN value USING (person) WHERE start::date >= '{{first}}'
        )
        SELECT {STEP_SQL.replace(" / ", " // ")} AS step, count(*) FROM took GROUP BY 1 ORDER BY 1""",
    ),
    "ladder completion": (
        completion,
        BEGAN
        + f"""
        SELECT count(*) FROM (
            SELECT person FROM mature JOIN '{{file}}' USING (person)
            WHERE event IN ({", ".join(f"'{key}'" for key in RUNGS)}) AND moment <= start + INTERVAL 14 DAY
            GROUP BY 1 HAVING count(DISTINCT event) = {len(RUNGS)}
        )""",
    ),
    "rung conversion in any order": (
        in_any_order,
        BEGAN
        + "SELECT "
        + ", ".join(f"count(DISTINCT person) FILTER (event = '{key}')" for key in RUNGS)
        + " FROM mature JOIN '{file}' USING (person) WHERE moment <= start + INTERVAL 14 DAY",
    ),
    "rung conversion in order": (
        conversion,
        BEGAN
        + "".join(
            f", s{n} AS (SELECT b.person, b.start, min(e.moment) AS moment FROM {before} b "
            f"JOIN '{{file}}' e ON e.person = b.person AND e.event = '{key}' AND e.moment >= b.{since} "
            f"AND e.moment <= b.start + INTERVAL 14 DAY GROUP BY 1, 2)"
            for n, (key, before, since) in enumerate(STEPS, 1)
        )
        + " SELECT "
        + ", ".join(f"(SELECT count(*) FROM s{n})" for n in range(1, 7)),
    ),
    "retention in week 4": (
        retention,
        f"""
        WITH began AS (SELECT person, min(moment) AS start FROM '{{file}}' WHERE event = 'Signed Up' GROUP BY 1),
        watched AS (
            SELECT * FROM began
            WHERE start::date BETWEEN '{{first}}' AND '{{until}}'::timestamp::date - {7 * (WEEK + 1)}
        )
        SELECT (
            SELECT count(DISTINCT person) FROM watched JOIN '{{file}}' USING (person)
            WHERE moment::date - start::date BETWEEN {7 * WEEK} AND {7 * WEEK + 6}
        ), count(*) FROM watched""",
    ),
    "active days in 14": (
        active_days,
        f"""
        WITH began AS (SELECT person, min(moment) AS start FROM '{{file}}' WHERE event = 'Signed Up' GROUP BY 1),
        watched AS (
            SELECT * FROM began WHERE start::date BETWEEN '{{first}}' AND '{{until}}'::timestamp::date - {WINDOW}
        ),
        days AS (
            SELECT person, count(DISTINCT moment::date) AS days FROM watched JOIN '{{file}}' USING (person)
            WHERE moment >= start AND moment::date - start::date < {WINDOW} GROUP BY 1
        )
        SELECT days, count(*) FROM days GROUP BY 1 ORDER BY 1""",
    ),
}
