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
from onboarding.progress.models import Completion
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
    ids = {one.logged.row.message_id for one in wanted.values()}
    found: dict[str, list[Completion]] = {}
    completed = Completion.objects.filter(journey__person__in=people, message_id__in=ids)
    for completion in completed.select_related("journey__person").order_by("completed_at", "journey", "rung_key"):
        found.setdefault(completion.message_id, []).append(completion)
    proven = proofs.events_of((c.journey.person_id, c.message_id) for some in found.values() for c in some)
    told = {}
    for ref, (logged, keys, own) in wanted.items():
        completions = found.get(logged.row.message_id, ())
        helped = [
            _helped(c, called) for c in completions if c.journey.person_id != own and _is_proof(logged, c, proven)
        ]
        told[ref] = ForOthers(
            len({one.person.pk for one in helped}),
            tuple(_of_the_first(helped)),
            any(len(colleagues.get(key, ())) >= MOST_COLLEAGUES for key in keys),
        )
    return told


def _helped(completion: Completion, called: Mapping[RungKey, str]) -> Helped:
    journey, key = completion.journey, completion.rung_key
    step = called.get((journey.ladder_id, key), key)
    return Helped(journey.person, journey.ladder_id, key, step, completion.completed_at)


def _is_proof(logged: Logged, completion: Completion, proven: Mapping[proofs.Proof, LoggedEvent]) -> bool:
    """Whether it is this message, where others go by the same messageId."""
    event = proven.get((completion.journey.person_id, completion.message_id))
    return event is not None and event.sender == logged.row.sender


def _of_the_first(helped: Iterable[Helped]) -> list[Helped]:
    """The steps of the first few people, as few as a page can show."""
    shown: dict[int, list[Helped]] = {}
    for one in helped:
        if one.person.pk in shown or len(shown) < MOST_SHOWN:
            shown.setdefault(one.person.pk, []).append(one)
    return [one for some in shown.values() for one in some]


def _colleagues(keys: Iterable[str]) -> dict[str, list[int]]:
    """By account the persons of its first senders; one for each sender."""
    found: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(COLLEAGUES, {"keys": list(keys), "workspace": current_workspace_id(), "most": MOST_COLLEAGUES})
        for key, person in cursor:
            found.setdefault(key, []).append(person)
    return found
