"""What somebody who is erased did for colleagues: kept as done by nobody.

A criterion may read what anyone in an account does, or what the account is; then others' progress rests on what this
person sent. Nobody may be made unfinished by that, so these messages stay in the log, each as that of a visitor of
its own under a random name: with the account, the event and the time, and of what it said only what criteria read and
what is known of the account. Nothing says that two of them came from one person.

Accounts in which nobody else is known are not kept, nor is what was done for them.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from milestones.library.operators import MISSING, lookup
from onboarding.intake import log
from onboarding.intake.message import Message
from onboarding.intake.models import LoggedEvent
from onboarding.people import directory
from onboarding.people.models import Account
from onboarding.people.subjects import NOBODYS, accounts_of, shared
from onboarding.progress import account_evidence, evidence
from onboarding.progress.evidence import Evidence
from onboarding.progress.models import AccountActivity, AccountTraitValue
from onboarding.progress.news import LogRow, log_begins_at
from onboarding.progress.plan import Plan, by_event
from workspaces.privacy.mentions import Mentions
from workspaces.privacy.subjects import Subject
from workspaces.scope import current_workspace_id


class Kept(NamedTuple):
    """A message as it stays, and whether the log has it (or the log had let go of it already)."""

    row: LogRow
    logged: bool
    activity: tuple[tuple[str, datetime], ...] = ()  # of those that the log doesn't have
    values: tuple[tuple[str, Any], ...] = ()


def hand_over(subject: Subject, plan: Plan) -> set[int]:
    """Take the evidence of shared accounts from this person and keep it as nobody's. Returns the accounts.

    Their evidence is gone afterwards, their messages not yet. Under the lock, inside a scope.
    """
    accounts = shared(accounts_of(subject.sender_ids), subject.sender_ids)
    kept = list(_kept(subject, plan, Account.objects.in_bulk(accounts))) if accounts else []
    for model in (AccountActivity, AccountTraitValue):
        model.objects.filter(sender__in=subject.sender_ids)._raw_delete("default")
    if kept:
        log.append(current_workspace_id(), [_message(one.row) for one in kept if one.logged])
        _take_to_heart(kept, plan)
    return accounts


def _kept(subject: Subject, plan: Plan, accounts: Mapping[int, Account]) -> Iterator[Kept]:
    """The messages that stay, each for one account."""
    mentions, begins = subject.mentions, log_begins_at()
    did: dict[tuple[int, str], list[tuple[str, datetime]]] = {}
    mine = {"sender__in": subject.sender_ids, "account__in": accounts}
    for account, signal, at, message in AccountActivity.objects.filter(**mine).values_list(
        "account", "signal", "occurred_at", "message_id"
    ):
        did.setdefault((account, message), []).append((signal, at))
    said: dict[tuple[int, str], dict[str, tuple[Any, datetime]]] = {}
    for account, name, at, message, value in AccountTraitValue.objects.filter(**mine).values_list(
        "account", "name", "said_at", "message_id", "value"
    ):
        said.setdefault((account, message), {})[name] = value, at
    stands: dict[tuple[int, str], set[str]] = {}  # what is known of the account by the message
    for pk, account_row in accounts.items():
        for name, (_, message) in account_row.traits_at.items():
            stands.setdefault((pk, message), set()).add(name)
    logged = _logged(subject.senders, {message for _, message in {*did, *said, *stands}}, begins)
    for pk, message in sorted({*did, *said, *stands}):
        event = logged.get(message)
        account_row = accounts[pk]
        if event is not None:
            names = said.get((pk, message), {}).keys() | stands.get((pk, message), set())
            row = _anonymous(event, account_row.key, plan, names, mentions)
            yield Kept(row, logged=True)
            _say_by(account_row, row, stands.get((pk, message), set()), mentions)
        elif (pk, message) in did or (pk, message) in said:
            activity, values = did.get((pk, message), []), said.get((pk, message), {})
            at = min([at for _, at in activity] + [at for _, at in values.values()])
            yield Kept(
                _row("group" if values else "track", "", account_row.key, at, at),
                logged=False,
                activity=tuple(activity),
                values=tuple((name, mentions.scrubbed(value, name)[0]) for name, (value, _) in values.items()),
            )


def _logged(senders: Collection[str], messages: Collection[str], begins: datetime | None) -> dict[str, LoggedEvent]:
    """Those messages of these senders that the log has, and still counts."""
    found = LoggedEvent.objects.filter(sender__in=senders, message_id__in=messages)
    return {
        event.message_id: event
        for event in found
        if begins is None or max(event.client_at, event.occurred_at) >= begins
    }


def _anonymous(event: LoggedEvent, account: str, plan: Plan, names: Iterable[str], mentions: Mentions) -> LogRow:
    wanted = by_event(plan.signals.values()).get(event.event, ())
    paths = {condition.property for signal in wanted for condition in signal.where}
    properties = _only(event.properties, paths, mentions)
    traits = _only(event.traits, names, mentions) if event.type == "group" else {}
    return _row(event.type, event.event, account, event.occurred_at, event.client_at, properties, traits)


def _only(values: Mapping[str, Any], paths: Iterable[str], mentions: Mentions) -> dict[str, Any]:
    found = {path: lookup(values, path) for path in sorted(paths)}
    return {path: mentions.scrubbed(value, path)[0] for path, value in found.items() if value is not MISSING}


def _row(
    kind: str,
    event: str,
    account: str,
    occurred_at: datetime,
    client_at: datetime,
    properties: Mapping[str, Any] = {},
    traits: Mapping[str, Any] = {},
) -> LogRow:
    anonymous, what = f"erased-{uuid.uuid4().hex}", f"erased-{uuid.uuid4().hex}"
    said = (orjson.dumps(properties).decode(), orjson.dumps(traits).decode())
    return LogRow(0, 0, kind, event, NOBODYS + anonymous, anonymous, "", account, occurred_at, what, *said, client_at)


def _message(row: LogRow) -> Message:
    return Message(
        row.type,
        row.message_id,
        row.event,
        row.sender,
        anonymous_id=row.anonymous_id,
        group_id=row.group_id,
        client_at=row.client_at,
        occurred_at=row.occurred_at,
        properties=row.properties,
        traits=row.traits,
    )


def _say_by(account: Account, row: LogRow, names: Iterable[str], mentions: Mentions) -> None:
    """What is known of the account by the former message is known by the one that stays."""
    traits = row.traits
    for name in names:
        account.traits_at[name] = [account.traits_at[name][0], row.message_id]
        account.traits[name] = traits.get(name, account.traits[name])
    if names:
        name = account.traits.get("name")
        account.name = name[:255] if isinstance(name, str) else ""
        account.save(update_fields=["traits", "traits_at", "name"])


def _take_to_heart(kept: list[Kept], plan: Plan) -> None:
    """What the engine does of these messages, at once; when it reads them in the log, they are known."""
    noted = directory.note(one.row.about_people() for one in kept)
    needs = plan.account_needs
    found = evidence.found_in(
        [one.row for one in kept if one.logged],
        noted.senders,
        signals=plan.signals.values(),
        traits=plan.traits,
        account_traits=needs.traits,
    )
    for one in kept:
        if not one.logged:
            about = {"sender_id": noted.senders[one.row.sender].pk, "message_id": one.row.message_id}
            account = {"account_key": one.row.group_id}
            found.activity.extend({**about, **account, "signal": s, "occurred_at": at} for s, at in one.activity)
            found.of_accounts.extend(
                {**about, **account, "name": name, "said_at": one.row.occurred_at, "value": value}
                for name, value in one.values
            )
    evidence.store(Evidence(*found))
    account_evidence.store(found.activity, found.of_accounts, joined=noted.joined, needs=needs)
