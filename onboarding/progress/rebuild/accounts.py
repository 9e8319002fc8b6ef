"""Accounts once more from the log: which there are, and what was last said of each."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from onboarding.people.directory import Message
from onboarding.people.models import Account
from onboarding.people.traits import Sayings as Traits
from onboarding.people.traits import say
from onboarding.progress.models import AccountActivity, AccountTraitValue
from onboarding.progress.news import STANDING, Position
from onboarding.progress.rebuild.account_evidence import Sayings
from workspaces.scope import current_workspace_id
from workspaces.scope.bulk import insert_rows

DESCRIPTIONS = (
    """
SELECT group_id, occurred_at, message_id, sender, traits::text FROM intake_event
WHERE workspace_id = %s AND type = 'group' AND group_id <> '' AND traits <> '{}'
    AND (written_xid, id) <= (%s::text::xid8, %s) AND """
    + STANDING
    + """ ORDER BY written_xid, id
"""
)
UPSERT = "(workspace_id, key) DO UPDATE SET " + ", ".join(
    f"{c} = excluded.{c}" for c in ("name", "traits", "traits_at")
)


class Accounts:
    """What the log says of accounts, and which of them were kept otherwise."""

    def __init__(self) -> None:
        self._said: dict[str, Traits] = {}
        self._wrong: set[str] = set()
        self._strange: set[str] = set()
        self.sayings = Sayings()  # about traits that criteria and segments read

    def read(self, until: Position, begins: datetime | None) -> None:
        """Hear everything up to a position; `note` the names of accounts that nothing was said of first."""
        with connection.cursor() as cursor:
            cursor.execute(DESCRIPTIONS, [current_workspace_id(), str(until.transaction), until.row, begins])
            for key, at, message_id, sender, traits in cursor:
                self._hear(key, json.loads(traits), at, message_id, sender)

    def remember(self, before: datetime) -> None:
        """Take what is kept of accounts from before a moment for true, as the log from then may be gone."""
        stamp = before.astimezone(UTC).isoformat(timespec="microseconds")
        for key, traits, traits_at in Account.objects.values_list("key", "traits", "traits_at"):
            earlier = {name: at for name, at in traits_at.items() if at[0] < stamp}
            self._said[key] = Traits({name: traits[name] for name in earlier}, earlier)

    def note(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._said.setdefault(key, Traits({}, {}))

    def hear(self, message: Message) -> None:
        if message.account:
            self.note([message.account])
            self._hear(message.account, message.account_traits, message.at, message.message_id, message.sender)

    def _hear(self, key: str, traits: Any, at: datetime, message_id: str, sender: str) -> None:
        say(self._said.setdefault(key, Traits({}, {})), traits, at, message_id)
        self.sayings.hear(key, traits, at, message_id, sender)

    def compare(self) -> int:
        """How many accounts are kept otherwise than the log says."""
        kept = {key: row for key, *row in Account.objects.values_list("key", "name", "traits", "traits_at")}
        self._strange = kept.keys() - self._said.keys()
        self._wrong = {key for key in self._said if key not in kept or _text(kept[key]) != _text(self._row(key))}
        return len(self._wrong) + len(self._strange)

    def _row(self, key: str) -> list[Any]:
        traits, traits_at = self._said[key]
        name = traits.get("name")
        return [name[:255] if isinstance(name, str) else "", traits, traits_at]

    def write(self) -> None:
        """Correct what `compare` found, by what has been heard by now. Accounts that nobody names go by `tidy`."""
        rows = [
            dict(zip(("key", "name", "traits", "traits_at"), [key, *self._row(key)], strict=True))
            for key in self._wrong
        ]
        insert_rows(Account, rows, on_conflict=UPSERT)

    def tidy(self) -> None:
        strange = [key for key in self._strange if key not in self._said]
        gone = list(Account.objects.filter(key__in=strange, memberships=None).values_list("pk", flat=True))
        for model in (AccountActivity, AccountTraitValue) if gone else ():
            model.objects.filter(account__in=gone)._raw_delete("default")
        if gone:
            Account.objects.filter(pk__in=gone)._raw_delete("default")


def _text(row: list[Any]) -> str:
    return json.dumps(row, sort_keys=True)
