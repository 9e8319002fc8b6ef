"""Facts for what the engine does not track yet: from the evidence it keeps as far as that goes, the rest from the log.

What it keeps and what is read here both end at the watermark, so the two fit together, and what comes out is what the
engine will know once it looks for the same.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson
from django.db import connection

from milestones.library.conditions import EventCondition
from milestones.library.operators import MISSING
from onboarding.people.models import AccountMembership, Sender
from onboarding.progress import accounts_afresh, evidence, news
from onboarding.progress.facts import Facts, Moment, Saying
from onboarding.progress.models import Tracked
from onboarding.progress.news import Position
from onboarding.progress.plan import AccountNeeds, Plan, by_event
from onboarding.progress.recompute import watermark
from workspaces.scope import current_workspace_id

# Rows of the log that are in memory at once while it is read.
CHUNK = 5_000
FEW = 100  # senders
# The log is kept in months by what the client's clock said, and only those months are read that can hold what is asked
# for. A message is missed if that clock was further behind than this.
CLOCKS_BEHIND = timedelta(days=31)

FROM_THE_LOG = """
SELECT sender, type, event, group_id, occurred_at, message_id, properties::text, traits::text FROM intake_event
WHERE workspace_id = %(workspace)s AND (written_xid, id) <= (%(transaction)s::text::xid8, %(row)s)
AND greatest(client_at, occurred_at) >= %(begins)s"""
LATER = "AND client_at >= %(oldest)s"
OF_SENDERS = """
AND {sender} = ANY(%(senders)s)
AND ((event = ANY(%(events)s) AND occurred_at >= %(since)s) OR type = ANY(%(types)s))"""
OF_EVENT = "AND event = %(event)s"
BEGINNING = "-infinity"


class Said(NamedTuple):
    """One message of the log, as far as facts are made of it."""

    sender: str
    type: str
    event: str
    group_id: str
    occurred_at: datetime
    message_id: str
    properties_json: str
    traits_json: str


@dataclass(frozen=True)
class Known:
    """Which of a plan's signals and traits the engine tracks, and up to where it has read the log."""

    until: Position
    signals: frozenset[str]
    traits: frozenset[str]
    account_signals: frozenset[str] = frozenset()
    account_traits: frozenset[str] = frozenset()

    def facts_of(
        self, people: Mapping[int, datetime], plan: Plan, *, since: datetime | None = None
    ) -> dict[int, Facts]:
        """The facts of these people (id → first seen) for everything that the plan reads.

        With `since`, events that are not tracked count only from then on: for people who all start later.
        """
        facts = evidence.facts_of(
            people,
            signals=self.signals & plan.signals.keys(),
            traits=self.traits & plan.traits,
            accounts=self._tracked_of_accounts(plan) if plan.account_needs else None,
        )
        facts = self._with_accounts(facts, plan)
        signals = [condition for key, condition in plan.signals.items() if key not in self.signals]
        traits = plan.traits - self.traits
        if not signals and not traits:
            return facts
        owner = dict(Sender.objects.filter(person__in=people).values_list("key", "person"))
        found: dict[int, list[Said]] = {}
        events = {condition.event for condition in signals}
        # Traits may have been said before the people began, though not before they were first seen.
        oldest = since if since is not None and not traits else min(people.values(), default=None)
        types = ["identify"] if traits else []
        for said in self.said_by(owner, events, types=types, since=since, oldest=oldest):
            found.setdefault(owner[said.sender], []).append(said)
        for person, messages in found.items():
            facts[person] = _with(facts[person], messages, signals, traits)
        return facts

    def _tracked_of_accounts(self, plan: Plan) -> AccountNeeds:
        signals = {key: most for key, most in plan.account_needs.signals.items() if key in self.account_signals}
        return AccountNeeds(signals, plan.account_needs.traits & self.account_traits)

    def _with_accounts(self, facts: dict[int, Facts], plan: Plan) -> dict[int, Facts]:
        """The facts, and what is needed of the people's accounts but not tracked: what the members ever sent of it."""
        tracked, needs = self._tracked_of_accounts(plan), plan.account_needs
        signals = {key: most for key, most in needs.signals.items() if key not in tracked.signals}
        untracked = AccountNeeds(signals, needs.traits - tracked.traits)
        accounts = {membership.account.key for known in facts.values() for membership in known.accounts}
        if not untracked or not accounts:
            return facts
        since: dict[str, dict[str, datetime]] = {}
        members = AccountMembership.objects.filter(account__key__in=accounts)
        for sender, key, at in members.values_list("sender__key", "account__key", "since"):
            since.setdefault(sender, {})[key] = at
        conditions = [plan.signals[key] for key in signals]
        gathering = accounts_afresh.Gathering(since, conditions, untracked)
        types = ["group"] if untracked.traits else []
        for said in self.said_by(since, {condition.event for condition in conditions}, types=types):
            gathering.add(said)
        return accounts_afresh.joined(facts, gathering.facts())

    def said_by(
        self,
        senders: Collection[str],
        events: Collection[str],
        *,
        types: Collection[str],
        since: datetime | None = None,
        oldest: datetime | None = None,
    ) -> Iterator[Said]:
        """These senders' messages of these events, and their calls of these types, in no order.

        Events count from `since` on; nothing that is asked for happened before `oldest`.
        """
        wanted: dict[str, Any] = {"senders": list(senders), "events": list(events), "types": list(types)}
        # Many senders are looked for in one pass over the log: an expression has no index. Through the index each of
        # them is looked up in every month's partition, which took seven times as long for 4,348 of them.
        sender = "sender" if len(senders) <= FEW else "(sender || '')"
        wanted["since"] = since or BEGINNING
        if oldest is None:
            return self._read(OF_SENDERS.format(sender=sender), wanted)
        later = f"{LATER} {OF_SENDERS.format(sender=sender)}"
        return self._read(later, {**wanted, "oldest": oldest - CLOCKS_BEHIND})

    def firsts(self, condition: EventCondition) -> dict[int, datetime]:
        """When each person first sent such an event."""
        owner = dict(Sender.objects.values_list("key", "person"))
        found: dict[int, datetime] = {}
        for said in self._read(OF_EVENT, {"event": condition.event}):
            if condition.matches(orjson.loads(said.properties_json)):
                person = owner[said.sender]
                found[person] = min(found.get(person, said.occurred_at), said.occurred_at)
        return found

    def _read(self, condition: str, parameters: dict[str, Any]) -> Iterator[Said]:
        place: dict[str, Any] = {
            "workspace": current_workspace_id(),
            "transaction": str(self.until.transaction),
            "row": self.until.row,
            "begins": news.log_begins_at() or BEGINNING,
        }
        # A cursor of the server's: it hands over the rows in chunks.
        with connection.chunked_cursor() as cursor:
            cursor.cursor.itersize = CHUNK
            cursor.execute(FROM_THE_LOG + condition, {**place, **parameters})
            for record in cursor:
                yield Said(*record)


def known() -> Known:
    """What the engine tracks now, in the current workspace's scope."""
    kinds = ("signal", "trait", "by_account", "of_account")
    tracked = list(Tracked.objects.filter(kind__in=kinds).values_list("kind", "key"))
    return Known(watermark(), *(frozenset(key for kind, key in tracked if kind == one) for one in kinds))


def _with(facts: Facts, messages: list[Said], signals: list[EventCondition], traits: Iterable[str]) -> Facts:
    """The facts, and what the messages say about these signals and traits."""
    moments: dict[str, list[Moment]] = {}
    sayings: dict[str, list[Saying]] = {}
    wanted = by_event(signals)
    for said in messages:
        for condition in wanted.get(said.event, ()):
            if not condition.where or condition.matches(orjson.loads(said.properties_json)):
                moments.setdefault(condition.signal, []).append(Moment(said.occurred_at, said.message_id))
        told: dict[str, Any] = orjson.loads(said.traits_json) if traits and said.type == "identify" else {}
        for name, value in evidence.said_of(told, traits):
            saying = Saying(said.occurred_at, said.message_id, MISSING if value is None else value)
            sayings.setdefault(name, []).append(saying)
    return replace(
        facts,
        moments={**facts.moments, **{signal: sorted(found) for signal, found in moments.items()}},
        sayings={**facts.sayings, **{name: sorted(said, key=lambda s: s[:2]) for name, said in sayings.items()}},
    )
