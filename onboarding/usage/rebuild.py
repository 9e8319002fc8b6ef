"""All that is counted of use put right, from the raw log and the kept journeys, while the engine goes on.

Only the projection waits meanwhile, a short while at a time. Where nothing is wrong nothing is written.
"""

from collections import Counter

from django.db import connection

from onboarding.usage import counting, days, recompute
from onboarding.usage.plan import plan_of
from onboarding.usage.projection import advance, locked_mark, people_of, position_of
from workspaces.scope import current_workspace_id, scope

_FORGET_NOBODY = """
DELETE FROM usage_usageday d WHERE d.workspace_id = %(workspace)s AND NOT EXISTS (
    SELECT FROM people_sender s WHERE s.workspace_id = %(workspace)s AND s.id = d.sender_id)"""
# Cells that came to nothing go with the count that emptied them, and each is filed under its own segment's hash.
_TAKE_OUT = (
    "DELETE FROM usage_usagecell WHERE workspace_id = %s AND (n = 0 OR segment_hash <> md5(segment::text)::uuid)"
)


def rebuild(workspace_id: int) -> Counter[str]:
    """Make it right. Returns how many days, standings and cells were wrong."""
    advance(workspace_id)
    found: Counter[str] = Counter()
    with scope(workspace_id):
        senders = list(recompute.senders_at_once())
        people = list(recompute.people_at_once())
    for some in senders:
        with scope(workspace_id):
            mark = locked_mark()
            assert mark is not None
            plan = plan_of(workspace_id)
            wrong = days.make_anew(some, until=position_of(mark), plan=plan)
            found["days of use"] += wrong
            if wrong:
                found["standings of use"] += counting.count(people_of(set(some.values())), plan)
    for portion in people:
        with scope(workspace_id):
            locked_mark()
            found["standings of use"] += counting.count(portion, plan_of(workspace_id))
    with scope(workspace_id), connection.cursor() as cursor:
        locked_mark()
        cursor.execute(_FORGET_NOBODY, {"workspace": workspace_id})
        found["days of use"] += cursor.rowcount
        cursor.execute(_TAKE_OUT, [current_workspace_id()])
        misfiled = cursor.rowcount
        wanted, kept = recompute.cells_wanted(), recompute.cells_kept()
        wanted.subtract(kept)
        found["cells of use"] += max(counting.add(wanted), misfiled)
    return +found
