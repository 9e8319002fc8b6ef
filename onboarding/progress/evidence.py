"""The narrow copy of the log that replaying reads: events that count for a signal, sayings about traits.

What accounts did and were said to be is in account_evidence and account_facts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from milestones.library.conditions import EventCondition
from milestones.library.operators import MISSING, lookup
from onboarding.people.directory import Known
from onboarding.progress import account_facts, rulings
from onboarding.progress.facts import Facts, Moment, Saying, value_of
from onboarding.progress.models import Activity, TraitValue
from onboarding.progress.news import LogRow
from onboarding.progress.plan import AccountNeeds, by_event
from workspaces.scope import current_workspace_id
from workspaces.scope.bulk import insert_rows


class Evidence(NamedTuple):
    """Rows as they are inserted. Those of accounts name them by their keys; see account_evidence."""

    activity: list[dict[str, Any]]
    sayings: list[dict[str, Any]]
    of_accounts: list[dict[str, Any]]


def found_in(
    rows: Iterable[LogRow],
    senders: Mapping[str, Known],
    *,
    signals: Iterable[EventCondition],
    traits: Iterable[str],
    account_traits: Iterable[str] = (),
) -> Evidence:
    """Activity and trait values that these rows hold for these signals and traits, ready to insert."""
    wanted, names, account_names = by_event(signals), sorted(traits), sorted(account_traits)
    activity, sayings, of_accounts = [], [], []
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
                        "account_key": row.group_id,
                    }
                )
        if row.type == "identify":
            sayings += _said(row, names, {"sender_id": senders[row.sender].pk})
        elif row.type == "group":
            about = {"sender_id": senders[row.sender].pk, "account_key": row.group_id}
            of_accounts += _said(row, account_names, about)
    return Evidence(activity, sayings, of_accounts)


def _said(row: LogRow, names: Sequence[str], about: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {**about, "name": name, "said_at": row.occurred_at, "message_id": row.message_id, "value": value}
        for name, value in said_of(row.traits if names else {}, names)
    ]


def said_of(traits: Mapping[str, Any], names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """What a message's traits say about each of these; null (None) is said too."""
    for name in names if traits else ():
        value = lookup(traits, name)
        if value is not MISSING or name in traits:
            yield name, None if value is MISSING else value


def store(evidence: Evidence) -> None:
    """Keep the evidence about persons; what is kept already has no second effect."""
    insert_rows(Activity, evidence.activity, on_conflict="DO NOTHING")
    insert_rows(TraitValue, evidence.sayings, on_conflict="DO NOTHING")


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


def facts_of(
    people: Mapping[int, datetime],
    *,
    signals: Iterable[str],
    traits: Iterable[str],
    accounts: AccountNeeds | None = None,
) -> dict[int, Facts]:
    """The facts of these people, given with the time when each was first seen, in four queries.

    With `accounts`, what is asked of accounts, in three more; each account's evidence is fetched once.
    """
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
                sayings[person_of[sender]].setdefault(name, []).append(Saying(at, message_id, value_of(value)))
    memberships = account_facts.memberships_of(person_of, accounts) if accounts is not None else {}
    ruled = rulings.in_force({key: person for _, person, key in senders})
    return {
        person: Facts(
            seen_at=seen_at,
            moments={signal: sorted(found) for signal, found in moments[person].items()},
            sayings={name: sorted(said, key=lambda s: s[:2]) for name, said in sayings[person].items()},
            accounts=memberships.get(person, ()),
            rulings=ruled.get(person, {}),
        )
        for person, seen_at in people.items()
    }
