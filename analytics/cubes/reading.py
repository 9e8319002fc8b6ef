"""What was counted, read from sheets, loose counts and, where these do not say enough, from the cells."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from analytics.cubes.entries import ENTRIES, ENTRIES_OF_EVERYBODY, EPOCH, PACKED, Entries, Key, pieces, together
from analytics.cubes.measures import PACES
from analytics.cubes.steps import DAY, step_of

SOME = "AND measure = ANY(%(measures)s) AND rung_key = ANY(%(rungs)s)"
# Of whoever began before `whole_from` only what everybody's paces to first value and to the end rest on.
OF_PACES = "measure IN ({})".format(", ".join(f"'{measure}'" for measure in PACES))
SHEETS_BEFORE = f"AND (week_on >= date_trunc('week', %(whole_from)s::date)::date OR trait = '' AND {OF_PACES})"
COUNTS_BEFORE = f"AND (cohort_on >= %(whole_from)s OR trait = '' AND {OF_PACES})"
EDGE_BEFORE = f"AND (day >= %(whole_from)s OR part.{OF_PACES})"
OF_SHEETS = """
SELECT version_id, measure, rung_key, trait, value, false AS edge, string_agg(counts, ''::bytea ORDER BY week_on)
FROM cubes_sheet
WHERE workspace_id = %(workspace)s AND version_id = ANY(%(versions)s)
    AND week_on BETWEEN date_trunc('week', %(first)s::date)::date AND %(last)s {some}
GROUP BY 1, 2, 3, 4, 5
"""
OF_COUNTS = f"""
SELECT version_id, measure, rung_key, trait, value, {{edge}}, {PACKED}
FROM (WITH counted AS ({{counted}}) {{entries}}) entry WHERE true {{where}}
GROUP BY 1, 2, 3, 4, 5
"""
LOOSE = """
SELECT version_id, cohort_on, measure, rung_key, segment, elapsed_s, n FROM cubes_loose
WHERE workspace_id = %(workspace)s AND version_id = ANY(%(versions)s) AND cohort_on BETWEEN %(first)s AND %(last)s
"""
CELLS = LOOSE.replace("cubes_loose", "cubes_cell")

# As of the end of the day `until`. Whoever began on day c has reached by then whatever took them `until - c - 1` days
# at most, and nothing that took them more than `until - c + 2`, wherever midnights are (a zone may skip a whole day).
# Only in between does the day count on which it was reached, which the cells alone keep. OFFSET keeps the planner, that
# may know nothing of the table yet, from reading all cells instead of looking a few up for each day and part.
CLEAR_DAYS, OPEN_DAYS = 1, 2
ON_THE_EDGE = f"""
SELECT cell.version_id, cell.cohort_on, cell.measure, cell.rung_key, segment, elapsed_s, n
FROM (
    SELECT DISTINCT version_id, measure, rung_key FROM cubes_sheet
    WHERE workspace_id = %(workspace)s AND version_id = ANY(%(versions)s)
        AND week_on BETWEEN date_trunc('week', %(first)s::date)::date AND %(last)s {{some}}
    UNION
    SELECT version_id, measure, rung_key FROM cubes_loose
    WHERE workspace_id = %(workspace)s AND version_id = ANY(%(versions)s)
        AND cohort_on BETWEEN %(first)s AND %(last)s {{some}}
) part
CROSS JOIN generate_series(%(first)s::date, least(%(last)s, %(until)s)::timestamp, '1 day') days (day)
JOIN LATERAL (
    SELECT * FROM cubes_cell
    WHERE workspace_id = %(workspace)s AND version_id = part.version_id AND cohort_on = day::date
        AND measure = part.measure AND rung_key = part.rung_key
        AND elapsed_s > (%(until)s::date - day::date - {CLEAR_DAYS}) * {DAY}::bigint
        AND elapsed_s <= (%(until)s::date - day::date + {OPEN_DAYS}) * {DAY}::bigint
        AND reached_on <= %(until)s {{before}}
    OFFSET 0
) cell ON true
"""


class Wanted(NamedTuple):
    """Which parts are asked for, of everybody alone: these measures of these rungs ('' for the whole ladder)."""

    measures: Collection[str]
    rungs: Collection[str]


def read(
    workspace_id: int,
    versions: list[int],
    first: date,
    last: date,
    *,
    whole_from: date | None = None,
    until: date | None = None,
    wanted: Wanted | None = None,
) -> dict[Key, Entries]:
    """Entries of people who began in the weeks of these days, in no order; of one moment. Inside a scope.

    With `until`, a past day, only what was reached by its end. Without `wanted` everything there is; with `whole_from`
    that only of whoever began from that day on, and of the others what everybody's paces rest on.
    """
    values: dict[str, Any] = {"workspace": workspace_id, "versions": versions, "first": first, "last": last}
    some = of_sheets = of_counts = on_the_edge = ""
    if wanted:
        values |= {"measures": list(wanted.measures), "rungs": list(wanted.rungs)}
        some, of_sheets = SOME, f"{SOME} AND trait = ''"
    if whole_from:
        values["whole_from"] = whole_from
        of_sheets, of_counts, on_the_edge = f"{of_sheets} {SHEETS_BEFORE}", COUNTS_BEFORE, EDGE_BEFORE
    counted, edge = LOOSE + some, ON_THE_EDGE.format(some=some, before=on_the_edge)
    entries = ENTRIES_OF_EVERYBODY if wanted else ENTRIES
    statements = [OF_SHEETS.format(some=of_sheets), _of_counts(counted, entries, of_counts)]
    if until is not None:
        values["until"] = until
        statements.append(_of_counts(edge, entries, of_counts, edge=True))
    return together(
        piece if piece.edge or until is None else piece._replace(entries=_by(until, piece.entries))
        for piece in pieces(" UNION ALL ".join(statements), values)
    )


def of_cells(workspace_id: int, versions: list[int]) -> dict[Key, Entries]:
    """What the cells say of everybody who ever began. Inside a scope."""
    values = {"workspace": workspace_id, "versions": versions, "first": date.min, "last": date.max}
    return together(pieces(_of_counts(CELLS), values))


def _of_counts(counted: str, entries: str = ENTRIES, where: str = "", *, edge: bool = False) -> str:
    return OF_COUNTS.format(counted=counted, entries=entries, where=where, edge=edge)


def _by(until: date, entries: Entries) -> Entries:
    """Those of which it is clear that they were reached by the end of that day."""
    days = (until - EPOCH).days - CLEAR_DAYS - entries["day"].astype(np.int64)
    return entries[(days >= 0) & (entries["step"] <= step_of(np.maximum(days, 0) * DAY))]
