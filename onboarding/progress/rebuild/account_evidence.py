"""What accounts did and were said to be, compared and put right.

What they did follows from what their members did (progress.account_evidence), so it is compared with, and when all else
is right made again from, what is kept of these. What was said of them is compared with the log.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from onboarding.people.models import Account, Sender
from onboarding.progress.evidence import said_of
from onboarding.progress.models import AccountTraitValue
from onboarding.progress.plan import AccountNeeds
from workspaces.scope import current_workspace_id
from workspaces.scope.bulk import insert_rows

WANTED = """
SELECT m.account_id, a.signal, a.occurred_at, a.message_id, a.sender_id
FROM progress_activity a
JOIN people_accountmembership m ON m.workspace_id = a.workspace_id AND m.sender_id = a.sender_id
JOIN people_account c ON c.workspace_id = m.workspace_id AND c.id = m.account_id
WHERE a.workspace_id = %(workspace)s AND a.signal = ANY(%(signals)s) AND a.account_key IN ('', c.key)
    AND (%(all)s OR c.key = ANY(%(accounts)s))"""
KEPT = """
SELECT t.account_id, t.signal, t.occurred_at, t.message_id, t.sender_id
FROM progress_accountactivity t JOIN people_account c ON c.workspace_id = t.workspace_id AND c.id = t.account_id
WHERE t.workspace_id = %(workspace)s AND t.signal = ANY(%(signals)s) AND (%(all)s OR c.key = ANY(%(accounts)s))"""
DIFFERENT = f"""
SELECT c.key, count(*) FROM (
    ({WANTED} EXCEPT {KEPT}) UNION ALL ({KEPT} EXCEPT {WANTED})
) x JOIN people_account c ON c.workspace_id = %(workspace)s AND c.id = x.account_id
GROUP BY 1"""
SAID = """
SELECT c.key, t.name, t.said_at, t.message_id, s.key, t.value, t.account_id, t.sender_id
FROM progress_accounttraitvalue t
JOIN people_account c ON c.workspace_id = t.workspace_id AND c.id = t.account_id
JOIN people_sender s ON s.workspace_id = t.workspace_id AND s.id = t.sender_id
WHERE t.workspace_id = %s AND t.name = ANY(%s)"""
UNSAY = """
DELETE FROM progress_accounttraitvalue WHERE workspace_id = %s AND (account_id, name, said_at, message_id, sender_id) IN
    (SELECT * FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::text[], %s::bigint[]))"""
COLUMNS = "account_id, signal, occurred_at, message_id, sender_id"
TAKE = f"""
DELETE FROM progress_accountactivity WHERE workspace_id = %(workspace)s AND ({COLUMNS}) IN ({KEPT} EXCEPT {WANTED})"""
GIVE = f"""
INSERT INTO progress_accountactivity (workspace_id, {COLUMNS})
SELECT %(workspace)s, {COLUMNS} FROM ({WANTED}) x ON CONFLICT DO NOTHING"""


def different(needs: AccountNeeds) -> Counter[str]:
    """Of each account how many rows of what it did are not what its members did, by what is kept of them."""
    if not needs.signals:
        return Counter()
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENT, _parameters(needs, None))
        return Counter(dict(cursor.fetchall()))


def correct(needs: AccountNeeds, accounts: Collection[str]) -> int:
    """Make what these accounts did what their members did. Returns how many rows changed."""
    if not needs.signals or not accounts:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(TAKE, _parameters(needs, accounts))
        taken = cursor.rowcount
        cursor.execute(GIVE, _parameters(needs, accounts))
        return taken + int(cursor.rowcount)


def _parameters(needs: AccountNeeds, accounts: Collection[str] | None) -> dict[str, Any]:
    return {
        **{"workspace": current_workspace_id(), "signals": list(needs.signals)},
        **{"all": accounts is None, "accounts": list(accounts or ())},
    }


Key = tuple[str, str, datetime, str, str]  # the account, the trait's name, when, by which message and which sender


class Sayings:
    """What the log says that accounts were said to be, and which of it is kept otherwise."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._said: dict[Key, Any] = {}
        self._gone: dict[tuple[Any, ...], Key] = {}  # by the row's own key
        self._missing: list[Key] = []

    def ask_for(self, names: Iterable[str]) -> None:
        self._names = sorted(names)

    def hear(self, account: str, traits: Mapping[str, Any], at: datetime, message_id: str, sender: str) -> None:
        for name, value in said_of(traits, self._names):
            self._said.setdefault((account, name, at, message_id, sender), value)

    def compare(self, begins: datetime | None) -> Counter[str]:
        """Of each account how many sayings are kept otherwise. What is kept from before the log begins is true."""
        found: Counter[str] = Counter()
        missing = set(self._said)
        with connection.cursor() as cursor:
            cursor.execute(SAID, [current_workspace_id(), self._names])
            for account, name, at, message_id, sender, text, account_id, sender_id in cursor:
                key: Key = (account, name, at, message_id, sender)
                missing.discard(key)
                if key in self._said:
                    right = _text(self._said[key]) == _text(None if text is None else json.loads(text))
                else:
                    right = begins is not None and at < begins
                if not right:
                    self._gone[account_id, name, at, message_id, sender_id] = key
                    found[account] += 1
        self._missing = sorted(missing)
        found.update(account for account, *_ in missing)
        return found

    @property
    def wrong(self) -> int:
        return len(set(self._gone.values()) | set(self._missing))

    def write(self) -> None:
        """Correct what `compare` found, by what has been heard by now; accounts and senders have been put right."""
        if self._gone:
            with connection.cursor() as cursor:
                cursor.execute(UNSAY, [current_workspace_id(), *map(list, zip(*self._gone, strict=True))])
        keys = [key for key in (*self._gone.values(), *self._missing) if key in self._said]
        accounts = dict(Account.objects.filter(key__in={key[0] for key in keys}).values_list("key", "pk"))
        senders = dict(Sender.objects.filter(key__in={key[4] for key in keys}).values_list("key", "pk"))
        insert_rows(
            AccountTraitValue,
            [
                {
                    **{"account_id": accounts[key[0]], "name": key[1], "said_at": key[2], "message_id": key[3]},
                    **{"sender_id": senders[key[4]], "value": self._said[key]},
                }
                for key in keys
            ],
            on_conflict="DO NOTHING",
        )


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
