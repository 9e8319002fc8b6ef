"""The one query behind every number: the cells of a ladder's versions and a range of cohort days."""

import json
from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Max

from analytics.cubes.entries import EPOCH
from analytics.cubes.measures import Measure
from analytics.cubes.models import Cell
from analytics.cubes.reading import Wanted, read
from analytics.cubes.steps import step_of
from analytics.metrics.as_of import AsOf
from analytics.metrics.counts import Block, Counts, Table
from analytics.metrics.days import Days
from analytics.metrics.subject import Goal, Subject
from analytics.metrics.tally import Rows
from milestones.ladders.models import Ladder
from milestones.ladders.specs import published_specs
from workspaces.scope import current_workspace_id

# With segments crossed. The rows of each part and segment come as one string of integers of four bytes: day, elapsed
# time, people.
CELLS = """
SELECT version_id, measure, rung_key, min(segment::text),
    string_agg(int4send(cohort_on - %(first)s) || int4send(elapsed_s::int) || int4send(n::int), ''::bytea)
FROM cubes_cell
WHERE workspace_id = %(workspace)s AND version_id = ANY(%(versions)s)
  AND cohort_on BETWEEN %(first)s AND %(last)s AND reached_on <= %(as_of)s
GROUP BY version_id, measure, rung_key, segment_hash
"""


def counts(
    subject: Subject,
    begun: Days,
    *,
    as_of: AsOf,
    before: Days | None = None,
    crossed: bool = False,
    towards: Collection[Goal] | None = None,
) -> Counts:
    """What is counted of the ladder's people who began on these days, by what was reached up to `as_of`.

    Numbers come from the sheets, which know of single traits how fast people reach first value; with `crossed` from
    the cells, which know everything of every segment. With `before`, days that end where `begun` begins, also of
    whoever began on these, but only everybody's paces to first value and to the end. With `towards` only what these
    goals need is read, of everybody alone. Inside a scope.
    """
    versions = [version.version_id for version in subject.versions]
    if crossed:
        return Counts(_from_cells(versions, begun, as_of))
    wanted = None
    if towards is not None:
        rungs = {key for goal in towards for key in goal.keys.values()}
        wanted = Wanted({Measure.BEGAN, *(goal.measure for goal in towards)}, {"", *rungs})
    return Counts(_from_sheets(versions, begun, as_of, wanted, before))


def _from_cells(versions: list[int], begun: Days, as_of: AsOf) -> Table:
    values: dict[str, Any] = {
        "workspace": current_workspace_id(),
        "versions": versions,
        "first": begun.first,
        "last": begun.last,
        "as_of": as_of.day,
    }
    with connection.cursor() as cursor:
        cursor.execute(CELLS, values)
        return Table.of(
            begun,
            (
                Block((version, measure, rung), _segment(segment), _rows(packed))
                for version, measure, rung, segment, packed in cursor
            ),
        )


def _rows(packed: memoryview) -> Rows:
    day, elapsed_s, n = np.frombuffer(packed, ">i4").astype(np.int64).reshape(-1, 3).T
    return Rows.of(day, step_of(elapsed_s), n)


def _from_sheets(versions: list[int], begun: Days, as_of: AsOf, wanted: Wanted | None, before: Days | None) -> Table:
    days = Days(before.first, begun.last) if before else begun
    entries = read(
        *(current_workspace_id(), versions, days.first, days.last),
        whole_from=begun.first if before else None,
        until=as_of.day if as_of.is_past else None,
        wanted=wanted,
    )
    shift = (days.first - EPOCH).days
    blocks: dict[tuple[str, str | None], list[Block]] = {}
    for key, some in entries.items():
        rows = Rows.of(some["day"] - np.int64(shift), some["step"].astype(np.int64), some["n"].astype(np.int64))
        blocks.setdefault((key.trait, key.value), []).append(Block(key[:3], {}, rows.between(0, days.length)))
    whole_from = begun.first if before else date.min
    everybody = Table.of(days, blocks.pop(("", None), ()), whole_from=whole_from)
    traits: dict[str, dict[str, list[Block]]] = {}
    for (trait, value), of_value in blocks.items():
        assert value is not None
        traits.setdefault(trait, {})[value] = of_value
    for trait, values in traits.items():
        everybody.know_of(trait, values, days)
    return everybody


def subjects() -> list[Subject]:
    """Every ladder that has a published version, by name, the archived ones last. Inside a scope."""
    ladders = {ladder.pk: ladder for ladder in Ladder.objects.select_related("role")}
    versions: dict[int, list] = {}
    for spec in published_specs():
        versions.setdefault(spec.ladder_id, []).append(spec)
    found = [
        Subject(ladders[key].key, ladders[key].name, ladders[key].role.name, tuple(specs))
        for key, specs in versions.items()
    ]
    return sorted(found, key=lambda subject: (subject.archived, subject.name, subject.key))


@lru_cache(maxsize=10_000)
def _segment(text: str) -> dict[str, object]:
    return dict(json.loads(text))


def last_begun(subject: Subject, as_of: AsOf) -> date | None:
    """The last day up to `as_of` on which anybody began; None when nobody ever did. Inside a scope."""
    versions = [version.version_id for version in subject.versions]
    found = Cell.objects.filter(version_id__in=versions, cohort_on__lte=as_of.day, measure=Measure.BEGAN)
    return found.aggregate(last=Max("cohort_on"))["last"]
