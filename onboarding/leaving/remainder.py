"""Keeping and asking for what erased people were counted in. Inside a scope."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

from onboarding.leaving.models import Leaving, Left, LeftAnswer, LeftUse
from workspaces.scope.bulk import insert_rows

C = TypeVar("C", bound=Any)  # a NamedTuple with a `segment`: progress.cells.Cell or usage.cells.Cell

JOURNEYS = ("version_id", "measure", "rung_key", "segment", "cohort_on", "reached_on", "elapsed_s")
USE = ("version_id", "measure", "subject", "segment", "cohort_on", "p", "q")


def add(cells: Mapping[C, int]) -> None:
    """Keep cells of journeys that erased people were counted in."""
    _add(Left, cells, "(workspace_id, version_id, measure, rung_key, cohort_on, reached_on, elapsed_s, segment_hash)")


def add_use(cells: Mapping[C, int]) -> None:
    """Keep cells of use, likewise."""
    _add(LeftUse, cells, "(workspace_id, version_id, measure, subject, cohort_on, p, q, segment_hash)")


def add_answers(cells: Mapping[tuple[int, date, date, int, str], int]) -> None:
    """Keep answers of erased people: (version, day, day of the next one or NEVER, score, segment) → how many."""
    names = ("version_id", "said_on", "next_on", "score", "segment")
    insert_rows(
        LeftAnswer,
        [{**dict(zip(names, cell, strict=True)), "segment_hash": _hash(cell[-1]), "n": n} for cell, n in cells.items()],
        on_conflict="(workspace_id, version_id, said_on, next_on, score, segment_hash) "
        "DO UPDATE SET n = leaving_leftanswer.n + excluded.n",
    )


def _add(model: Any, cells: Mapping[C, int], key: str) -> None:
    insert_rows(
        model,
        [{**cell._asdict(), "segment_hash": _hash(cell.segment), "n": n} for cell, n in cells.items() if n],
        on_conflict=f'{key} DO UPDATE SET n = "{model._meta.db_table}".n + excluded.n',
    )


def _hash(segment: str) -> str:
    return str(uuid.UUID(hashlib.md5(segment.encode(), usedforsecurity=False).hexdigest()))


def journeys() -> Iterator[tuple[tuple[Any, ...], int]]:
    """The cells of journeys, in the order of progress.cells.Cell, and how many erased people each counts."""
    for *cell, n in Left.objects.values_list(*JOURNEYS, "n"):
        yield tuple(cell), n


def use() -> Iterator[tuple[tuple[Any, ...], int]]:
    """The cells of use, in the order of usage.cells.Cell, likewise."""
    for *cell, n in LeftUse.objects.values_list(*USE, "n"):
        yield tuple(cell), n


def note_leaving(began: Counter[tuple[int, Any]], before_value: Counter[tuple[int, Any]], left_on: Any) -> None:
    """Count people of these cohorts (version, day) who were erased on a day; so many of them before first value."""
    insert_rows(
        Leaving,
        [
            {
                "version_id": version,
                "cohort_on": cohort,
                "left_on": left_on,
                "n": n,
                "before_value": before_value[version, cohort],
            }
            for (version, cohort), n in began.items()
        ],
        on_conflict="(workspace_id, version_id, cohort_on, left_on) DO UPDATE SET n = leaving_leaving.n + excluded.n, "
        "before_value = leaving_leaving.before_value + excluded.before_value",
    )
