"""The customer companies that people belong to."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from onboarding.people.models import Account, AccountMembership
from onboarding.people.traits import Sayings, say
from workspaces.scope.bulk import insert_rows, update_rows

# A sender's id, the time and messageId of the message, the account's key, and what the message says of the account.
Belonging = tuple[int, datetime, str, str, Mapping[str, Any]]


def note(belongings: Iterable[Belonging]) -> None:
    """Keep which accounts there are, what was last said of them, and who belongs to them since when."""
    belongings = list(belongings)
    if not belongings:
        return
    accounts = _accounts_of({key for _, _, _, key, _ in belongings})
    said: dict[str, Account] = {}
    since: dict[tuple[int, int], datetime] = {}
    for sender, at, message_id, key, traits in belongings:
        account = accounts[key]
        if traits and say(Sayings(account.traits, account.traits_at), traits, at, message_id):
            name = account.traits.get("name")
            account.name = name[:255] if isinstance(name, str) else ""
            said[key] = account
        pair = (sender, account.pk)
        since[pair] = min(since.get(pair, at), at)
    update_rows(list(said.values()), ["traits", "traits_at", "name"])
    insert_rows(
        AccountMembership,
        [{"sender_id": sender, "account_id": account, "since": at} for (sender, account), at in since.items()],
        on_conflict="(workspace_id, sender_id, account_id) DO UPDATE SET since = excluded.since "
        "WHERE people_accountmembership.since > excluded.since",
    )


def _accounts_of(keys: set[str]) -> dict[str, Account]:
    accounts = {account.key: account for account in Account.objects.filter(key__in=keys)}
    new = [Account(key=key) for key in sorted(keys - accounts.keys())]
    return accounts | {account.key: account for account in Account.objects.bulk_create(new)}
