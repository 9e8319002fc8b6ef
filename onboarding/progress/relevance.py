"""For whom new evidence can make a difference: a person who is done must not cost more with every event."""

from collections.abc import Iterable
from datetime import datetime

from onboarding.intake.steps import AHEAD
from onboarding.people.directory import Noted
from onboarding.progress import journeys
from onboarding.progress.evidence import Evidence
from onboarding.progress.journeys import Stored
from onboarding.progress.plan import Plan


def those_it_matters_to(found: Evidence, noted: Noted, plan: Plan) -> set[int]:
    """The people to replay, given new evidence and what has been noted about who is who."""
    person_of = {sender.pk: sender.person for sender in noted.senders.values()}
    activity, sayings = found
    certain = noted.created | noted.regrouped | {person_of[saying["sender_id"]] for saying in sayings}
    if any(version.start is None for version in plan.versions):
        certain |= noted.earlier
    moments: dict[int, list[tuple[str, datetime]]] = {}
    for row in activity:
        person = person_of[row["sender_id"]]
        if person not in certain:
            moments.setdefault(person, []).append((row["signal"], row["occurred_at"]))
    if not moments:
        return certain
    before = journeys.stored(moments)
    return certain | {person for person, seen in moments.items() if _matters(person, seen, before, plan)}


def _matters(person: int, seen: Iterable[tuple[str, datetime]], before: Stored, plan: Plan) -> bool:
    return any(
        _could_change(person, signal, at, ladder_id, before, plan)
        for signal, at in seen
        for ladder_id, versions in plan.ladders.items()
        if any((version.version_id, signal) in plan.rungs_by_signal for version in versions)
    )


def _could_change(person: int, signal: str, at: datetime, ladder_id: int, before: Stored, plan: Plan) -> bool:
    """Whether this moment could start the journey or change a rung of it: not if all it feeds was done before it.

    A start can only be made earlier, and an archived ladder's only before it was archived. For people who were moved,
    everything up to the last move matters, as it may be credit from an older version; after it only the version that
    they were moved to last has rungs that can still be completed.
    """
    if (person, ladder_id) not in before:
        return at < max(course.until for course in plan.courses[ladder_id])
    state = before[person, ladder_id][1]
    course = plan.course_of.get(state.began_version_id)
    if course is None or at <= state.started_at:
        return True
    *earlier, last = course.versions
    if earlier and at <= last.published_at + AHEAD:
        return True
    open_still = plan.rungs_by_signal.get((last.version_id, signal), ())

    def settled(key: str) -> bool:
        reached = state.reached.get(key)
        if reached is None:
            return key not in open_still
        in_order = key not in course.began.funnel or (reached.in_order_at is not None and reached.in_order_at < at)
        return in_order and reached.at < at

    readers = {key for version in course.versions for key in plan.rungs_by_signal.get((version.version_id, signal), ())}
    return not all(settled(key) for key in readers - {""})
