"""What is kept of the time before the log begins (retention.py): people and evidence stay when raw events go.

Whoever makes progress anew from the log takes from here what came before: `verify` finds the same with and without it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from onboarding.people.models import AccountMembership, Sender
from onboarding.progress import news
from onboarding.progress.evidence import Evidence
from onboarding.progress.facts import Facts, Moment, Saying, value_of
from onboarding.progress.news import LogRow
from onboarding.progress.plan import Plan
from workspaces.scope import current_workspace_id

Link = tuple[datetime, str, str]  # when it was said, by which message, and who is the same person

ACTIVITY = """
SELECT s.key, a.signal, a.occurred_at, a.message_id FROM people_sender s
JOIN progress_activity a ON a.workspace_id = s.workspace_id AND a.sender_id = s.id
WHERE s.workspace_id = %s AND s.key = ANY(%s) AND a.signal = ANY(%s) AND a.occurred_at < %s"""
TRAITS = """
SELECT s.key, t.name, t.said_at, t.message_id, t.value FROM people_sender s
JOIN progress_traitvalue t ON t.workspace_id = s.workspace_id AND t.sender_id = s.id
WHERE s.workspace_id = %s AND s.key = ANY(%s) AND t.name = ANY(%s) AND t.said_at < %s"""
FOR_ACCOUNTS = """
SELECT s.key, a.account_key, a.signal, a.occurred_at, a.message_id FROM progress_activity a
JOIN people_sender s ON s.workspace_id = a.workspace_id AND s.id = a.sender_id
WHERE a.workspace_id = %s AND a.signal = ANY(%s) AND a.occurred_at < %s"""
OF_ACCOUNTS = """
SELECT c.key, t.name, t.said_at, t.message_id, t.value FROM progress_accounttraitvalue t
JOIN people_account c ON c.workspace_id = t.workspace_id AND c.id = t.account_id
WHERE t.workspace_id = %s AND t.name = ANY(%s) AND t.said_at < %s"""

# The same messages again, of which only their time by the server's clock may differ: by sender and what they are about.
KNOWN = """
SELECT 'did', sender_id, signal, message_id FROM progress_activity
WHERE workspace_id = %(workspace)s AND sender_id = ANY(%(senders)s) AND message_id = ANY(%(messages)s)
UNION ALL
SELECT 'said', sender_id, name, message_id FROM progress_traitvalue
WHERE workspace_id = %(workspace)s AND sender_id = ANY(%(senders)s) AND message_id = ANY(%(messages)s)
UNION ALL
SELECT 'account', sender_id, name, message_id FROM progress_accounttraitvalue
WHERE workspace_id = %(workspace)s AND sender_id = ANY(%(senders)s) AND message_id = ANY(%(messages)s)"""


@dataclass(frozen=True)
class Earlier:
    """Who was seen, and who was said to be who, before the log begins; nothing where the log is whole."""

    begins: datetime | None = None
    first_seen: Mapping[str, datetime] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    joined: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)  # by sender and by the account's key

    @classmethod
    def of_workspace(cls) -> "Earlier":
        """What is kept in the current scope."""
        begins = news.log_begins_at()
        if begins is None:
            return cls()
        seen = Sender.objects.filter(first_seen_at__lt=begins).values_list("key", "first_seen_at")
        linked = Sender.objects.filter(linked_at__lt=begins)
        joined: dict[str, dict[str, datetime]] = {}
        members = AccountMembership.objects.filter(since__lt=begins)
        for sender, account, since in members.values_list("sender__key", "account__key", "since"):
            joined.setdefault(sender, {})[account] = since
        return cls(
            begins,
            {key: at for key, at in seen if at is not None},
            {
                key: (at, message_id, target)
                for key, at, message_id, target in linked.values_list("key", "linked_at", "linked_by", "linked_to")
                if at is not None
            },
            joined,
        )

    def with_logged(self, logged: Iterable[tuple[str, str, datetime]]) -> dict[str, dict[str, datetime]]:
        """Who has been in which account since when, by what came before and what the log says."""
        since = {sender: dict(joined) for sender, joined in self.joined.items()}
        for sender, account, at in logged:
            known = since.setdefault(sender, {})
            known[account] = min(known.get(account, at), at)
        return since

    def activity_for_accounts(self, signals: Iterable[str]) -> list[tuple[str, str, str, Moment]]:
        """What everybody did before: the sender, the account that the event names or '', the signal, the moment."""
        if self.begins is None:
            return []
        with connection.cursor() as cursor:
            cursor.execute(FOR_ACCOUNTS, [current_workspace_id(), list(signals), self.begins])
            return [(sender, key, signal, Moment(at, message_id)) for sender, key, signal, at, message_id in cursor]

    def said_of_accounts(self, names: Iterable[str]) -> list[tuple[str, str, Saying]]:
        """What was said of accounts before, by their key and the trait's name."""
        if self.begins is None:
            return []
        with connection.cursor() as cursor:
            cursor.execute(OF_ACCOUNTS, [current_workspace_id(), list(names), self.begins])
            return [(key, name, Saying(at, said_by, value_of(value))) for key, name, at, said_by, value in cursor]

    def facts_of(self, owner: Mapping[str, int], plan: Plan) -> dict[int, Facts]:
        """The facts of those of these people (sender → person) who were seen before, as far as they are earlier."""
        senders = [key for key in owner if key in self.first_seen]
        if not senders:
            return {}
        seen: dict[int, datetime] = {}
        for key in senders:
            seen[owner[key]] = min(seen.get(owner[key], self.first_seen[key]), self.first_seen[key])
        moments: dict[int, dict[str, list[Moment]]] = {person: {} for person in seen}
        sayings: dict[int, dict[str, list[Saying]]] = {person: {} for person in seen}
        place: list[Any] = [current_workspace_id(), senders]
        with connection.cursor() as cursor:
            cursor.execute(ACTIVITY, [*place, list(plan.signals), self.begins])
            for key, signal, at, message_id in cursor:
                moments[owner[key]].setdefault(signal, []).append(Moment(at, message_id))
            cursor.execute(TRAITS, [*place, list(plan.traits), self.begins])
            for key, name, at, message_id, value in cursor:
                sayings[owner[key]].setdefault(name, []).append(Saying(at, message_id, value_of(value)))
        return {person: Facts(at, moments[person], sayings[person]).in_order() for person, at in seen.items()}


def without_repeats(found: Evidence, rows: Iterable[LogRow], begins: datetime | None) -> Evidence:
    """The evidence without what is kept already of messages from before the log begins.

    Of those the log can no longer tell whether they are repeated, and a repetition may be given another time (a clock's
    skew is measured anew). So their messageId alone decides.
    """
    old = {row.message_id for row in rows if row.lies_before(begins)}
    senders = {item["sender_id"] for items in found for item in items if item["message_id"] in old}
    if not senders:
        return found
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, {"workspace": current_workspace_id(), "senders": list(senders), "messages": list(old)})
        known = set(cursor.fetchall())

    def fresh(kind: str, items: list[dict[str, Any]], about: str) -> list[dict[str, Any]]:
        return [item for item in items if (kind, item["sender_id"], item[about], item["message_id"]) not in known]

    return Evidence(
        fresh("did", found.activity, "signal"),
        fresh("said", found.sayings, "name"),
        fresh("account", found.of_accounts, "name"),
    )
