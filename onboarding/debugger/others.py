"""For whom else in its account a message completed something. In a scope.

Looked for among the first `MOST_COLLEAGUES` people of an account, so a message costs no more in a large one; what lies
beyond is said to be open.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from onboarding.debugger.entries import Logged
from onboarding.intake.models import LoggedEvent
from onboarding.people.models import Person
from onboarding.progress import proofs
from onboarding.progress.facts import RungKey
from workspaces.scope import current_workspace_id

MOST_COLLEAGUES = 500
MOST_SHOWN = 5

COLLEAGUES = """
SELECT x.key, s.person_id FROM unnest(%(keys)s::text[]) AS x(key)
CROSS JOIN LATERAL (
    SELECT id FROM people_account WHERE workspace_id = %(workspace)s AND key = x.key OFFSET 0) a
CROSS JOIN LATERAL (
    SELECT sender_id FROM people_accountmembership
    WHERE workspace_id = %(workspace)s AND account_id = a.id LIMIT %(most)s) m
CROSS JOIN LATERAL (
    SELECT person_id FROM people_sender WHERE workspace_id = %(workspace)s AND id = m.sender_id OFFSET 0) s
"""


# Person by person through the indexes, whatever the planner believes about growing tables.
COMPLETED = """
SELECT c.message_id, j.person_id, j.ladder_id, c.rung_key, c.completed_at FROM unnest(%(people)s::bigint[]) AS x(id)
CROSS JOIN LATERAL (
    SELECT id, person_id, ladder_id FROM progress_journey
    WHERE workspace_id = %(workspace)s AND person_id = x.id OFFSET 0) j
CROSS JOIN LATERAL (
    SELECT message_id, rung_key, completed_at FROM progress_completion
    WHERE workspace_id = %(workspace)s AND journey_id = j.id AND message_id = ANY(%(messages)s) OFFSET 0) c
ORDER BY c.completed_at, j.person_id, j.ladder_id, c.rung_key
"""


class Completed(NamedTuple):
    """A completion that a message is the evidence of, as far as its messageId tells."""

    message_id: str
    person: int
    ladder_id: int
    rung_key: str
    at: datetime


class Helped(NamedTuple):
    """Somebody else's step that the message completed, and what the step is called."""

    person: Person
    ladder_id: int
    step_key: str
    step: str
    at: datetime


@dataclass(frozen=True)
class ForOthers:
    """`people`: how many others it completed something for; `first`: steps of the first of them.

    `more`: the account has more people than were looked at.
    """

    people: int = 0
    first: tuple[Helped, ...] = ()
    more: bool = False
    most: int = MOST_COLLEAGUES


class Asked(NamedTuple):
    """A message that counts for accounts, given by their keys, and the person (their id) that it is of."""

    logged: Logged
    accounts: tuple[str, ...]
    person: int | None


def for_others(asked: Mapping[str, Asked], *, called: Mapping[RungKey, str]) -> dict[str, ForOthers]:
    """Of each of these messages, under the names that they are given by; those that did nothing for others too.

    `called`: the names of steps.
    """
    wanted = {ref: one for ref, one in asked.items() if one.accounts}
    if not wanted:
        return {}
    colleagues = _colleagues({key for one in wanted.values() for key in one.accounts})
    people = {person for some in colleagues.values() for person in some}
    found: dict[str, list[Completed]] = {}
    for completed in _completed(people, {one.logged.row.message_id for one in wanted.values()}):
        found.setdefault(completed.message_id, []).append(completed)
    proven = proofs.events_of((one.person, one.message_id) for some in found.values() for one in some)
    persons = Person.objects.in_bulk({one.person for some in found.values() for one in some})
    told = {}
    for ref, (logged, keys, own) in wanted.items():
        theirs = [
            one
            for one in found.get(logged.row.message_id, ())
            if one.person != own and one.person in persons and _is_proof(logged, one, proven)
        ]
        told[ref] = ForOthers(
            len({one.person for one in theirs}),
            tuple(
                Helped(persons[person], ladder_id, key, called.get((ladder_id, key), key), at)
                for _, person, ladder_id, key, at in _of_the_first(theirs)
            ),
            any(len(colleagues.get(key, ())) >= MOST_COLLEAGUES for key in keys),
        )
    return told


def _is_proof(logged: Logged, completed: Completed, proven: Mapping[proofs.Proof, LoggedEvent]) -> bool:
    """Whether it is this message, where others go by the same messageId."""
    event = proven.get((completed.person, completed.message_id))
    return event is not None and event.sender == logged.row.sender


def _of_the_first(completed: Iterable[Completed]) -> list[Completed]:
    """Those of the first few people, as few as a page can show."""
    shown: dict[int, list[Completed]] = {}
    for one in completed:
        if one.person in shown or len(shown) < MOST_SHOWN:
            shown.setdefault(one.person, []).append(one)
    return [one for some in shown.values() for one in some]


def _completed(people: Iterable[int], messages: Iterable[str]) -> list[Completed]:
    """What these people completed by messages of these ids, the earliest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            COMPLETED, {"people": list(people), "messages": list(messages), "workspace": current_workspace_id()}
        )
        return [Completed(*row) for row in cursor]


def _colleagues(keys: Iterable[str]) -> dict[str, list[int]]:
    """By account the persons of its first senders; one for each sender."""
    found: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(COLLEAGUES, {"keys": list(keys), "workspace": current_workspace_id(), "most": MOST_COLLEAGUES})
        for key, person in cursor:
            found.setdefault(key, []).append(person)
    return found
