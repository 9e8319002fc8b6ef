"""For whom new evidence can make a difference: a person who is done must not cost more with every event."""

from collections.abc import Iterable
from datetime import datetime

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
        _could_change(person, signal, at, versions[0].ladder_id, before, plan)
        for signal, at in seen
        for versions in plan.ladders.values()
        if any((version.version_id, signal) in plan.rungs_by_signal for version in versions)
    )


def _could_change(person: int, signal: str, at: datetime, ladder_id: int, before: Stored, plan: Plan) -> bool:
    """Whether this moment could start the journey or change a rung of it: not if all it feeds was done before it."""
    if (person, ladder_id) not in before:
        return True
    state = before[person, ladder_id][1]
    version = next((v for v in plan.ladders[ladder_id] if v.version_id == state.version_id), None)
    if version is None or at <= state.started_at:
        return True
    for rung in plan.rungs_by_signal.get((version.version_id, signal), ()):
        if rung == "":
            if len(plan.ladders[ladder_id]) > 1 or (version.start is not None and version.start.at_least > 1):
                return True
            continue
        reached = state.reached.get(rung)
        if reached is None or at <= reached.at:
            return True
        if rung in version.funnel and (reached.in_order_at is None or at <= reached.in_order_at):
            return True
    return False
