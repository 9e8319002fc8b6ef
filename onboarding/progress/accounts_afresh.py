"""What accounts did and were said to be, straight from messages: for `verify`, and for what is not tracked yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

import orjson

from milestones.library.conditions import EventCondition
from milestones.library.operators import MISSING
from onboarding.progress import news
from onboarding.progress.account_facts import in_order
from onboarding.progress.earlier import Earlier
from onboarding.progress.evidence import said_of
from onboarding.progress.facts import Account, Facts, Membership, Moment, Saying
from onboarding.progress.news import Position
from onboarding.progress.plan import AccountNeeds, Plan, by_event

PAGE = 20_000
SPARE = 1_000  # moments beyond those that count that may be kept until the next clearing

Since = Mapping[str, Mapping[str, datetime]]  # by sender, then by the account's key


class Said(Protocol):
    """A message, as far as accounts are concerned."""

    @property
    def type(self) -> str: ...
    @property
    def event(self) -> str: ...
    @property
    def sender(self) -> str: ...
    @property
    def group_id(self) -> str: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def message_id(self) -> str: ...
    @property
    def properties_json(self) -> str: ...
    @property
    def traits_json(self) -> str: ...


@dataclass
class Accounts:
    """Who has been in which account since when, and what each account did and was said to be."""

    since: Since = field(default_factory=dict)
    facts: Mapping[str, Account] = field(default_factory=dict)

    def memberships(self, senders: Iterable[str]) -> tuple[Membership, ...]:
        """Those of a person who is these senders."""
        joined: dict[str, datetime] = {}
        for sender in senders:
            for key, at in self.since.get(sender, {}).items():
                joined[key] = min(joined.get(key, at), at)
        return in_order(Membership(at, self.facts.get(key, Account(key))) for key, at in joined.items())


class Gathering:
    """Adds up messages, in any order, to what is needed of accounts."""

    def __init__(self, since: Since, signals: Iterable[EventCondition], needs: AccountNeeds) -> None:
        self._since, self._needs = since, needs
        self._wanted = by_event(signals)
        self._moments: dict[str, dict[str, list[Moment]]] = {}
        self._sayings: dict[str, dict[str, list[Saying]]] = {}

    def add(self, said: Said) -> None:
        if not said.group_id and said.sender not in self._since:
            return
        for condition in self._wanted.get(said.event, ()):
            if not condition.where or condition.matches(orjson.loads(said.properties_json)):
                moment = Moment(said.occurred_at, said.message_id)
                self.count(said.sender, said.group_id, condition.signal, moment)
        if said.type == "group" and self._needs.traits:
            for name, value in said_of(orjson.loads(said.traits_json), self._needs.traits):
                saying = Saying(said.occurred_at, said.message_id, MISSING if value is None else value)
                self.hear(said.group_id, name, saying)

    def count(self, sender: str, account: str, signal: str, moment: Moment) -> None:
        """Add what a sender did, in this account or (if it is '') in all of theirs."""
        for key in [account] if account else self._since.get(sender, ()):
            self._count(key, signal, moment)

    def hear(self, account: str, name: str, saying: Saying) -> None:
        """Add what was said of an account."""
        self._sayings.setdefault(account, {}).setdefault(name, []).append(saying)

    def _count(self, key: str, signal: str, moment: Moment) -> None:
        moments = self._moments.setdefault(key, {}).setdefault(signal, [])
        moments.append(moment)
        most = self._needs.signals[signal]
        if most is not None and len(moments) > 2 * most + SPARE:
            moments[:] = sorted(moments)[:most]

    def facts(self) -> dict[str, Account]:
        """By the account's key, of every account of which anything was said."""
        return {
            key: Account(
                key,
                {
                    # What is kept from before the log begins may stand in the log still.
                    signal: sorted(set(moments))[: self._needs.signals[signal]]
                    for signal, moments in self._moments.get(key, {}).items()
                },
                {name: sorted(said, key=lambda s: s[:2]) for name, said in self._sayings.get(key, {}).items()},
            )
            for key in self._moments.keys() | self._sayings.keys()
        }


def from_the_log(plan: Plan, until: Position, earlier: Earlier) -> Accounts:
    """All accounts as the raw log up to a position makes them, in the current scope, and what came before it."""
    needs = plan.account_needs
    since = earlier.with_logged(news.memberships(until=until))
    signals = [plan.signals[signal] for signal in needs.signals]
    gathering = Gathering(since, signals, needs)
    for sender, key, signal, moment in earlier.activity_for_accounts(needs.signals):
        gathering.count(sender, key, signal, moment)
    for key, name, saying in earlier.said_of_accounts(needs.traits):
        gathering.hear(key, name, saying)
    after, events = news.START, {condition.event for condition in signals}
    while rows := news.history(after, until, events, types=["group"] if needs.traits else [], limit=PAGE):
        for row in rows:
            if earlier.begins is None or row.occurred_at >= earlier.begins:  # what happened before is kept, and counted
                gathering.add(row)
        after = rows[-1].position
    return Accounts(since, gathering.facts())


def joined(people: Mapping[int, Facts], found: Mapping[str, Account]) -> dict[int, Facts]:
    """The facts of these people, their accounts with what was found of them beside what was known."""
    known = {membership.account.key: membership.account for facts in people.values() for membership in facts.accounts}
    whole = {
        key: replace(
            account,
            moments={**account.moments, **found[key].moments},
            sayings={**account.sayings, **found[key].sayings},
        )
        if key in found
        else account
        for key, account in known.items()
    }
    return {
        person: replace(
            facts,
            accounts=tuple(membership._replace(account=whole[membership.account.key]) for membership in facts.accounts),
        )
        for person, facts in people.items()
    }
