"""The engine: takes the log beyond a workspace's watermark and makes its progress say what the log says.

1. Lock the watermark, so that one engine works on a workspace at a time.
2. Take into account the history of whatever is newly looked for (a version just published, a trait just declared).
3. Read the next rows of the log, up to the horizon below which no transaction is under way.
4. Note which names were seen and who is who; keep the rows' evidence.
5. Replay everyone for whom the rows can make a difference, and write what changed.
6. Move the watermark, and commit it all at once: whatever crashes, each row has its effect exactly once.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import timezone

from milestones.ladders.specs import published_specs
from onboarding.intake import sightings
from onboarding.people import directory
from onboarding.people.models import Person
from onboarding.progress import account_evidence, earlier, evidence, history, journeys, news, rulings
from onboarding.progress.assign import journeys_of
from onboarding.progress.models import Watermark
from onboarding.progress.news import Position
from onboarding.progress.plan import Plan
from onboarding.progress.relevance import those_it_matters_to
from workspaces.scope import scope
from workspaces.scope.wakes import announce
from workspaces.tenants.models import Workspace

BATCH = 10_000
REPLAYED_AT_ONCE = 5_000


@dataclass(frozen=True)
class Advanced:
    """How many messages were taken, and whether more wait behind a transaction that is still under way."""

    messages: int
    more_to_come: bool


def advance(workspace_id: int, *, batch: int = BATCH, wait: bool = True) -> Advanced:
    """Bring a workspace's progress up to date with its log. Safe to call any time, from anywhere, at once.

    While another engine is at work on the workspace this one waits; or, without `wait`, leaves it at that and says
    that more is to come.
    """
    total = 0
    while True:
        with scope(workspace_id):
            taken, more_to_come = _step(workspace_id, batch, wait=wait)
        total += taken
        if taken < batch:
            return Advanced(total, more_to_come)


def settle(workspace_id: int, *, seconds: float = 60.0) -> Advanced:
    """Advance until no message waits any more: for commands and tests. Raises TimeoutError when some still wait."""
    deadline = time.monotonic() + seconds
    total = 0
    while True:
        advanced = advance(workspace_id)
        total += advanced.messages
        if not advanced.more_to_come:
            return Advanced(total, more_to_come=False)
        if time.monotonic() > deadline:
            raise TimeoutError(f"After {seconds:g} s a transaction that is still under way holds messages back.")
        time.sleep(0.02)


def _step(workspace_id: int, batch: int, *, wait: bool) -> tuple[int, bool]:
    mark = _locked_watermark(wait=wait)
    if mark is None:
        return 0, True
    plan = plan_of(workspace_id)
    position = Position(mark.transaction, mark.row)
    changed = history.catch_up(plan, position, replay_people=replay_people)
    counted = _count_earlier_names(mark)
    rows = news.beyond(position, before=news.horizon(), limit=batch)
    if rows:
        begins = news.log_begins_at()
        sightings.note([row for row in rows if not row.lies_before(begins)])
        noted = directory.note(row.about_people() for row in rows)
        needs = plan.account_needs
        found = evidence.found_in(
            rows, noted.senders, signals=plan.signals.values(), traits=plan.traits, account_traits=needs.traits
        )
        found = earlier.without_repeats(found, rows, begins)
        evidence.store(found)
        shared = account_evidence.store(found.activity, found.of_accounts, joined=noted.joined, needs=needs)
        matters = those_it_matters_to(found, noted, plan, accounts=shared)
        changed |= replay_people(matters, plan)
        directory.vanish(noted.regrouped)
        position = rows[-1].position
        mark.transaction, mark.row = position
        announce("progress.read", workspace_id)
    if rows or changed or counted:
        mark.advanced_at = timezone.now()
        mark.save(update_fields=["transaction", "row", "advanced_at", "names_counted"])
    if changed:
        announce("progress.news", workspace_id)
    return len(rows), len(rows) < batch and news.any_beyond(position)


def _count_earlier_names(mark: Watermark) -> bool:
    """Once for each workspace: count the names in what was read before they were counted with every batch."""
    if mark.names_counted:
        return False
    until, after = Position(mark.transaction, mark.row), news.START
    while rows := news.up_to(until, after=after, limit=BATCH):
        sightings.note(rows)
        after = rows[-1].position
    mark.names_counted = True
    return True


def is_behind(workspace_id: int) -> bool:
    """Whether messages wait beyond the watermark, or something newly looked for has not been taken into account."""
    with scope(workspace_id):
        mark = Watermark.objects.first()
        position = Position(mark.transaction, mark.row) if mark else news.START
        uncounted = mark is not None and not mark.names_counted
        return uncounted or history.is_behind(plan_of(workspace_id)) or news.any_beyond(position)


def locked_watermark() -> Watermark:
    """The watermark, once no other engine is at work on the workspace; nobody else moves it until the scope ends."""
    mark = _locked_watermark(wait=True)
    assert mark is not None
    return mark


def _locked_watermark(*, wait: bool) -> Watermark | None:
    Watermark.objects.bulk_create([Watermark()], ignore_conflicts=True)
    return Watermark.objects.select_for_update(skip_locked=not wait).first()


def plan_of(workspace_id: int) -> Plan:
    """What the engine looks for in this workspace now, in its scope."""
    workspace = Workspace.objects.get(pk=workspace_id)
    return Plan(
        tuple(published_specs()),
        tuple(workspace.segments),
        workspace.zone,
        rulings.any_revoked(),
        tuple(workspace.values),
    )


def replay_people(person_ids: Iterable[int], plan: Plan, *, zone_before: ZoneInfo | None = None) -> bool:
    """Replay these people from their evidence and write what changed. Returns whether anything did."""
    ids = sorted(person_ids)
    changed = False
    for first in range(0, len(ids), REPLAYED_AT_ONCE):
        some = ids[first : first + REPLAYED_AT_ONCE]
        # Only those who have said who they are climb ladders; a visitor's evidence counts once they have.
        known = dict(Person.objects.filter(pk__in=some).exclude(external_id="").values_list("pk", "first_seen_at"))
        known = directory.still_somebody(known)
        facts = evidence.facts_of(known, signals=plan.signals, traits=plan.traits, accounts=plan.account_needs or None)
        states = [state for person, known_facts in facts.items() for state in journeys_of(person, known_facts, plan)]
        changed |= journeys.store(journeys.stored(some), states, plan, zone_before=zone_before)
    return changed
