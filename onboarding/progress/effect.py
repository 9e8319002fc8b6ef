"""What a rung's criterion would have made of the people who began lately: the first answer that an editor wants.

1. Who began in the last 90 days by the draft's start and role, as if it had been in force all along; where nobody did,
   in the last 90 days in which somebody did. Of many, the latest FEW_ENOUGH.
2. What they did since, for the rung and those above it: kept evidence, and the log for what is not tracked yet.
3. The engine's own function; the rest is counting.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from milestones.ladders.models import LadderVersion
from milestones.ladders.spec import RungSpec, VersionSpec
from milestones.ladders.specs import published_specs, spec_of
from milestones.library.conditions import signals
from onboarding.intake import sightings
from onboarding.intake.models import LoggedEvent
from onboarding.people import directory
from onboarding.people.models import Person
from onboarding.progress import proofs, rulings, untracked
from onboarding.progress.assign import journeys_of
from onboarding.progress.cells import JourneyState
from onboarding.progress.plan import ALWAYS, Plan
from onboarding.progress.replay import Reached
from onboarding.progress.untracked import Known
from workspaces.scope import current_workspace_id
from workspaces.tenants.models import Workspace

PERIOD = timedelta(days=90)
FEW_ENOUGH = 2_000
SHOWN = 5


class Unseen(NamedTuple):
    """An event that is asked for and that nobody ever sent, and names that may have been meant."""

    event: str
    like: Sequence[str]


class Passer(NamedTuple):
    """Somebody who would pass: when, how long after they began, and the message that proves it (empty: a trait does).

    `proof` is that message's event, as long as it is kept.
    """

    person: Person
    at: datetime
    took: timedelta
    message_id: str
    proof: LoggedEvent | None


@dataclass(frozen=True)
class Effect:
    """`began` people began from `since` to `until`; with `more`, they are the latest of the many who did.

    Of them `passed` would pass, half of these within `median`. `unasked` did it before the checklist would have come
    to it: while a step above was still to do.
    """

    rung: RungSpec
    since: datetime
    until: datetime
    lately: bool  # whether that is the last 90 days, rather than the last in which anybody began
    began: int
    more: bool
    passed: int
    median: timedelta | None
    unasked: int
    sample: Sequence[Passer]
    unseen: Sequence[Unseen]

    @property
    def share(self) -> float | None:
        return self.passed / self.began if self.began else None


@dataclass(frozen=True)
class Lately:
    """The climbs of those who began from `since` to `until`, as if `spec` had been in force all along.

    `lately`: these are the last 90 days, rather than the last in which anybody began. `more`: there were too many, so
    these are the latest of them.
    """

    spec: VersionSpec
    climbs: Sequence[JourneyState]
    since: datetime
    until: datetime
    lately: bool
    more: bool


def effect_of(version: LadderVersion, key: str, *, now: datetime | None = None) -> Effect | None:
    """The effect of one rung of a version (a draft, mostly), in its workspace's scope; None if it has no such rung."""
    spec = spec_of(version)
    place = next((number for number, rung in enumerate(spec.rungs) if rung.key == key), None)
    if place is None:
        return None
    found = lately(replace(spec, rungs=spec.rungs[: place + 1], funnel=()), now=now or timezone.now(), unruled=key)
    passed = {climb.person_id: (climb, climb.reached[key]) for climb in found.climbs if key in climb.reached}
    took = [reached.at - climb.started_at for climb, reached in passed.values()]
    return Effect(
        rung=spec.rungs[place],
        since=found.since,
        until=found.until,
        lately=found.lately,
        began=len(found.climbs),
        more=found.more,
        passed=len(passed),
        median=timedelta(seconds=statistics.median(t.total_seconds() for t in took)) if took else None,
        unasked=sum(_unasked(climb, found.spec) for climb, _ in passed.values()),
        sample=_sample(passed),
        unseen=_unseen(spec, spec.rungs[place]),
    )


def lately(spec: VersionSpec, *, now: datetime, unruled: str = "") -> Lately:
    """Who began lately and how far they would have come on this version, in the current scope.

    What members ruled on the rung `unruled` is left out: it says nothing of the rung's criterion.
    """
    spec = replace(spec, published_at=ALWAYS, effective_from=None, moves=False, closed_at=None)
    others = tuple(other for other in published_specs() if other.ladder_id != spec.ladder_id)
    plan = Plan((*others, spec), (), Workspace.objects.get(pk=current_workspace_id()).zone, rulings.any_revoked())
    known = untracked.known()
    starts, more = _latest_starts(spec, known, now)
    last = max(starts.values(), default=now)
    until = now if last > now - PERIOD else last
    climbs = _climbs(starts, plan, spec, known, unruled)
    return Lately(spec, climbs, until - PERIOD, until, until == now, more)


STARTS_IN_ACTIVITY = """
SELECT s.person_id, min(a.occurred_at) AS at FROM progress_activity a
JOIN people_sender s ON s.workspace_id = a.workspace_id AND s.id = a.sender_id
WHERE a.workspace_id = %(workspace)s AND a.signal = %(signal)s GROUP BY s.person_id"""
STARTS_IN_LOG = """
SELECT s.person_id, min(e.occurred_at) AS at FROM intake_event e
JOIN people_sender s ON s.workspace_id = e.workspace_id AND s.key = e.sender
WHERE e.workspace_id = %(workspace)s AND e.event = %(event)s
  AND (e.written_xid, e.id) <= (%(transaction)s::text::xid8, %(row)s) GROUP BY s.person_id"""
STARTS_FOUND = "SELECT * FROM unnest(%(people)s::bigint[], %(times)s::timestamptz[]) AS found(person_id, at)"
FIRST_SEEN = "SELECT id AS person_id, first_seen_at AS at FROM people_person WHERE workspace_id = %(workspace)s"
# Of everybody's starts the latest ones, and one more to tell that there are more.
LATEST = """
WITH starts AS MATERIALIZED ({starts}),
period AS (
    SELECT CASE WHEN max(at) > %(now)s - %(period)s THEN %(now)s ELSE max(at) END - %(period)s AS since FROM starts)
SELECT starts.person_id, starts.at FROM period, starts
JOIN people_person p ON p.workspace_id = %(workspace)s AND p.id = starts.person_id AND p.external_id <> ''
WHERE starts.at > period.since ORDER BY starts.at DESC LIMIT %(limit)s"""


def _latest_starts(spec: VersionSpec, known: Known, now: datetime) -> tuple[dict[int, datetime], bool]:
    """The people who began in the period and when, whatever their role; and whether there were still more."""
    parameters: dict[str, Any] = {
        "workspace": current_workspace_id(),
        "transaction": str(known.until.transaction),
        "row": known.until.row,
        "now": now,
        "period": PERIOD,
        "limit": FEW_ENOUGH + 1,
    }
    if spec.start is None:
        starts = FIRST_SEEN
    elif spec.start.signal in known.signals:
        starts = STARTS_IN_ACTIVITY
        parameters["signal"] = spec.start.signal
    elif not spec.start.where:
        starts = STARTS_IN_LOG
        parameters["event"] = spec.start.event
    else:
        starts = STARTS_FOUND
        found = known.firsts(spec.start)
        parameters |= {"people": list(found), "times": list(found.values())}
    with connection.cursor() as cursor:
        cursor.execute(LATEST.format(starts=starts), parameters)
        latest = cursor.fetchall()
    return dict(latest[:FEW_ENOUGH]), len(latest) > FEW_ENOUGH


def _climbs(
    starts: Mapping[int, datetime], plan: Plan, spec: VersionSpec, known: Known, unruled: str
) -> list[JourneyState]:
    """The journeys of those whose role it is."""
    seen = dict(Person.objects.filter(pk__in=starts).values_list("pk", "first_seen_at"))
    facts = known.facts_of(directory.still_somebody(seen), plan, since=min(starts.values(), default=None))
    return [
        state
        for person, found in facts.items()
        for state in journeys_of(person, found.without_ruling(spec.ladder_id, unruled), plan)
        if state.ladder_id == spec.ladder_id
    ]


def _unasked(climb: JourneyState, spec: VersionSpec) -> bool:
    """Whether the last rung was done while one above it was still to do."""
    *above, rung = (climb.reached.get(one.key) for one in spec.rungs)
    assert rung is not None
    return any(other is None or rung.at < other.at for other in above)


def _sample(passed: Mapping[int, tuple[JourneyState, Reached]]) -> list[Passer]:
    latest = sorted(passed, key=lambda person: passed[person][1].at, reverse=True)[:SHOWN]
    people = Person.objects.in_bulk(latest)
    found = proofs.events_of((person, passed[person][1].message_id) for person in latest)
    return [
        Passer(
            people[pk],
            reached.at,
            reached.at - climb.started_at,
            reached.message_id,
            found.get((pk, reached.message_id)),
        )
        for pk in latest
        for climb, reached in [passed[pk]]
    ]


def _unseen(spec: VersionSpec, rung: RungSpec) -> list[Unseen]:
    """Events that the criterion or the start asks for and that never came."""
    events = {condition.event for condition in signals(rung.criterion).values()}
    events |= {spec.start.event} if spec.start else set()
    return [Unseen(event, sightings.like(event)) for event in sorted(events) if not sightings.is_known(event)]
