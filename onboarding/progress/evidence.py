"""The narrow copy of the log that replaying reads: events that count for a signal, sayings about traits."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from milestones.library.conditions import EventCondition
from milestones.library.operators import MISSING, lookup
from onboarding.people.directory import Known
from onboarding.progress import rulings
from onboarding.progress.facts import Facts, Moment, Saying
from onboarding.progress.models import Activity, TraitValue
from onboarding.progress.news import LogRow
from onboarding.progress.plan import by_event
from workspaces.scope import current_workspace_id
from workspaces.scope.bulk import insert_rows

Evidence = tuple[list[dict[str, Any]], list[dict[str, Any]]]


def found_in(
    rows: Iterable[LogRow],
    senders: Mapping[str, Known],
    *,
    signals: Iterable[EventCondition],
    traits: Iterable[str],
) -> Evidence:
    """Activity and trait values that these rows hold for these signals and traits, ready to insert."""
    wanted, names = by_event(signals), sorted(traits)
    activity, sayings = [], []
    for row in rows:
        conditions = wanted.get(row.event)
        properties = row.properties if conditions and any(condition.where for condition in conditions) else {}
        for condition in conditions or ():
            if condition.matches(properties):
                activity.append(
                    {
                        "sender_id": senders[row.sender].pk,
                        "signal": condition.signal,
                        "occurred_at": row.occurred_at,
                        "message_id": row.message_id,
                    }
                )
        if row.type != "identify":
            continue
        traits_said = row.traits if names else {}
        for name in names:
            value = lookup(traits_said, name)
            if value is MISSING and name not in traits_said:
                continue
            sayings.append(
                {
                    "sender_id": senders[row.sender].pk,
                    "name": name,
                    "said_at": row.occurred_at,
                    "message_id": row.message_id,
                    "value": None if value is MISSING else value,
                }
            )
    return activity, sayings


def store(evidence: Evidence) -> None:
    """Keep the evidence; what is kept already has no second effect."""
    activity, sayings = evidence
    insert_rows(Activity, activity, on_conflict="DO NOTHING")
    insert_rows(TraitValue, sayings, on_conflict="DO NOTHING")


# Looked up sender by sender through the index, whatever the planner believes about the size of a growing table.
SENDERS = """
SELECT s.* FROM unnest(%s::bigint[]) AS x(person_id) CROSS JOIN LATERAL (
    SELECT id, person_id, key FROM people_sender WHERE workspace_id = %s AND person_id = x.person_id OFFSET 0) s
"""
ACTIVITY = """
SELECT a.* FROM unnest(%s::bigint[]) AS x(sender_id) CROSS JOIN LATERAL (
    SELECT sender_id, signal, occurred_at, message_id FROM progress_activity
    WHERE workspace_id = %s AND sender_id = x.sender_id AND signal = ANY(%s) OFFSET 0) a
"""
TRAITS = """
SELECT t.* FROM unnest(%s::bigint[]) AS x(sender_id) CROSS JOIN LATERAL (
    SELECT sender_id, name, said_at, message_id, value FROM progress_traitvalue
    WHERE workspace_id = %s AND sender_id = x.sender_id AND name = ANY(%s) OFFSET 0) t
"""


def facts_of(people: Mapping[int, datetime], *, signals: Iterable[str], traits: Iterable[str]) -> dict[int, Facts]:
    """The facts of these people, given with the time when each was first seen, in four queries."""
    moments: dict[int, dict[str, list[Moment]]] = {person: {} for person in people}
    sayings: dict[int, dict[str, list[Saying]]] = {person: {} for person in people}
    workspace_id = current_workspace_id()
    with connection.cursor() as cursor:
        cursor.execute(SENDERS, [list(people), workspace_id])
        senders = cursor.fetchall()
        person_of = {sender: person for sender, person, _ in senders}
        cursor.execute(ACTIVITY, [list(person_of), workspace_id, list(signals)])
        for sender, signal, at, message_id in cursor:
            moments[person_of[sender]].setdefault(signal, []).append(Moment(at, message_id))
        if traits:
            cursor.execute(TRAITS, [list(person_of), workspace_id, list(traits)])
            for sender, name, at, message_id, value in cursor:
                sayings[person_of[sender]].setdefault(name, []).append(Saying(at, message_id, _value(value)))
    ruled = rulings.in_force({key: person for _, person, key in senders})
    return {
        person: Facts(
            seen_at=seen_at,
            moments={signal: sorted(found) for signal, found in moments[person].items()},
            sayings={name: sorted(said, key=lambda s: s[:2]) for name, said in sayings[person].items()},
            rulings=ruled.get(person, {}),
        )
        for person, seen_at in people.items()
    }


def _value(value: Any) -> Any:
    """A JSON value; null was said too, and means that the trait is missing from then on."""
    return MISSING if value is None else json.loads(value)  # Django leaves jsonb of raw queries to us
