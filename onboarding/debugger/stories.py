"""What messages of the log did, for many at once: the facts come in sets, the explaining is pure. In a scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from milestones.ladders.models import Ladder, Role
from onboarding.debugger.entries import Entry, Logged
from onboarding.debugger.explanation import Said, Situation, explain
from onboarding.debugger.fates import Explanation
from onboarding.people import directory
from onboarding.people.models import Person
from onboarding.progress import engine, evidence, journeys
from onboarding.progress.cells import JourneyState
from onboarding.progress.models import Watermark
from onboarding.progress.news import START, Position
from workspaces.scope import current_workspace_id


@dataclass(frozen=True)
class Story:
    """`person`: who the message is about now; None until the engine has read it. `read_at`: when it last read."""

    explanation: Explanation
    person: Person | None
    read_at: datetime | None


@dataclass(frozen=True)
class Names:
    """What ladders and roles are called, by id and by key."""

    ladders: dict[int, str]
    roles: dict[str, str]


def names() -> Names:
    return Names(dict(Ladder.objects.values_list("pk", "name")), dict(Role.objects.values_list("key", "name")))


def stories(entries: Sequence[Entry]) -> dict[str, Story]:
    """By their names, what each of the entries that are in the log did."""
    logged = {str(entry.ref): entry.logged for entry in entries if entry.logged is not None}
    if not logged:
        return {}
    plan = engine.plan_of(current_workspace_id())
    mark = Watermark.objects.first()
    position = Position(mark.transaction, mark.row) if mark else START
    senders = directory.senders_by_key({one.row.sender for one in logged.values()})
    people = Person.objects.in_bulk({sender.person for sender in senders.values()})
    seen = {pk: person.first_seen_at for pk, person in people.items() if person.first_seen_at is not None}
    facts = evidence.facts_of(seen, signals=plan.signals, traits=plan.traits)
    climbs: dict[int, dict[int, JourneyState]] = {}
    for (person_id, ladder_id), (_, state) in journeys.stored(people).items():
        climbs.setdefault(person_id, {})[ladder_id] = state
    found = {}
    for ref, one in logged.items():
        sender = senders.get(one.row.sender)
        person = people.get(sender.person) if sender else None
        read_yet = one.row.position <= position and person is not None
        situation = Situation(
            facts.get(person.pk) if person else None,
            climbs.get(person.pk, {}) if person else {},
            known=person is not None and person.is_known,
        )
        explanation = explain(_said(one), plan, situation, read_yet=read_yet)
        found[ref] = Story(explanation, person, mark.advanced_at if mark else None)
    return found


def _said(logged: Logged) -> Said:
    row = logged.row
    return Said(row.type, row.event, row.occurred_at, row.message_id, row.properties, row.traits)
