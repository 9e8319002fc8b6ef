"""How counts are packed, so that what a page reads is some strings of bytes rather than many rows."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from analytics.cubes import copied
from analytics.cubes.measures import Measure
from analytics.cubes.steps import DAY_STEP_SQL, STEP_SQL

# What the bytes hold. Days are counted from EPOCH.
ENTRY = np.dtype([("day", ">i2"), ("step", ">i2"), ("n", ">i4")])
EPOCH = date(2000, 1, 1)
Entries = np.ndarray[tuple[int, ...], np.dtype[Any]]
NOTHING = np.zeros(0, ENTRY)

# By trait only what paces are reckoned from; other questions with segments are answered from the cells.
BY_TRAIT = (Measure.BEGAN, Measure.VALUE)

# Rows (version_id, cohort_on, measure, rung_key, segment, elapsed_s, n) of `counted` as entries, of `traits`.
# The ordered funnel is only ever asked for in whole days.
_ENTRIES = f"""
SELECT version_id, cohort_on, measure, rung_key, trait, value, (cohort_on - DATE '{EPOCH}')::int2 AS day,
    (CASE measure WHEN '{Measure.IN_ORDER}' THEN {DAY_STEP_SQL} ELSE {STEP_SQL} END)::int2 AS step, n
FROM counted CROSS JOIN LATERAL ({{traits}}) traits
"""
_EVERYBODY = "SELECT '' AS trait, NULL::text AS value"
# Of everybody (trait '') and of the people with one value of a trait.
ENTRIES = _ENTRIES.format(
    traits=f"""
    {_EVERYBODY}
    UNION ALL
    SELECT e.key, e.value FROM jsonb_each_text(segment) e
    WHERE e.value IS NOT NULL AND measure IN ({", ".join(f"'{measure}'" for measure in BY_TRAIT)})
"""
)
ENTRIES_OF_EVERYBODY = _ENTRIES.format(traits=_EVERYBODY)
PACKED = "string_agg(int2send(day) || int2send(step) || int4send(n::int4), ''::bytea ORDER BY day, step)"


class Key(NamedTuple):
    """A part, of everybody (trait '') or of the people whose trait had the value at the start of their journey."""

    version_id: int
    measure: str
    rung_key: str
    trait: str
    value: str | None


class Piece(NamedTuple):
    """Some entries of a key; `edge` says that they were chosen by the day on which they were reached."""

    key: Key
    edge: bool
    entries: Entries


def pieces(statement: str, values: dict[str, Any]) -> Iterator[Piece]:
    """What a statement returns in rows of (*Key, edge, bytes)."""
    for version_id, measure, rung_key, trait, value, edge, some in copied.rows(statement, values):
        of = None if value is None else _text(value)
        key = Key(int.from_bytes(version_id or b"", "big"), _text(measure), _text(rung_key), _text(trait), of)
        yield Piece(key, bool(edge and edge[0]), np.frombuffer(some or b"", ENTRY))


def _text(column: memoryview | None) -> str:
    return str(column or b"", "utf-8")


def together(some: Iterable[Piece]) -> dict[Key, Entries]:
    """One array for each key."""
    found: dict[Key, list[Entries]] = {}
    for piece in some:
        found.setdefault(piece.key, []).append(piece.entries)
    return {key: piles[0] if len(piles) == 1 else np.concatenate(piles) for key, piles in found.items()}
