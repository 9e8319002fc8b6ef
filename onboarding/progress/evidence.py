"""The narrow copy of the log that replaying reads: events that count for a signal, sayings about traits."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from milestones.library.conditions import EventCondition
from milestones.library.operators import MISSING, lookup
from onboarding.people.models import Sender
from onboarding.progress.facts import Facts, Moment, Saying
from onboarding.progress.models import Activity, TraitValue
from onboarding.progress.news import LogRow
from onboarding.progress.plan import by_event
from workspaces.scope import current_workspace_id
from workspaces.scope.bulk import insert_rows

Evidence = tuple[list[dict[str, Any]], list[dict[str, Any]]]


def found_in(
    rows: Iterable[LogRow],
    senders: Mapping[str, Sender],
    *,
    signals: Iterable[EventCondition],
    traits: Iterable[str],
) -> Evidence:
    """Activity and trait values that these rows hold for these signals and traits, ready to insert."""
    wanted, names = by_event(signals), sorted(traits)
    activity, sayings = [], []
    for row in rows:
        for condition in wanted.get(row.event, ()):
            if condition.matches(row.properties):
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
        for name in names:
            value = lookup(row.traits, name)
            if value is MISSING and name not in row.traits:
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


def facts_of(people: Mapping[int, datetime], *, signals: Iterable[str], traits: Iterable[str]) -> dict[int, Facts]:
    """The facts of these people, given with the time when each was first seen, in two queries."""
    moments: dict[int, dict[str, list[Moment]]] = {person: {} for person in people}
    sayings: dict[int, dict[str, list[Saying]]] = {person: {} for person in people}
    parameters = [current_workspace_id(), list(people)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.person_id, a.signal, a.occurred_at, a.message_id "
            "FROM people_sender s JOIN progress_activity a "
            "ON a.workspace_id = s.workspace_id AND a.sender_id = s.id "
            "WHERE s.workspace_id = %s AND s.person_id = ANY(%s) AND a.signal = ANY(%s)",
            [*parameters, list(signals)],
        )
        for person, signal, at, message_id in cursor:
            moments[person].setdefault(signal, []).append(Moment(at, message_id))
        cursor.execute(
            "SELECT s.person_id, t.name, t.said_at, t.message_id, t.value "
            "FROM people_sender s JOIN progress_traitvalue t "
            "ON t.workspace_id = s.workspace_id AND t.sender_id = s.id "
            "WHERE s.workspace_id = %s AND s.person_id = ANY(%s) AND t.name = ANY(%s)",
            [*parameters, list(traits)],
        )
        for person, name, at, message_id, value in cursor:
            sayings[person].setdefault(name, []).append(Saying(at, message_id, _value(value)))
    return {
        person: Facts(
            seen_at=seen_at,
            moments={signal: sorted(found) for signal, found in moments[person].items()},
            sayings={name: sorted(said, key=lambda s: s[:2]) for name, said in sayings[person].items()},
        )
        for person, seen_at in people.items()
    }


def _value(value: Any) -> Any:
    """A JSON value; null was said too, and means that the trait is missing from then on."""
    return MISSING if value is None else json.loads(value)  # Django leaves jsonb of raw queries to us
