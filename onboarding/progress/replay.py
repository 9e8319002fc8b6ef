"""From evidence to progress: one pure function, the same for live, rebuild, dry run and preview.

Replaying is a function of the *set* of facts. Late, duplicate and out-of-order events therefore end in the same state
as if all had arrived in order: nothing here remembers what was known before.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice, zip_longest
from typing import NamedTuple, Protocol, TypeVar

from milestones.ladders.spec import RungSpec, VersionSpec
from milestones.library.conditions import All, Any_, Criterion, EventCondition, TraitCondition
from milestones.library.operators import MISSING
from onboarding.intake.steps import AHEAD
from onboarding.progress.facts import UNRULED, Facts, Membership, Moment, said_by

EVER = datetime.min.replace(tzinfo=UTC)


class Reached(NamedTuple):
    """A rung is complete: when, by which message (empty for a trait that was so from the start), and when in order.

    `in_order_at` is the rung's time in the ladder's ordered funnel; None when it is not in it or was not reached
    in order. `unlocks` are the features that the completion switched on, in the order of the alphabet. `ruling_id`: no
    message proves it, a member said so.
    """

    at: datetime
    message_id: str
    in_order_at: datetime | None = None
    unlocks: tuple[str, ...] = ()
    ruling_id: int | None = None


@dataclass(frozen=True)
class Climb:
    """One person's way up: what is complete by rung key, in the order of the versions, and the version now shown."""

    version: VersionSpec
    reached: Mapping[str, Reached] = field(default_factory=dict)
    first_value_at: datetime | None = None
    finished_at: datetime | None = None


class Hit(NamedTuple):
    """A criterion is fulfilled at `at`; `message_id` proves it, `used` are all messages that it took. With `ruling_id`
    a member said so, and it took none.
    """

    at: datetime
    message_id: str
    used: frozenset[str]
    ruling_id: int | None = None


class Done(NamedTuple):
    """A rung is complete: by `rung` as the version had it that it was completed on, which opened at `opened` (None: it
    was completed by hand before it did).
    """

    at: datetime
    message_id: str
    rung: RungSpec
    opened: datetime | None
    unlocks: frozenset[str]
    ruling_id: int | None = None


class Arrival(NamedTuple):
    """First value, or the end, was reached on this version."""

    at: datetime
    version: VersionSpec


class Timed(Protocol):
    @property
    def at(self) -> datetime: ...


T = TypeVar("T", bound=Timed)


def replay(versions: Sequence[VersionSpec], facts: Facts, start: datetime) -> Climb:
    """Climb the versions with these facts: the first from `start` on, each other since its publication moved people.

    1. Events before the start don't count, but for those of the person's account (see fulfilled). Periods include
       both ends, to the microsecond. A rung opens when its prerequisites are complete, and is complete once it is open
       and its criterion is fulfilled, so evidence that comes before the opening is kept and counts at the opening
       (unless the criterion counts from the opening).
    2. What was reached on a version before people were moved from it is kept for ever, by the rung's key: it is
       complete on every later version, at the same time and by the same evidence. The other rungs of the later
       version are judged by its own criteria, from the journey's start.
    3. "Before" allows for clocks that run ahead as far as intake does. What such a clock alone had reached may give
       way to something earlier, and is never lost.
    4. First value and the end are kept likewise, each from the first version that it was reached on. Whoever has
       finished a version stays on it; what they complete of later ones is added.
    5. A completion unlocks what its rung unlocks on any version on which it is complete.
    6. Members may rule on a rung. Completed by hand it is complete at that moment, open or not, unless evidence came
       first. Once it was revoked, what happened up to then does not count for it, on any version, as if it had not
       happened; what had opened by it closes with it.
    """
    done: dict[str, Done] = {}
    value: Arrival | None = None
    finish: Arrival | None = None
    for version, following in zip_longest(versions, versions[1:]):
        complete = _complete(version, facts, start, done)
        if following is not None:
            until = following.published_at + AHEAD
            complete = {key: rung for key, rung in complete.items() if rung.at <= until}
        done |= complete
        valued = [complete[rung.key].at for rung in version.rungs if rung.first_value and rung.key in complete]
        value = _kept(value, Arrival(valued[0], version) if valued else None, version)
        finished = max((rung.at for rung in complete.values()), default=start)
        finish = _kept(finish, Arrival(finished, version) if len(complete) == len(version.rungs) else None, version)
    in_order = _in_order(versions[0], facts, start, done)
    return Climb(
        finish.version if finish else versions[-1],
        {
            key: Reached(d.at, d.message_id, in_order.get(key), tuple(sorted(d.unlocks)), d.ruling_id)
            for key, d in done.items()
        },
        value.at if value else None,
        finish.at if finish else None,
    )


def start_of(version: VersionSpec, facts: Facts) -> datetime | None:
    """When a journey on this version starts: its start event, or when the person was first seen."""
    if version.start is None:
        return facts.seen_at
    moments = facts.moments.get(version.start.signal, ())
    return moments[version.start.at_least - 1].at if len(moments) >= version.start.at_least else None


def opened_at(rung: RungSpec, reached: Mapping[str, Done] | Mapping[str, Reached], start: datetime) -> datetime | None:
    """When a rung opened: at the start, or when the last of its prerequisites was complete; None while it is closed."""
    if not all(key in reached for key in rung.prerequisites):
        return None
    return max((reached[key].at for key in rung.prerequisites), default=start)


def _complete(version: VersionSpec, facts: Facts, start: datetime, credit: Mapping[str, Done]) -> dict[str, Done]:
    """Every rung of the version that is complete, given what was done before. Prerequisites stand above their rungs."""
    complete: dict[str, Done] = {}
    for rung in version.rungs:
        own: Done | None = None
        opened = opened_at(rung, complete, start)
        hit = _reach(rung, version.ladder_id, facts, start=start, opened=opened, since=start)
        if hit is not None:
            own = Done(hit.at, hit.message_id, rung, opened, frozenset(), hit.ruling_id)
        before = credit.get(rung.key)
        found = _kept(before, own, version)
        if found is not None:
            unlocks = (before.unlocks if before else frozenset()) | ({rung.unlock} if rung.unlock else frozenset())
            complete[rung.key] = found._replace(unlocks=unlocks)
    return complete


def _reach(
    rung: RungSpec,
    ladder_id: int,
    facts: Facts,
    *,
    start: datetime,
    opened: datetime | None,
    since: datetime,
    without: frozenset[str] = frozenset(),
) -> Hit | None:
    """When the rung is reached by what came at `since` or later: evidence once it is open, or sooner a ruling."""
    ruled = facts.rulings.get((ladder_id, rung.key), UNRULED)
    hit: Hit | None = None
    if opened is not None:
        counting = facts.after(ruled.revoked_until)
        hit = fulfilled(rung.criterion, counting, start=start, opened=opened, since=since, without=without)
        hit = hit and hit._replace(at=max(hit.at, opened))
    if ruled.completed_at is not None:
        by_hand = Hit(max(ruled.completed_at, start), "", frozenset(), ruled.ruling_id)
        if by_hand.at >= since and (hit is None or by_hand.at < hit.at):
            return by_hand
    return hit


def _kept(before: T | None, now: T | None, version: VersionSpec) -> T | None:
    """What was reached before people were moved to the version, else what is reached on it.

    What was stamped later than the move, by a clock that ran ahead, gives way to what came earlier.
    """
    if before is None or (now is not None and version.published_at < before.at > now.at):
        return now
    return before


def _in_order(began: VersionSpec, facts: Facts, start: datetime, done: Mapping[str, Done]) -> dict[str, datetime]:
    """The ordered funnel of the first version, anchored at the start: each step counts from the one before, one event
    serves one step. Each is judged by the criterion that completed it, so moving people changes no step they took.

    Taking the earliest possible moment for each step is optimal because the anchor is fixed. Every step reached in
    order is also complete, since looking at fewer events can only fulfil a criterion later.
    """
    times: dict[str, datetime] = {}
    since, used = start, frozenset[str]()
    for key in began.funnel:
        if key not in done:
            break
        rung, opened = done[key].rung, done[key].opened
        hit = _reach(rung, began.ladder_id, facts, start=start, opened=opened, since=since, without=used)
        if hit is None:
            break
        since = times[key] = hit.at
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
    """When the criterion is fulfilled by what happened at `since` or later, not counting messages in `without`.

    Conditions by account are about one account at a time: each that the person belongs to is tried, and the one by
    which the criterion is fulfilled first counts. What an account did or was before `since` stands: it is a state that
    the person comes to, as their own traits are, and counts at `since` or when they joined, if that was later.
    """
    window = _Window(start, opened, since, without)
    hits = [_fulfilled(criterion, facts, membership, window) for membership in facts.accounts or (None,)]
    return _first(hits)


class _Window(NamedTuple):
    start: datetime
    opened: datetime
    since: datetime
    without: frozenset[str]


def _first(hits: Iterable[Hit | None]) -> Hit | None:
    """The earliest; of several at the same moment the first."""
    return min((hit for hit in hits if hit is not None), key=lambda hit: hit.at, default=None)


def _fulfilled(criterion: Criterion, facts: Facts, membership: Membership | None, window: _Window) -> Hit | None:
    match criterion:
        case EventCondition():
            return _event(criterion, facts, membership, window)
        case TraitCondition():
            return _trait(criterion, facts, membership, window.since)
        case All(children) | Any_(children):
            found = [_fulfilled(child, facts, membership, window) for child in children]
            if isinstance(criterion, Any_):
                return _first(found)
            hits = [hit for hit in found if hit is not None]
            if len(hits) < len(found):
                return None
            latest = max(hits, key=lambda hit: (hit.at, hit.message_id))
            return latest._replace(used=frozenset().union(*(hit.used for hit in hits)))
    raise TypeError(f"{criterion!r} is no criterion")


def _event(condition: EventCondition, facts: Facts, membership: Membership | None, window: _Window) -> Hit | None:
    origin = window.opened if condition.of == "opening" else window.start
    until = None if condition.within is None else origin + condition.within
    if condition.by == "person":
        moments = facts.moments.get(condition.signal, ())
        counts_from = earliest = max(window.since, origin)
    elif membership is not None:
        moments = membership.account.moments.get(condition.signal, ())
        counts_from = origin if condition.of == "opening" else EVER
        earliest = max(window.since, membership.since)
    else:
        return None
    counted: list[str] = []
    for moment in islice(moments, bisect_left(moments, Moment(counts_from, "")), None):
        at = max(moment.at, earliest)
        if until is not None and at > until:
            return None
        if moment.message_id in window.without:
            continue
        counted.append(moment.message_id)
        if len(counted) == condition.at_least:
            return Hit(at, moment.message_id, frozenset(counted))
    return None


def _trait(condition: TraitCondition, facts: Facts, membership: Membership | None, since: datetime) -> Hit | None:
    if condition.by == "person":
        sayings = facts.sayings.get(condition.trait, ())
    elif membership is not None:
        sayings = membership.account.sayings.get(condition.trait, ())
        since = max(since, membership.since)
    else:
        return None
    said = said_by(sayings, since)
    if (said or not facts.afresh) and condition.holds(said.value if said else MISSING):
        return Hit(since, "", frozenset())
    for saying in sayings:
        if saying.at > since and condition.holds(saying.value):
            return Hit(saying.at, saying.message_id, frozenset())
    return None
