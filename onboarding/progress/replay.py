"""From evidence to progress: one pure function, the same for live, rebuild, dry run and preview.

Replaying is a function of the *set* of facts. Late, duplicate and out-of-order events therefore end in the same state
as if all had arrived in order: nothing here remembers what was known before.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from milestones.ladders.spec import RungSpec, VersionSpec
from milestones.library.conditions import All, Any_, Criterion, EventCondition, TraitCondition
from onboarding.progress.facts import Facts, Moment


class Reached(NamedTuple):
    """A rung is complete: when, by which message (empty for a trait that was so from the start), and when in order.

    `in_order_at` is the rung's time in the ladder's ordered funnel; None when it is not in it or was not reached
    in order.
    """

    at: datetime
    message_id: str
    in_order_at: datetime | None = None


@dataclass(frozen=True)
class Climb:
    """One person's way up one version: what is complete, by rung key, in the version's order."""

    start: datetime
    reached: Mapping[str, Reached] = field(default_factory=dict)
    first_value_at: datetime | None = None
    finished_at: datetime | None = None


class Hit(NamedTuple):
    """A criterion is fulfilled at `at`; `message_id` proves it, `used` are all messages that it took."""

    at: datetime
    message_id: str
    used: frozenset[str]


def replay(version: VersionSpec, facts: Facts) -> Climb | None:
    """Climb the version with these facts; None when the journey has not started.

    Events before the start don't count. Periods include both ends, to the microsecond. A rung opens when its
    prerequisites are complete, and is complete once it is open and its criterion is fulfilled, so evidence that comes
    before the opening is kept and counts at the opening (unless the criterion counts from the opening).
    """
    start = start_of(version, facts)
    if start is None:
        return None
    hits = _complete(version, facts, start)
    in_order = _in_order(version, facts, start, hits)
    reached = {
        rung.key: Reached(hits[rung.key].at, hits[rung.key].message_id, in_order.get(rung.key))
        for rung in version.rungs
        if rung.key in hits
    }
    finished = max((r.at for r in reached.values()), default=start) if len(reached) == len(version.rungs) else None
    value = reached.get(version.first_value.key)
    return Climb(start, reached, value.at if value else None, finished)


def start_of(version: VersionSpec, facts: Facts) -> datetime | None:
    """When a journey on this version starts: its start event, or when the person was first seen."""
    if version.start is None:
        return facts.seen_at
    moments = facts.moments.get(version.start.signal, ())
    return moments[version.start.at_least - 1].at if len(moments) >= version.start.at_least else None


def opened_at(rung: RungSpec, reached: Mapping[str, Hit] | Mapping[str, Reached], start: datetime) -> datetime | None:
    """When a rung opened: at the start, or when the last of its prerequisites was complete; None while it is closed."""
    if not all(key in reached for key in rung.prerequisites):
        return None
    return max((reached[key].at for key in rung.prerequisites), default=start)


def _complete(version: VersionSpec, facts: Facts, start: datetime) -> dict[str, Hit]:
    """Every complete rung. Prerequisites may stand anywhere in the ladder, so pass over it until nothing changes."""
    hits: dict[str, Hit] = {}
    waiting = list(version.rungs)
    while True:
        still: list[RungSpec] = []
        for rung in waiting:
            opened = opened_at(rung, hits, start)
            if opened is None:
                still.append(rung)
                continue
            hit = fulfilled(rung.criterion, facts, start=start, opened=opened, since=start)
            if hit is not None:
                hits[rung.key] = hit._replace(at=max(hit.at, opened))
        if len(still) == len(waiting):
            return hits
        waiting = still


def _in_order(version: VersionSpec, facts: Facts, start: datetime, hits: Mapping[str, Hit]) -> dict[str, datetime]:
    """The ordered funnel, anchored at the start: each step counts from the one before, one event serves one step.

    Taking the earliest possible moment for each step is optimal because the anchor is fixed. Every step reached in
    order is also complete, since looking at fewer events can only fulfil a criterion later.
    """
    times: dict[str, datetime] = {}
    since, used = start, frozenset[str]()
    rungs = {rung.key: rung for rung in version.rungs}
    for key in version.funnel:
        opened = opened_at(rungs[key], hits, start)
        if opened is None:
            break
        hit = fulfilled(rungs[key].criterion, facts, start=start, opened=opened, since=since, without=used)
        if hit is None:
            break
        since = times[key] = max(hit.at, opened)
        used |= hit.used
    return times


def fulfilled(
    criterion: Criterion,
    facts: Facts,
    *,
    start: datetime,
    opened: datetime,
    since: datetime,
    without: frozenset[str] = frozenset(),
) -> Hit | None:
    """When the criterion is fulfilled by what happened at `since` or later, not counting messages in `without`."""
    match criterion:
        case EventCondition():
            return _event(criterion, facts, start, opened, since, without)
        case TraitCondition():
            return _trait(criterion, facts, since)
        case All(children) | Any_(children):
            found = [
                fulfilled(child, facts, start=start, opened=opened, since=since, without=without) for child in children
            ]
            hits = [hit for hit in found if hit is not None]
            if isinstance(criterion, Any_):
                return min(hits, default=None)
            if len(hits) < len(found):
                return None
            return max(hits)._replace(used=frozenset().union(*(hit.used for hit in hits)))
    raise TypeError(f"{criterion!r} is no criterion")


def _event(
    condition: EventCondition,
    facts: Facts,
    start: datetime,
    opened: datetime,
    since: datetime,
    without: frozenset[str],
) -> Hit | None:
    moments = facts.moments.get(condition.signal, ())
    origin = opened if condition.of == "opening" else start
    first = bisect_left(moments, Moment(max(since, origin), ""))
    until = None if condition.within is None else origin + condition.within
    counted: list[str] = []
    for moment in moments[first:]:
        if until is not None and moment.at > until:
            return None
        if moment.message_id in without:
            continue
        counted.append(moment.message_id)
        if len(counted) == condition.at_least:
            return Hit(moment.at, moment.message_id, frozenset(counted))
    return None


def _trait(condition: TraitCondition, facts: Facts, since: datetime) -> Hit | None:
    if condition.holds(facts.trait_at(condition.trait, since)):
        return Hit(since, "", frozenset())
    for saying in facts.sayings.get(condition.trait, ()):
        if saying.at > since and condition.holds(saying.value):
            return Hit(saying.at, saying.message_id, frozenset())
    return None
