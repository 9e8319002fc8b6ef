"""Everything that is counted of use once more: days from the raw log, standings from days, cells from standings.

The journeys and senders that it rests on are the kept ones, which progress compares with the log for itself. Inside a
scope and one moment of the database (a snapshot, or under the lock of the mark).
"""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from django.db import connection

from onboarding.leaving import remainder
from onboarding.people.models import Sender
from onboarding.progress.assign import canonical
from onboarding.usage import counting, days
from onboarding.usage.cells import Cell, cells_of
from onboarding.usage.models import Stale, UsageMark
from onboarding.usage.plan import Plan
from onboarding.usage.projection import position_of
from workspaces.scope import current_workspace_id

AT_ONCE = 1_000

CELLS = """
SELECT version_id, measure, subject, segment::text, cohort_on, p, q, n FROM usage_usagecell WHERE workspace_id = %s"""
COUNTED = (
    "SELECT version_id, segment, cohort_on, days::text, adopted::text FROM usage_counted "
    "WHERE workspace_id = %s ORDER BY person_id, ladder_id"
)
OF_NOBODY = """
SELECT count(*) FROM usage_usageday d WHERE d.workspace_id = %(workspace)s AND NOT EXISTS (
    SELECT FROM people_sender s WHERE s.workspace_id = %(workspace)s AND s.id = d.sender_id)"""
PEOPLE = """
SELECT person_id FROM progress_journey WHERE workspace_id = %(workspace)s
UNION SELECT person_id FROM usage_counted WHERE workspace_id = %(workspace)s ORDER BY 1"""


def differences(plan: Plan) -> Iterator[str]:
    """A sentence for everything that differs; none when all is well."""
    yield from _wrong_days(plan)
    yield from _wrong_standings(plan)
    wanted, found = cells_wanted(), cells_kept()
    for cell in sorted(wanted.keys() | found.keys()):
        if wanted[cell] != found[cell]:
            yield f"Use, {cell}: counted {found[cell]}, should be {wanted[cell]}."


def senders_at_once() -> Iterator[dict[str, int]]:
    """All senders (key → id), some at a time."""
    after = 0
    while some := dict(Sender.objects.filter(pk__gt=after).order_by("pk").values_list("key", "pk")[:AT_ONCE]):
        yield some
        after = max(some.values())


def people_at_once() -> Iterator[list[int]]:
    """All who have a journey or were counted, some at a time."""
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"workspace": current_workspace_id()})
        everybody = iter([person for (person,) in cursor])
    while some := list(islice(everybody, AT_ONCE)):
        yield some


def cells_wanted() -> Counter[Cell]:
    """The cells that standings, as they were counted, add up to, with what erased people were counted in."""
    cells: Counter[Cell] = Counter({Cell(*left): n for left, n in remainder.use()})
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, [current_workspace_id()])
        for record in cursor:
            cells.update(cells_of(counting.standing(*record)))
    return cells


def cells_kept() -> Counter[Cell]:
    cells: Counter[Cell] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(CELLS, [current_workspace_id()])
        for version, measure, subject, segment, cohort_on, p, q, n in cursor:
            cells[Cell(version, measure, subject, canonical_segment(segment), cohort_on, p, q)] += n
    return cells


def canonical_segment(text: str) -> str:
    """PostgreSQL writes keys in another order than the engine."""
    return canonical(json.loads(text))


def _wrong_days(plan: Plan) -> Iterator[str]:
    mark = UsageMark.objects.first() or UsageMark()
    for senders in senders_at_once():
        names = {pk: key for key, pk in senders.items()}
        wanted, kept = days.expected(senders, until=position_of(mark), plan=plan)
        for key in sorted(wanted.keys() | kept.keys()):
            if wanted.get(key) != kept.get(key):
                what = f"Use of {key[1]} by {names[key[0]]} on {key[2]}"
                yield f"{what}: kept {kept.get(key)}, the log says {wanted.get(key)}."
    with connection.cursor() as cursor:
        cursor.execute(OF_NOBODY, {"workspace": current_workspace_id()})
        if orphans := cursor.fetchone()[0]:
            yield f"{orphans} days of use are kept of senders whom nobody knows."


def _wrong_standings(plan: Plan) -> Iterator[str]:
    waiting = set(Stale.objects.values_list("person_id", flat=True))
    for people in people_at_once():
        settled = [person for person in people if person not in waiting]
        wanted, known = counting.standings_of(settled, plan), counting.counted_of(settled)
        for key in sorted(wanted.keys() | known.keys()):
            if wanted.get(key) != known.get(key):
                yield (
                    f"Use by person {key[0]} on ladder {key[1]}: counted as {known.get(key)}, "
                    f"by days it is {wanted.get(key)}."
                )
