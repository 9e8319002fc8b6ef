"""The one query behind every number: the cells of a ladder's versions and a range of cohort days."""

import json
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Max

from analytics.cubes.measures import Measure
from analytics.cubes.models import Cell
from analytics.metrics.as_of import AsOf
from analytics.metrics.counts import Block, Counts, Table
from analytics.metrics.days import Days
from analytics.metrics.subject import Subject
from analytics.metrics.tally import Rows
from milestones.ladders.models import Ladder
from milestones.ladders.specs import published_specs
from workspaces.scope import current_workspace_id

# The rows of each part and segment come as one string of integers of four bytes: day, elapsed time, people.
CELLS = """
SELECT version_id, measure, rung_key, segment,
    string_agg(int4send(cohort_on - %(first)s) || int4send(elapsed_s::int) || int4send(n::int), '' ORDER BY cohort_on)
FROM (
    SELECT version_id, measure, rung_key, segment::text, cohort_on, elapsed_s, sum(n) AS n
    FROM cubes_cell
    WHERE workspace_id = %(workspace)s AND version_id = ANY(%(versions)s)
      AND cohort_on BETWEEN %(first)s AND %(last)s AND reached_on <= %(as_of)s
    GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(n) <> 0
) summed
GROUP BY 1, 2, 3, 4
"""


def counts(subject: Subject, begun: Days, *, as_of: AsOf) -> Counts:
    """The ladder's cells of people who began on these days, by what was reached up to `as_of`. Inside a scope."""
    values: dict[str, Any] = {
        "workspace": current_workspace_id(),
        "versions": [version.version_id for version in subject.versions],
        "first": begun.first,
        "last": begun.last,
        "as_of": as_of.day,
    }
    with connection.cursor() as cursor:
        cursor.execute(CELLS, values)
        return Counts(
            Table.of(
                begun,
                (
                    Block((version, measure, rung), _segment(segment), _rows(packed))
                    for version, measure, rung, segment, packed in cursor
                ),
            )
        )


def _rows(packed: memoryview) -> Rows:
    return Rows(*np.frombuffer(packed, ">i4").astype(np.int64).reshape(-1, 3).T)


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
