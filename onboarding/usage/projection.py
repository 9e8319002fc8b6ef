"""The projection: takes what the engine has read of a workspace's log beyond a mark of its own, and counts use by it.

1. Lock the mark, so that one projection works on a workspace at a time.
2. If anything else is looked for than before (a key workflow, a feature's use, the time zone), begin to look back.
3. Claim some of those whose journeys, unlocks or senders have changed.
4. Read the next rows of the log, up to where the engine is, so that every sender is known; keep their days of use.
5. While looking back: make some senders' days anew from the log.
6. Count all whom that concerns, move the mark, and commit it all at once: whatever crashes, each row counts once.

What is claimed and read is committed before; what the engine commits meanwhile is in the queue for the next turn.
"""

import time
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from onboarding.people.models import Sender
from onboarding.progress.news import Position
from onboarding.progress.recompute import watermark
from onboarding.usage import counting, days, reading
from onboarding.usage.models import Stale, UsageMark
from onboarding.usage.plan import Plan, plan_of
from workspaces.scope import current_workspace_id, scope

BATCH = 10_000
PEOPLE_AT_ONCE = 5_000
CATCHING_UP_SECONDS = 20.0
SENDERS_AT_ONCE = 500  # of whom all messages are looked at in one transaction

_CLAIM = """
WITH next AS (SELECT id FROM usage_stale WHERE workspace_id = %(workspace)s ORDER BY id LIMIT %(limit)s)
DELETE FROM usage_stale s USING next WHERE s.workspace_id = %(workspace)s AND s.id = next.id RETURNING s.person_id"""

_EVERYBODY = """
INSERT INTO usage_stale (workspace_id, person_id)
SELECT workspace_id, person_id FROM progress_journey WHERE workspace_id = %(workspace)s"""


@dataclass(frozen=True)
class Advanced:
    """How many messages were taken, and whether more is to be done."""

    messages: int
    more_to_come: bool


def advance(workspace_id: int, *, batch: int = BATCH, wait: bool = True, seconds: float | None = None) -> Advanced:
    """Bring what is counted up to date with what the engine has read. Safe to call any time, from anywhere, at once.

    While another one is at work on the workspace this one waits; or, without `wait`, leaves it at that. With `seconds`
    it stops after about so long, and says that more is to come.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    total = 0
    while True:
        with scope(workspace_id):
            taken, more_to_come = _step(workspace_id, batch, wait=wait)
        total += max(taken, 0)
        if not more_to_come or taken < 0 or (deadline is not None and time.monotonic() > deadline):
            return Advanced(total, more_to_come)


def catch_up(workspace_id: int) -> bool:
    """Read what the engine has read by now. Returns whether that was all, with nothing to look back at: LOG_READERS."""
    return not advance(workspace_id, seconds=CATCHING_UP_SECONDS).more_to_come


def is_behind(workspace_id: int) -> bool:
    """Whether anything waits to be counted."""
    with scope(workspace_id):
        mark = UsageMark.objects.first() or UsageMark()
        return (
            mark.passed is not None
            or mark.needs != plan_of(workspace_id).needs
            or Stale.objects.exists()
            or reading.any_beyond(position_of(mark), until=watermark())
        )


def _step(workspace_id: int, batch: int, *, wait: bool) -> tuple[int, bool]:
    """One turn: how many messages it took (-1: somebody else is at work), and whether there is more to do."""
    mark = locked_mark(wait=wait)
    if mark is None:
        return -1, True
    plan = plan_of(workspace_id)
    before = (mark.transaction, mark.row, mark.needs, mark.passed)
    _look_back_if_needed(mark, plan)
    people = _claim()
    more_to_come = len(people) >= PEOPLE_AT_ONCE
    # Read after the claim: what the engine committed by then is seen, what it commits later is claimed later.
    rows = reading.beyond(position_of(mark), until=watermark(), limit=batch, plan=plan)
    changed = days.add(rows, plan)
    if rows:
        mark.transaction, mark.row = rows[-1].position
    more_to_come |= len(rows) >= batch
    if mark.passed is not None:
        changed |= _look_back(mark, plan)
        more_to_come |= mark.passed is not None
    people |= people_of(changed)
    counting.count(people, plan)
    if people or before != (mark.transaction, mark.row, mark.needs, mark.passed):
        mark.advanced_at = timezone.now()
        mark.save()
    return len(rows), more_to_come


def locked_mark(*, wait: bool = True) -> UsageMark | None:
    """The workspace's mark; nobody else moves it or counts until the scope ends."""
    UsageMark.objects.bulk_create([UsageMark()], ignore_conflicts=True)
    return UsageMark.objects.select_for_update(skip_locked=not wait).first()


def position_of(mark: UsageMark) -> Position:
    return Position(mark.transaction, mark.row)


def people_of(senders: set[int]) -> set[int]:
    """Whose senders these are, by their ids."""
    if not senders:
        return set()
    return set(Sender.objects.filter(pk__in=senders).values_list("person", flat=True))


def _look_back_if_needed(mark: UsageMark, plan: Plan) -> None:
    if mark.needs == plan.needs:
        return
    if mark.needs is None:  # nothing was counted before, so there is nothing to look back at but who began
        with connection.cursor() as cursor:
            cursor.execute(_EVERYBODY, {"workspace": current_workspace_id()})
    else:
        mark.passed, mark.pass_done, mark.pass_total = 0, 0, Sender.objects.count()
    mark.needs = plan.needs


def _look_back(mark: UsageMark, plan: Plan) -> set[int]:
    """Make the next senders' days anew. All of them are counted: a feature's day of unlock may be another as well."""
    following = Sender.objects.filter(pk__gt=mark.passed).order_by("pk").values_list("key", "pk")
    senders = dict(following[:SENDERS_AT_ONCE])
    days.make_anew(senders, until=position_of(mark), plan=plan)
    mark.pass_done += len(senders)
    mark.passed = max(senders.values()) if len(senders) == SENDERS_AT_ONCE else None
    return set(senders.values())


def _claim() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"workspace": current_workspace_id(), "limit": PEOPLE_AT_ONCE})
        return {person for (person,) in cursor}
