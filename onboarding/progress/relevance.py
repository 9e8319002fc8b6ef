"""For whom new evidence can make a difference: a person who is done must not cost more with every event."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from onboarding.intake.steps import AHEAD
from onboarding.people.directory import Noted
from onboarding.progress import journeys
from onboarding.progress.account_evidence import News, people_in, that_count
from onboarding.progress.evidence import Evidence
from onboarding.progress.journeys import Stored
from onboarding.progress.plan import Plan


class Seen(NamedTuple):
    """A moment that counts for a signal: of the person, or of an account that they are in."""

    signal: str
    at: datetime
    by: Literal["person", "account"]


def those_it_matters_to(found: Evidence, noted: Noted, plan: Plan, *, accounts: News) -> set[int]:
    """The people to replay, given new evidence and what has been noted about who is who.

    Of an account only what is among its first moments matters, however many it sends (Plan.account_needs), and only to
    those who still wait for it.
    """
    person_of = {sender.pk: sender.person for sender in noted.senders.values()}
    certain = noted.created | noted.regrouped | {person_of[saying["sender_id"]] for saying in found.sayings}
    if any(version.start is None for version in plan.versions):
        certain |= noted.earlier
    if plan.account_needs:
        certain |= {person_of[sender] for sender, _ in noted.joined}
        certain |= {person for people in people_in(accounts.otherwise).values() for person in people}
    moments: dict[int, list[Seen]] = {}
    for row in found.activity:
        person = person_of[row["sender_id"]]
        if person not in certain:
            moments.setdefault(person, []).append(Seen(row["signal"], row["occurred_at"], "person"))
    counted = that_count(accounts.moments, plan.account_needs)
    people = people_in({account for account, _ in counted})
    for (account, signal), at in counted.items():
        for person in people.get(account, set()) - certain:
            moments.setdefault(person, []).append(Seen(signal, at, "account"))
    if not moments:
        return certain
    before = journeys.stored(moments)
    return certain | {person for person, seen in moments.items() if _matters(person, seen, before, plan)}


def _matters(person: int, moments: Iterable[Seen], before: Stored, plan: Plan) -> bool:
    return any(
        _could_change(person, seen, ladder_id, before, plan)
        for seen in moments
        for ladder_id, versions in plan.ladders.items()
        if any((version.version_id, seen.signal) in _readers(seen, plan) for version in versions)
    )


def _readers(seen: Seen, plan: Plan) -> Mapping[tuple[int, str], list[str]]:
    return plan.rungs_by_signal if seen.by == "person" else plan.rungs_by_account_signal


def _could_change(person: int, seen: Seen, ladder_id: int, before: Stored, plan: Plan) -> bool:
    """Whether this moment could start the journey or change a rung of it: not if all it feeds was done before it.

    A start can only be made earlier, no account makes one, and an archived ladder's only before it was archived. For
    people who were moved, everything up to the last move matters, as it may be credit from an older version; after it
    only the version that they were moved to last has rungs that can still be completed.
    """
    signal, at, by = seen
    if (person, ladder_id) not in before:
        return by == "person" and at < max(course.until for course in plan.courses[ladder_id])
    state = before[person, ladder_id][1]
    course = plan.course_of.get(state.began_version_id)
    if course is None or at <= state.started_at:
        return True
    *earlier, last = course.versions
    if earlier and at <= last.published_at + AHEAD:
        return True
    readers_of = _readers(seen, plan)
    open_still = readers_of.get((last.version_id, signal), ())

    def settled(key: str) -> bool:
        reached = state.reached.get(key)
        if reached is None:
            return key not in open_still
        in_order = key not in course.began.funnel or (reached.in_order_at is not None and reached.in_order_at < at)
        return in_order and reached.at < at

    readers = {key for version in course.versions for key in readers_of.get((version.version_id, signal), ())}
    return not all(settled(key) for key in readers - {""})
