"""Keeping what is counted equal to what people do, by adding the difference to the cells.

Whoever counts holds the workspace's mark, so nobody else changes its cells, and they are added to where they stand.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection

from onboarding.progress.assign import canonical
from onboarding.usage.cells import Cell, cells_of
from onboarding.usage.models import Counted
from onboarding.usage.plan import Plan
from onboarding.usage.standing import Adoption, Span, Standing, Start, standing_of
from workspaces.scope import current_workspace_id
from workspaces.scope.bulk import dump, insert_rows

Key = tuple[int, int]  # person and ladder

_JOURNEYS = """
SELECT j.* FROM unnest(%(people)s::bigint[]) AS x(person_id) CROSS JOIN LATERAL (
    SELECT person_id, ladder_id, began_version_id, segment::text, cohort_on, started_at
    FROM progress_journey WHERE workspace_id = %(workspace)s AND person_id = x.person_id OFFSET 0) j"""
# Not person by person: without statistics, as of a growing table, the planner may take the primary key for as good as
# the index by person, and read the whole workspace for each. So it reads it once, at worst.
_SENDERS = "SELECT id, person_id FROM people_sender WHERE workspace_id = %(workspace)s AND person_id = ANY(%(people)s)"
_DAYS = """
SELECT d.* FROM unnest(%(senders)s::bigint[]) AS x(sender_id) CROSS JOIN LATERAL (
    SELECT sender_id, signal, day_on, first_at, last_at FROM usage_usageday
    WHERE workspace_id = %(workspace)s AND sender_id = x.sender_id AND signal = ANY(%(signals)s) OFFSET 0) d"""
_UNLOCKS = """
SELECT j.person_id, j.ladder_id, u.feature, min(u.unlocked_at)
FROM unnest(%(people)s::bigint[]) AS x(person_id) CROSS JOIN LATERAL (
    SELECT id, person_id, ladder_id FROM progress_journey
    WHERE workspace_id = %(workspace)s AND person_id = x.person_id OFFSET 0) j
CROSS JOIN LATERAL (
    SELECT feature, unlocked_at FROM progress_unlock
    WHERE workspace_id = %(workspace)s AND journey_id = j.id AND feature = ANY(%(features)s) OFFSET 0) u
GROUP BY 1, 2, 3"""
_COUNTED = """
SELECT c.* FROM unnest(%(people)s::bigint[]) AS x(person_id) CROSS JOIN LATERAL (
    SELECT person_id, ladder_id, version_id, segment, cohort_on, days::text, adopted::text
    FROM usage_counted WHERE workspace_id = %(workspace)s AND person_id = x.person_id OFFSET 0) c"""
_FORGET = (
    "DELETE FROM usage_counted WHERE workspace_id = %s "
    "AND (person_id, ladder_id) IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[]))"
)
_UPSERT = (
    "(workspace_id, person_id, ladder_id) DO UPDATE SET version_id = excluded.version_id, "
    "segment = excluded.segment, cohort_on = excluded.cohort_on, days = excluded.days, adopted = excluded.adopted"
)
_ADD = """
WITH summed AS (
    SELECT version_id, measure, subject, segment::jsonb AS segment, cohort_on, p, q, n
    FROM json_to_recordset(%(cells)s::json) AS x(version_id bigint, measure text, subject text, segment text,
        cohort_on date, p int, q int, n bigint)
), added AS (
    INSERT INTO usage_usagecell AS cell
        (workspace_id, version_id, measure, subject, cohort_on, p, q, segment_hash, segment, n)
    SELECT %(workspace)s, version_id, measure, subject, cohort_on, p, q, md5(segment::text)::uuid, segment, n
    FROM summed ORDER BY 2, 3, 4, 5, 6, 7, 8
    ON CONFLICT (workspace_id, version_id, measure, subject, cohort_on, p, q, segment_hash)
    DO UPDATE SET n = cell.n + excluded.n
    RETURNING cell.ctid AS place, cell.n
)
SELECT ARRAY(SELECT place FROM added WHERE n = 0)::text[]"""
_REMOVE = "DELETE FROM usage_usagecell WHERE workspace_id = %s AND n = 0 AND ctid = ANY(%s::tid[])"
_CELLS_AT_ONCE = 20_000


def count(people: Iterable[int], plan: Plan) -> int:
    """Count these people as they stand now. Returns of how many journeys that changed anything."""
    people = list(people)
    if not people:
        return 0
    wanted, known = standings_of(people, plan), counted_of(people)
    changed = {key: standing for key, standing in wanted.items() if known.get(key) != standing}
    gone = known.keys() - wanted.keys()
    cells: Counter[Cell] = Counter()
    for key in [*gone, *(key for key in changed if key in known)]:
        cells.subtract(cells_of(known[key]))
    for standing in changed.values():
        cells.update(cells_of(standing))
    insert_rows(Counted, [_row(key, standing) for key, standing in changed.items()], on_conflict=_UPSERT)
    if gone:
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [current_workspace_id(), *map(list, zip(*gone, strict=True))])
    add(cells)
    return len(changed) + len(gone)


def standings_of(people: Iterable[int], plan: Plan) -> dict[Key, Standing]:
    """The journeys of these people as they are to be counted."""
    workspace = {"workspace": current_workspace_id()}
    starts: dict[Key, Start] = {}
    days: dict[int, dict[str, dict[date, Span]]] = {}
    unlocks: dict[Key, dict[str, datetime]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_JOURNEYS, {**workspace, "people": list(people)})
        for person, ladder, version, segment, cohort, at in cursor:
            starts[person, ladder] = Start(version, _canonical(segment), cohort, at)
        begun = list({person for person, _ in starts})
        cursor.execute(_SENDERS, {**workspace, "people": begun})
        person_of = dict(cursor.fetchall())
        cursor.execute(_DAYS, {**workspace, "senders": list(person_of), "signals": sorted(plan.counted)})
        for sender, signal, day, first, last in cursor:
            spans = days.setdefault(person_of[sender], {}).setdefault(signal, {})
            span = Span(first, last)
            spans[day] = span.joined(spans[day]) if day in spans else span
        if plan.used_when:
            cursor.execute(_UNLOCKS, {**workspace, "people": begun, "features": list(plan.used_when)})
            for person, ladder, feature, at in cursor:
                unlocks.setdefault((person, ladder), {})[feature] = at
    return {
        key: standing_of(start, days.get(key[0], {}), unlocks.get(key, {}), used_when=plan.used_when, zone=plan.zone)
        for key, start in starts.items()
    }


def counted_of(people: Iterable[int]) -> dict[Key, Standing]:
    """The journeys of these people as they were counted last."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, {"workspace": current_workspace_id(), "people": list(people)})
        return {(person, ladder): standing(*rest) for person, ladder, *rest in cursor}


def standing(version: int, segment: str, cohort_on: date, days: str, adopted: str) -> Standing:
    """A standing as it was kept."""
    return Standing(
        version,
        segment,
        cohort_on,
        {signal: tuple(indexes) for signal, indexes in json.loads(days).items()},
        {feature: Adoption(date.fromisoformat(on), after) for feature, (on, after) in json.loads(adopted).items()},
    )


def add(cells: Mapping[Cell, int]) -> int:
    """Add these numbers of people to the cells. Returns how many cells that changed."""
    rows = [{**cell._asdict(), "n": n} for cell, n in cells.items() if n]
    with connection.cursor() as cursor:
        for first in range(0, len(rows), _CELLS_AT_ONCE):
            some = dump(rows[first : first + _CELLS_AT_ONCE])
            cursor.execute(_ADD, {"workspace": current_workspace_id(), "cells": some})
            if empty := cursor.fetchone()[0]:
                cursor.execute(_REMOVE, [current_workspace_id(), empty])
    return len(rows)


def _row(key: Key, standing: Standing) -> dict[str, Any]:
    return {
        "person_id": key[0],
        "ladder_id": key[1],
        "version_id": standing.version_id,
        "segment": standing.segment,
        "cohort_on": standing.cohort_on,
        "days": standing.days,
        "adopted": {feature: [on.isoformat(), after] for feature, (on, after) in standing.adopted.items()},
    }


def _canonical(segment: str) -> str:
    return segment if segment == "{}" else canonical(json.loads(segment))
