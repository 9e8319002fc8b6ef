"""The customer companies that people belong to."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from onboarding.people.models import Account, AccountMembership, Person
from onboarding.people.traits import Sayings, latest, say
from workspaces.scope import current_workspace_id
from workspaces.scope.bulk import insert_rows, update_rows, update_values

MEMBERSHIPS = """
SELECT m.* FROM unnest(%s::bigint[], %s::bigint[]) AS x(sender_id, account_id) CROSS JOIN LATERAL (
    SELECT id, sender_id, account_id, traits, traits_at FROM people_accountmembership
    WHERE workspace_id = %s AND sender_id = x.sender_id AND account_id = x.account_id OFFSET 0) m
"""

Pair = tuple[int, int]  # the ids of a sender and an account


class Belonging(NamedTuple):
    """A message that names an account: what it says of the account, and of its sender in the account."""

    sender: int
    at: datetime
    message_id: str
    account: str
    account_traits: Mapping[str, Any] = {}
    traits: Mapping[str, Any] = {}


def note(belongings: Iterable[Belonging]) -> set[Pair]:
    """Keep which accounts there are, what was last said of them, and who belongs to them since when and as what.

    Returns the memberships that are new, or were earlier than was known.
    """
    belongings = list(belongings)
    if not belongings:
        return set()
    accounts = _accounts_of({belonging.account for belonging in belongings})
    said: dict[str, Account] = {}
    since: dict[Pair, datetime] = {}
    for belonging in belongings:
        account = accounts[belonging.account]
        known = Sayings(account.traits, account.traits_at)
        if belonging.account_traits and say(known, belonging.account_traits, belonging.at, belonging.message_id):
            name = account.traits.get("name")
            account.name = name[:255] if isinstance(name, str) else ""
            said[account.key] = account
        pair = (belonging.sender, account.pk)
        since[pair] = min(since.get(pair, belonging.at), belonging.at)
    update_rows(list(said.values()), ["traits", "traits_at", "name"])
    joined = insert_rows(
        AccountMembership,
        [
            {"sender_id": sender, "account_id": account, "since": at, "traits": {}, "traits_at": {}}
            for (sender, account), at in since.items()
        ],
        on_conflict="(workspace_id, sender_id, account_id) DO UPDATE SET since = excluded.since "
        "WHERE people_accountmembership.since > excluded.since",
        returning=("sender_id", "account_id"),
    )
    _hear([belonging for belonging in belongings if belonging.traits], accounts)
    return set(joined)


def _hear(belongings: Sequence[Belonging], accounts: Mapping[str, Account]) -> None:
    """Keep the latest saying of each trait of people in their accounts."""
    pairs = {(belonging.sender, accounts[belonging.account].pk) for belonging in belongings}
    if not pairs:
        return
    with connection.cursor() as cursor:
        cursor.execute(MEMBERSHIPS, [*map(list, zip(*pairs, strict=True)), current_workspace_id()])
        rows = {
            (sender, account): (pk, Sayings(json.loads(traits), json.loads(traits_at)))
            for pk, sender, account, traits, traits_at in cursor
        }
    changed = {}
    for belonging in belongings:
        pk, known = rows[belonging.sender, accounts[belonging.account].pk]
        if say(known, belonging.traits, belonging.at, belonging.message_id):
            changed[pk] = known
    update_values(AccountMembership, [{"id": pk, **known._asdict()} for pk, known in changed.items()])


class Belongs(NamedTuple):
    """A person in an account: since when, what was said of the account, and of the person in it."""

    account: Account
    since: datetime
    account_traits: Sequence[tuple[str, Any]]
    traits: Sequence[tuple[str, Any]]


def accounts_of(person: Person) -> list[Belongs]:
    """The accounts of a person, the first joined first. Several senders of theirs may be in one account."""
    found: dict[Account, list[AccountMembership]] = {}
    for membership in AccountMembership.objects.filter(sender__person=person).select_related("account"):
        found.setdefault(membership.account, []).append(membership)
    return sorted(
        (
            Belongs(
                account,
                min(one.since for one in memberships),
                sorted((name, value) for name, value in account.traits.items() if name != "name"),
                list(latest(Sayings(one.traits, one.traits_at) for one in memberships).items()),
            )
            for account, memberships in found.items()
        ),
        key=lambda belongs: (belongs.since, belongs.account.key),
    )


def _accounts_of(keys: set[str]) -> dict[str, Account]:
    accounts = {account.key: account for account in Account.objects.filter(key__in=keys)}
    new = [Account(key=key) for key in sorted(keys - accounts.keys())]
    return accounts | {account.key: account for account in Account.objects.bulk_create(new)}
