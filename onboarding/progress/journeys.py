"""Keeping journeys, completions, unlocks and counts equal to what the facts say, by writing the differences."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from onboarding.progress import telling
from onboarding.progress.assign import canonical
from onboarding.progress.cells import Cell, JourneyState, cells_of
from onboarding.progress.models import Completion, CubeDelta, Journey, Unlock
from onboarding.progress.plan import Plan
from onboarding.progress.replay import Reached
from workspaces.scope import current_workspace_id
from workspaces.scope.bulk import insert_rows

Key = tuple[int, int]  # person and ladder
Stored = dict[Key, tuple[int, JourneyState]]  # the journey's id, and its state

UPSERT_JOURNEY = (
    "(workspace_id, person_id, ladder_id) DO UPDATE SET version_id = excluded.version_id, "
    "began_version_id = excluded.began_version_id, started_at = excluded.started_at, cohort_on = excluded.cohort_on, "
    "segment = excluded.segment, first_value_at = excluded.first_value_at, finished_at = excluded.finished_at"
)
UPSERT_COMPLETION = (
    "(workspace_id, journey_id, rung_key) DO UPDATE SET completed_at = excluded.completed_at, "
    "message_id = excluded.message_id, in_order_at = excluded.in_order_at, ruling_id = excluded.ruling_id"
)
UPSERT_UNLOCK = "(workspace_id, journey_id, rung_key, feature) DO UPDATE SET unlocked_at = excluded.unlocked_at"


# Each person's rows are looked up through the index (OFFSET 0 keeps the planner from turning the look-ups into one scan
# of the whole workspace, which it does while the statistics of a growing table are old).
JOURNEYS = """
SELECT j.* FROM unnest(%s::bigint[]) AS x(person_id) CROSS JOIN LATERAL (
    SELECT id, person_id, ladder_id, version_id, began_version_id, started_at, cohort_on, segment, first_value_at,
        finished_at
    FROM progress_journey WHERE workspace_id = %s AND person_id = x.person_id OFFSET 0) j
"""
COMPLETIONS = """
SELECT c.* FROM unnest(%s::bigint[]) AS x(journey_id) CROSS JOIN LATERAL (
    SELECT journey_id, rung_key, completed_at, message_id, in_order_at, ruling_id
    FROM progress_completion WHERE workspace_id = %s AND journey_id = x.journey_id OFFSET 0) c
"""


UNLOCKS = """
SELECT u.* FROM unnest(%s::bigint[]) AS x(journey_id) CROSS JOIN LATERAL (
    SELECT journey_id, rung_key, feature
    FROM progress_unlock WHERE workspace_id = %s AND journey_id = x.journey_id OFFSET 0) u
"""


def stored(person_ids: Iterable[int]) -> Stored:
    """The journeys of these people as they stand in the database."""
    reached: dict[int, dict[str, Reached]] = {}
    unlocks: dict[tuple[int, str], list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(JOURNEYS, [list(person_ids), current_workspace_id()])
        journeys = cursor.fetchall()
        ids = [record[0] for record in journeys]
        cursor.execute(UNLOCKS, [ids, current_workspace_id()])
        for journey, key, feature in cursor:
            unlocks.setdefault((journey, key), []).append(feature)
        cursor.execute(COMPLETIONS, [ids, current_workspace_id()])
        for journey, key, at, message_id, in_order_at, ruling_id in cursor:
            features = tuple(sorted(unlocks.get((journey, key), ())))
            reached.setdefault(journey, {})[key] = Reached(at, message_id, in_order_at, features, ruling_id)
    return {
        (person, ladder): (
            journey,
            JourneyState(
                person,
                ladder,
                version,
                began,
                start,
                cohort,
                _canonical(segment),
                value,
                finish,
                reached.get(journey, {}),
            ),
        )
        for journey, person, ladder, version, began, start, cohort, segment, value, finish in journeys
    }


def _canonical(segment: str) -> str:
    return segment if segment == "{}" else canonical(json.loads(segment))


def store(
    before: Stored,
    after: Sequence[JourneyState],
    plan: Plan,
    *,
    zone_before: ZoneInfo | None = None,
    tell: bool = True,
) -> bool:
    """Make the database say `after` of the people whose journeys were `before`. Returns whether anything changed.

    `tell`: what is new is told to programs; a correction of what was kept is none of their news.

    `zone_before` is the time zone in which `before` was counted, where that was another than the plan's: then every
    count is taken back from the days of the old zone and added to those of the new one.
    """
    counted_in = zone_before or plan.zone
    moved = counted_in.key != plan.zone.key
    wanted = {(state.person_id, state.ladder_id): state for state in after}
    gone = {key: before[key] for key in before.keys() - wanted.keys()}
    changed = {key: state for key, state in wanted.items() if moved or key not in before or before[key][1] != state}
    if not gone and not changed:
        return False
    counts: Counter[Cell] = Counter()
    for _, state in [*gone.values(), *(before[key] for key in changed if key in before)]:
        counts.subtract(cells_of(state, counted_in))
    for state in changed.values():
        counts.update(cells_of(state, plan.zone))
    _delete([journey for journey, _ in gone.values()])
    ids = _upsert_journeys(changed.values())
    _write_completions(before, changed, ids)
    write_deltas(counts)
    if tell:
        telling.tell({key: state for key, (_, state) in before.items()}, changed, plan, now=timezone.now())
    return True


def _delete(journeys: list[int]) -> None:
    if journeys:
        for model in (Unlock, Completion):
            model.objects.filter(journey__in=journeys)._raw_delete("default")
        Journey.objects.filter(pk__in=journeys)._raw_delete("default")


def _upsert_journeys(states: Iterable[JourneyState]) -> dict[Key, int]:
    rows = [
        {
            "person_id": state.person_id,
            "ladder_id": state.ladder_id,
            "version_id": state.version_id,
            "began_version_id": state.began_version_id,
            "started_at": state.started_at,
            "cohort_on": state.cohort_on,
            "segment": json.loads(state.segment),
            "first_value_at": state.first_value_at,
            "finished_at": state.finished_at,
        }
        for state in states
    ]
    written = insert_rows(Journey, rows, on_conflict=UPSERT_JOURNEY, returning=("person_id", "ladder_id", "id"))
    return {(person, ladder): journey for person, ladder, journey in written}


def _write_completions(before: Stored, changed: Mapping[Key, JourneyState], ids: Mapping[Key, int]) -> None:
    completions: list[dict[str, Any]] = []
    unlocks: list[dict[str, Any]] = []
    lost: list[tuple[int, str]] = []
    locked: list[tuple[int, str, str]] = []
    for key, state in changed.items():
        known = before[key][1].reached if key in before else {}
        for rung, reached in state.reached.items():
            old = known.get(rung)
            if old == reached:
                continue
            completions.append(
                {
                    "journey_id": ids[key],
                    "rung_key": rung,
                    "completed_at": reached.at,
                    "message_id": reached.message_id,
                    "in_order_at": reached.in_order_at,
                    "ruling_id": reached.ruling_id,
                }
            )
            unlocks += (
                {
                    "journey_id": ids[key],
                    "rung_key": rung,
                    "person_id": state.person_id,
                    "feature": feature,
                    "unlocked_at": reached.at,
                }
                for feature in reached.unlocks
            )
            if old is not None:
                locked += ((ids[key], rung, feature) for feature in set(old.unlocks) - set(reached.unlocks))
        for rung in known.keys() - state.reached.keys():
            lost.append((ids[key], rung))
            locked += ((ids[key], rung, feature) for feature in known[rung].unlocks)
    insert_rows(Completion, completions, on_conflict=UPSERT_COMPLETION)
    insert_rows(Unlock, unlocks, on_conflict=UPSERT_UNLOCK)
    _remove("progress_completion", ("journey_id", "rung_key"), lost)
    _remove("progress_unlock", ("journey_id", "rung_key", "feature"), locked)


def _remove(table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Delete the rows with these keys: a journey's id, and texts."""
    if not rows:
        return
    arrays = ", ".join(["%s::bigint[]", *["%s::text[]"] * (len(columns) - 1)])
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE workspace_id = %s "
            f"AND ({', '.join(columns)}) IN (SELECT * FROM unnest({arrays}))",
            [current_workspace_id(), *map(list, zip(*rows, strict=True))],
        )


def write_deltas(counts: Counter[Cell]) -> None:
    """Have these numbers of people added to the cubes."""
    insert_rows(
        CubeDelta,
        [{**cell._asdict(), "segment": json.loads(cell.segment), "n": n} for cell, n in counts.items() if n != 0],
    )
