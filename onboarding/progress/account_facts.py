"""What is known of accounts, as replaying reads it: each account's evidence is fetched once for all who are in it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import connection

from onboarding.people.models import Account as KeptAccount
from onboarding.progress.facts import Account, Membership, Moment, Saying, value_of
from onboarding.progress.plan import AccountNeeds
from workspaces.scope import current_workspace_id

MEMBERSHIPS = """
SELECT x.sender_id, m.account_id, m.since FROM unnest(%s::bigint[]) AS x(sender_id) CROSS JOIN LATERAL (
    SELECT account_id, since FROM people_accountmembership
    WHERE workspace_id = %s AND sender_id = x.sender_id OFFSET 0) m
"""
# Times that are equal have one order everywhere: that of Python, by code points.
MOMENTS = """
SELECT x.account_id, n.signal, a.occurred_at, a.message_id
FROM unnest(%s::bigint[]) AS x(account_id)
CROSS JOIN unnest(%s::text[], %s::int[]) AS n(signal, most)
CROSS JOIN LATERAL (
    SELECT occurred_at, message_id FROM progress_accountactivity
    WHERE workspace_id = %s AND account_id = x.account_id AND signal = n.signal
    ORDER BY occurred_at, message_id COLLATE "C" LIMIT n.most) a
"""
VALUES = """
SELECT account_id, name, said_at, message_id, value FROM (
    SELECT t.*, row_number() OVER before = 1 OR lag(t.value) OVER before IS DISTINCT FROM t.value AS otherwise
    FROM unnest(%s::bigint[]) AS x(account_id) CROSS JOIN unnest(%s::text[]) AS n(name) CROSS JOIN LATERAL (
        SELECT account_id, name, said_at, message_id, value FROM progress_accounttraitvalue
        WHERE workspace_id = %s AND account_id = x.account_id AND name = n.name OFFSET 0) t
    WINDOW before AS (PARTITION BY t.account_id, t.name ORDER BY t.said_at, t.message_id COLLATE "C")) t
WHERE otherwise
"""


def memberships_of(person_of: Mapping[int, int], needs: AccountNeeds) -> dict[int, tuple[Membership, ...]]:
    """By person the accounts they are in with what is needed of these, given the person of each of their senders."""
    since: dict[int, dict[int, datetime]] = {}
    with connection.cursor() as cursor:
        cursor.execute(MEMBERSHIPS, [list(person_of), current_workspace_id()])
        for sender, account, at in cursor:
            joined = since.setdefault(person_of[sender], {})
            joined[account] = min(joined.get(account, at), at)
    accounts = facts_of({account for joined in since.values() for account in joined}, needs)
    return {
        person: in_order(Membership(at, accounts[account]) for account, at in joined.items())
        for person, joined in since.items()
    }


def in_order(memberships: Iterable[Membership]) -> tuple[Membership, ...]:
    """As Facts.accounts wants them."""
    return tuple(sorted(memberships, key=lambda membership: (membership.since, membership.account.key)))


def facts_of(ids: Collection[int], needs: AccountNeeds) -> dict[int, Account]:
    """What is needed of these accounts."""
    if not ids:
        return {}
    keys = dict(KeptAccount.objects.filter(pk__in=ids).values_list("pk", "key"))
    moments: dict[int, dict[str, list[Moment]]] = {account: {} for account in ids}
    sayings: dict[int, dict[str, list[Saying]]] = {account: {} for account in ids}
    with connection.cursor() as cursor:
        if needs.signals:
            most = list(needs.signals.values())
            cursor.execute(MOMENTS, [list(ids), list(needs.signals), most, current_workspace_id()])
            for account, signal, at, message_id in cursor:
                moments[account].setdefault(signal, []).append(Moment(at, message_id))
        if needs.traits:
            cursor.execute(VALUES, [list(ids), list(needs.traits), current_workspace_id()])
            for account, name, at, message_id, value in cursor:
                sayings[account].setdefault(name, []).append(Saying(at, message_id, value_of(value)))
    return {
        account: Account(
            keys[account],
            {signal: sorted(found) for signal, found in moments[account].items()},
            {name: sorted(said, key=lambda s: s[:2]) for name, said in sayings[account].items()},
        )
        for account in ids
    }
