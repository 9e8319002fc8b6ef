"""Who is who: from messages to senders, from senders to persons and accounts.

Everything is decided by the *set* of messages, not by their order of arrival: the earliest link of a sender holds,
the latest saying of a trait holds, and a person is the root of a tree of links. So merges that arrive late, twice or
in any order end in one state.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from onboarding.people.models import Account, AccountMembership, Person, Sender
from onboarding.people.roots import root_of
from workspaces.scope.bulk import update_rows

MOST_TRAITS = 200


@dataclass(frozen=True)
class Message:
    """What a message says about people. Ids carry their kind: senders are "u:" + userId or "a:" + anonymousId."""

    sender: str
    at: datetime
    message_id: str
    links: tuple[str, ...] = ()  # further senders that are the same person as `sender`
    traits: Mapping[str, Any] = field(default_factory=dict)
    account: str = ""
    account_traits: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Noted:
    """The outcome: every sender of the messages, and the persons that became others or changed their start."""

    senders: dict[str, Sender] = field(default_factory=dict)
    created: set[int] = field(default_factory=set)  # persons that came to be
    regrouped: set[int] = field(default_factory=set)  # persons that won or lost a sender
    earlier: set[int] = field(default_factory=set)  # persons who were first seen earlier than known


def note(messages: Iterable[Message]) -> Noted:
    """Take what the messages say about people into account, in the current workspace's scope."""
    messages = list(messages)
    noted = Noted()
    senders = _senders_of(messages)
    changed = _link(senders, messages)
    _place(senders, changed, noted)
    spoke = _observe(senders, messages, noted)
    _refresh_persons(senders, spoke, noted)
    _note_accounts(senders, messages)
    noted.senders = senders
    return noted


def _senders_of(messages: list[Message]) -> dict[str, Sender]:
    """The senders that the messages name, from the database or new (without a person yet)."""
    keys = {message.sender for message in messages} | {link for message in messages for link in message.links}
    senders = {sender.key: sender for sender in Sender.objects.filter(key__in=keys)}
    for key in keys - senders.keys():
        senders[key] = Sender(key=key)
    return senders


def _link(senders: dict[str, Sender], messages: list[Message]) -> set[str]:
    """Apply the links that messages say; the earliest saying about a sender holds. Returns the senders changed."""
    changed = set()
    for message in messages:
        for key in message.links:
            sender = senders[key]
            if key == message.sender:
                continue
            if sender.linked_at is None or (message.at, message.message_id) < (sender.linked_at, sender.linked_by):
                sender.linked_to, sender.linked_at, sender.linked_by = message.sender, message.at, message.message_id
                changed.add(key)
    return changed


def _place(senders: dict[str, Sender], changed: set[str], noted: Noted) -> None:
    """Give every new sender, and everyone whose tree of links changed, their person."""
    unplaced = {key for key, sender in senders.items() if sender.pk is None}
    if changed:
        _load_trees(senders, changed)
    affected = unplaced | (_below(senders, changed) if changed else set())
    if not affected:
        return
    roots = {key: root_of(key, {k: s.linked_to for k, s in senders.items()}) for key in affected} if changed else {}
    root = {key: roots.get(key, key) for key in affected}
    persons = _persons_at(set(root.values()), senders, noted)
    moved, new = [], []
    for key in sorted(affected):
        sender, person = senders[key], persons[root[key]]
        if sender.pk is None:
            sender.person_id = person.pk
            new.append(sender)
            if root[key] != key:
                noted.regrouped.add(person.pk)
        elif sender.person_id != person.pk:
            noted.regrouped |= {sender.person_id, person.pk}
            sender.person_id = person.pk
            moved.append(sender)
        elif key in changed:
            moved.append(sender)
    Sender.objects.bulk_create(new, batch_size=2000)
    update_rows(moved, ["person", "linked_to", "linked_at", "linked_by"])


def _load_trees(senders: dict[str, Sender], changed: set[str]) -> None:
    """Load whoever is linked with the changed senders, up to the roots and down to the leaves."""
    frontier = set(changed)
    while frontier:
        targets = {senders[key].linked_to for key in frontier if senders[key].linked_to} - senders.keys()
        found = list(Sender.objects.filter(key__in=targets)) + list(
            Sender.objects.filter(linked_to__in=frontier).exclude(key__in=senders.keys())
        )
        frontier = set()
        for sender in found:
            if sender.key not in senders:
                senders[sender.key] = sender
                frontier.add(sender.key)


def _below(senders: Mapping[str, Sender], changed: set[str]) -> set[str]:
    """The changed senders and all whose links lead to them."""
    below: dict[str, list[str]] = {}
    for key, sender in senders.items():
        if sender.linked_to:
            below.setdefault(sender.linked_to, []).append(key)
    found, frontier = set(changed), list(changed)
    while frontier:
        for key in below.get(frontier.pop(), ()):
            if key not in found:
                found.add(key)
                frontier.append(key)
    # In a ring of links everybody is below everybody, and what a changed sender points to may be its root anew.
    return found | {senders[key].linked_to for key in changed if senders[key].linked_to in senders}


def _persons_at(roots: set[str], senders: Mapping[str, Sender], noted: Noted) -> dict[str, Person]:
    """The persons whose roots these are; those that are missing come to be."""
    persons = {person.key: person for person in Person.objects.filter(key__in=roots)}
    missing = [
        Person(key=key, external_id=key[2:] if key.startswith("u:") else "") for key in sorted(roots - persons.keys())
    ]
    for person in Person.objects.bulk_create(missing, batch_size=2000):
        persons[person.key] = person
        noted.created.add(person.pk)
    return persons


def _observe(senders: dict[str, Sender], messages: list[Message], noted: Noted) -> set[str]:
    """First and last time of each sender, and the latest saying of each trait. Returns the senders that changed."""
    changed = set()
    for message in messages:
        sender = senders[message.sender]
        if sender.first_seen_at is None or message.at < sender.first_seen_at:
            sender.first_seen_at = message.at
            noted.earlier.add(sender.person_id)
            changed.add(sender.key)
        if sender.last_seen_at is None or message.at > sender.last_seen_at:
            sender.last_seen_at = message.at
            changed.add(sender.key)
        if message.traits and _say(sender, message.traits, message):
            changed.add(sender.key)
    update_rows([senders[key] for key in changed], ["traits", "traits_at", "first_seen_at", "last_seen_at"])
    return changed


def _say(holder: Sender | Account, traits: Mapping[str, Any], message: Message) -> bool:
    """Let the latest saying of each trait hold. Times are ISO in UTC with microseconds, so they compare as text."""
    stamp = [message.at.isoformat(timespec="microseconds"), message.message_id]
    changed = False
    for name, value in traits.items():
        known = holder.traits_at.get(name)
        if known is None and len(holder.traits_at) >= MOST_TRAITS:
            continue
        if known is None or stamp > known:
            holder.traits[name], holder.traits_at[name] = value, stamp
            changed = True
    return changed


def _refresh_persons(senders: Mapping[str, Sender], spoke: set[str], noted: Noted) -> None:
    """Make persons say what their senders say, taken together; those that lost all senders are left as they are."""
    ids = {senders[key].person_id for key in spoke} | noted.regrouped
    if not ids:
        return
    of_person: dict[int, list[Sender]] = {}
    for sender in Sender.objects.filter(person__in=ids).only(
        "key", "person", "traits", "traits_at", "first_seen_at", "last_seen_at"
    ):
        of_person.setdefault(sender.person_id, []).append(sender)
    persons = list(Person.objects.filter(pk__in=of_person))
    for person in persons:
        _summarise(person, of_person[person.pk])
    update_rows(persons, ["traits", "email", "name", "first_seen_at", "last_seen_at"])


def _summarise(person: Person, senders: list[Sender]) -> None:
    latest: dict[str, tuple[list[str], Any]] = {}
    for sender in senders:
        for name, stamp in sender.traits_at.items():
            if name not in latest or stamp > latest[name][0]:
                latest[name] = (stamp, sender.traits[name])
    person.traits = {name: value for name, (_, value) in sorted(latest.items())}
    email, name = person.traits.get("email"), person.traits.get("name")
    person.email = email.lower()[:320] if isinstance(email, str) else ""
    person.name = name[:255] if isinstance(name, str) else ""
    person.first_seen_at = min((s.first_seen_at for s in senders if s.first_seen_at), default=person.first_seen_at)
    person.last_seen_at = max((s.last_seen_at for s in senders if s.last_seen_at), default=person.last_seen_at)


def _note_accounts(senders: Mapping[str, Sender], messages: list[Message]) -> None:
    """Accounts and who belongs to them since when."""
    with_account = [message for message in messages if message.account]
    if not with_account:
        return
    keys = {message.account for message in with_account}
    accounts = {account.key: account for account in Account.objects.filter(key__in=keys)}
    new = [Account(key=key) for key in sorted(keys - accounts.keys())]
    accounts |= {account.key: account for account in Account.objects.bulk_create(new)}
    said = set()
    since: dict[tuple[int, int], datetime] = {}
    for message in with_account:
        account = accounts[message.account]
        if message.account_traits and _say(account, message.account_traits, message):
            name = account.traits.get("name")
            account.name = name[:255] if isinstance(name, str) else ""
            said.add(account.key)
        pair = (senders[message.sender].pk, account.pk)
        since[pair] = min(since.get(pair, message.at), message.at)
    update_rows([accounts[key] for key in said], ["traits", "traits_at", "name"])
    _join(since)


def _join(since: Mapping[tuple[int, int], datetime]) -> None:
    senders = {sender for sender, _ in since}
    known = {(m.sender_id, m.account_id): m for m in AccountMembership.objects.filter(sender__in=senders)}
    AccountMembership.objects.bulk_create(
        AccountMembership(sender_id=sender, account_id=account, since=at)
        for (sender, account), at in since.items()
        if (sender, account) not in known
    )
    earlier = [known[pair] for pair, at in since.items() if pair in known and at < known[pair].since]
    for membership in earlier:
        membership.since = since[membership.sender_id, membership.account_id]
    update_rows(earlier, ["since"])


def vanish(person_ids: Iterable[int]) -> set[int]:
    """Delete those of these persons that no sender is any more. Returns their ids; nothing may refer to them."""
    left = set(person_ids) - set(Sender.objects.filter(person__in=person_ids).values_list("person", flat=True))
    Person.objects.filter(pk__in=left)._raw_delete("default")
    return left


def still_somebody(people: dict[int, datetime]) -> dict[int, datetime]:
    """Those of these people (id → anything) that some sender still is."""
    left = set(Sender.objects.filter(person__in=people).values_list("person", flat=True))
    return {person: value for person, value in people.items() if person in left}
