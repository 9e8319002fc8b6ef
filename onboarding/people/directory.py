"""Who is who: from messages to senders, from senders to persons.

Everything is decided by the *set* of messages, not by their order of arrival: the earliest link of a sender holds,
the latest saying of a trait holds, and a person is the root of a tree of links. So merges that arrive late, twice or
in any order end in one state.

Rows come and go as plain values in single statements: this runs for every message.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from onboarding.people import accounts
from onboarding.people.accounts import Belonging, Pair
from onboarding.people.models import Person, Sender
from onboarding.people.roots import root_of
from onboarding.people.traits import Sayings, latest, say
from workspaces.scope import current_workspace_id
from workspaces.scope.bulk import insert_rows, update_values


class Message(NamedTuple):
    """What a message says about people. Ids carry their kind: senders are "u:" + userId or "a:" + anonymousId."""

    sender: str
    at: datetime
    message_id: str
    links: tuple[str, ...] = ()  # further senders that are the same person as `sender`
    traits: Mapping[str, Any] = {}
    account: str = ""
    account_traits: Mapping[str, Any] = {}


@dataclass(slots=True)
class Known:
    """A sender as far as this needs it. `pk` and `person` are 0 until it has been stored."""

    key: str
    pk: int = 0
    person: int = 0
    linked_to: str = ""
    linked_at: datetime | None = None
    linked_by: str = ""
    first_seen_at: datetime | None = None
    last_seen_at: datetime | None = None


@dataclass
class Noted:
    """The outcome: the senders of the messages, persons that came, regrouped or were seen earlier, and who joined."""

    senders: dict[str, Known] = field(default_factory=dict)
    created: set[int] = field(default_factory=set)
    regrouped: set[int] = field(default_factory=set)  # won or lost a sender
    earlier: set[int] = field(default_factory=set)
    joined: set[Pair] = field(default_factory=set)  # senders and the accounts that they are in, new or since earlier


COLUMNS = "key, id, person_id, linked_to, linked_at, linked_by, first_seen_at, last_seen_at"


def note(messages: Iterable[Message]) -> Noted:
    """Take what the messages say about people into account, in the current workspace's scope."""
    messages = list(messages)
    noted = Noted()
    senders = noted.senders = _senders_of(messages)
    changed = _link(senders, messages)
    _place(senders, changed, noted)
    _observe(senders, messages, noted)
    speakers = _hear_traits(senders, messages)
    _describe({senders[key].person for key in speakers} | noted.regrouped)
    noted.joined = hear_of_members(messages, senders)
    return noted


def hear_of_members(messages: Iterable[Message], senders: Mapping[str, Known]) -> set[Pair]:
    """Keep what the messages say of accounts and of people in them: which memberships are new, or earlier than known.

    What was heard before has no second effect.
    """
    return accounts.note(
        Belonging(senders[m.sender].pk, m.at, m.message_id, m.account, m.account_traits, m.traits)
        for m in messages
        if m.account
    )


def _senders_of(messages: list[Message]) -> dict[str, Known]:
    """The senders that the messages name, from the database or new (without a person yet)."""
    keys = {message.sender for message in messages} | {link for message in messages for link in message.links}
    senders = senders_by_key(keys)
    for key in keys - senders.keys():
        senders[key] = Known(key)
    return senders


def senders_by_key(keys: Iterable[str]) -> dict[str, Known]:
    """Those of these senders that are known, by their keys."""
    return {sender.key: sender for sender in _load("key = ANY(%s)", list(keys))}


def _load(condition: str, *parameters: Any) -> list[Known]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM people_sender WHERE workspace_id = %s AND {condition}",
            [current_workspace_id(), *parameters],
        )
        return [Known(*record) for record in cursor]


def _link(senders: dict[str, Known], messages: list[Message]) -> set[str]:
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


def _place(senders: dict[str, Known], changed: set[str], noted: Noted) -> None:
    """Give every new sender, and everyone whose tree of links changed, their person."""
    affected = {key for key, sender in senders.items() if not sender.pk}
    root = {key: key for key in affected}
    if changed:
        _load_trees(senders, changed)
        affected |= _below(senders, changed)
        linked_to = {key: sender.linked_to for key, sender in senders.items()}
        root = {key: root_of(key, linked_to) for key in affected}
    if not affected:
        return
    persons = _persons_at(set(root.values()), noted)
    new, moved = [], []
    for key in sorted(affected):
        sender, person = senders[key], persons[root[key]]
        if not sender.pk:
            new.append(sender)
            if root[key] != key:
                noted.regrouped.add(person)
        elif sender.person != person:
            noted.regrouped |= {sender.person, person}
            moved.append(sender)
        elif key in changed:
            moved.append(sender)
        sender.person = person
    stored = insert_rows(Sender, [_row(sender) for sender in new], returning=("key", "id"))
    for key, pk in stored:
        senders[key].pk = pk
    update_values(Sender, [{"id": sender.pk, **_links(sender)} for sender in moved])


def _row(sender: Known) -> dict[str, Any]:
    return {"key": sender.key, **_links(sender), "traits": {}, "traits_at": {}}


def _links(sender: Known) -> dict[str, Any]:
    return {
        "person_id": sender.person,
        "linked_to": sender.linked_to,
        "linked_at": sender.linked_at,
        "linked_by": sender.linked_by,
    }


def _load_trees(senders: dict[str, Known], changed: set[str]) -> None:
    """Load whoever is linked with the changed senders, up to the roots and down to the leaves.

    Senders that the messages name are loaded already, though not yet those whom they are linked with.
    """
    frontier = changed | {senders[key].linked_to for key in changed}
    reached = set(frontier)
    while frontier:
        targets = {senders[key].linked_to for key in frontier if senders[key].linked_to}
        found = _load("(key = ANY(%s) OR (linked_to <> '' AND linked_to = ANY(%s)))", list(targets), list(frontier))
        for sender in found:
            senders.setdefault(sender.key, sender)
        frontier = ({sender.key for sender in found} | (targets & senders.keys())) - reached
        reached |= frontier


def _below(senders: Mapping[str, Known], changed: set[str]) -> set[str]:
    """The changed senders, all whose links lead to them, and whom they are linked to (in a ring, a root anew)."""
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
    return found | {senders[key].linked_to for key in changed if senders[key].linked_to in senders}


def _persons_at(roots: set[str], noted: Noted) -> dict[str, int]:
    """The ids of the persons whose roots these are; those that are missing come to be."""
    persons = dict(Person.objects.filter(key__in=roots).values_list("key", "pk"))
    missing: list[dict[str, Any]] = [
        {
            "key": key,
            "external_id": key[2:] if key.startswith("u:") else "",
            "email": "",
            "name": "",
            "traits": {},
            "first_seen_at": None,
            "last_seen_at": None,
        }
        for key in sorted(roots - persons.keys())
    ]
    created = dict(insert_rows(Person, missing, returning=("key", "id")))
    noted.created |= set(created.values())
    return persons | created


def _observe(senders: dict[str, Known], messages: list[Message], noted: Noted) -> None:
    """First and last time of each sender and each person."""
    seen: dict[str, tuple[datetime, datetime]] = {}
    for message in messages:
        first, last = seen.get(message.sender, (message.at, message.at))
        seen[message.sender] = (min(first, message.at), max(last, message.at))
    rows = []
    for key, (first, last) in seen.items():
        sender = senders[key]
        if sender.first_seen_at is None or first < sender.first_seen_at:
            noted.earlier.add(sender.person)
        elif sender.last_seen_at is not None and last <= sender.last_seen_at:
            continue
        sender.first_seen_at = min(sender.first_seen_at or first, first)
        sender.last_seen_at = max(sender.last_seen_at or last, last)
        rows.append({"id": sender.pk, "first_seen_at": sender.first_seen_at, "last_seen_at": sender.last_seen_at})
    update_values(Sender, rows)
    _widen(senders, seen)


def _widen(senders: Mapping[str, Known], seen: Iterable[str]) -> None:
    """Persons have been seen whenever one of their senders has."""
    spans: dict[int, tuple[datetime, datetime]] = {}
    for key in seen:
        sender = senders[key]
        assert sender.first_seen_at is not None
        assert sender.last_seen_at is not None
        first, last = spans.get(sender.person, (sender.first_seen_at, sender.last_seen_at))
        spans[sender.person] = (min(first, sender.first_seen_at), max(last, sender.last_seen_at))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_person p SET first_seen_at = least(p.first_seen_at, x.first), "
            "last_seen_at = greatest(p.last_seen_at, x.last) "
            "FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS x(id, first, last) "
            "WHERE p.workspace_id = %s AND p.id = x.id "
            "AND (p.last_seen_at IS NULL OR p.first_seen_at > x.first OR p.last_seen_at < x.last)",
            [
                list(spans),
                [first for first, _ in spans.values()],
                [last for _, last in spans.values()],
                current_workspace_id(),
            ],
        )


def _hear_traits(senders: Mapping[str, Known], messages: list[Message]) -> set[str]:
    """Keep the latest saying of each trait. Returns the senders of whom anything changed."""
    speakers = {message.sender for message in messages if message.traits}
    if not speakers:
        return set()
    ids = {senders[key].pk: key for key in speakers}
    known = {
        ids[pk]: Sayings(traits, traits_at)
        for pk, traits, traits_at in Sender.objects.filter(pk__in=ids).values_list("pk", "traits", "traits_at")
    }
    changed = {m.sender for m in messages if m.traits and say(known[m.sender], m.traits, m.at, m.message_id)}
    update_values(Sender, [{"id": senders[key].pk, **known[key]._asdict()} for key in changed])
    return changed


def _describe(person_ids: set[int]) -> None:
    """Make persons say what their senders say, taken together. Those whom no sender is any more stay as they are."""
    if not person_ids:
        return
    of_person: dict[int, list[Any]] = {}
    rows = Sender.objects.filter(person__in=person_ids).values_list(
        "person", "traits", "traits_at", "first_seen_at", "last_seen_at"
    )
    for person, traits, traits_at, first, last in rows:
        of_person.setdefault(person, []).append((Sayings(traits, traits_at), first, last))
    update_values(Person, [description(person, parts) for person, parts in of_person.items()])


def description(person: int, parts: list[Any]) -> dict[str, Any]:
    """What a person is, of whose senders `parts` are the sayings, the first and the last time of any message."""
    traits = latest(sayings for sayings, _, _ in parts)
    email, name = traits.get("email"), traits.get("name")
    return {
        "id": person,
        "traits": traits,
        "email": email.lower()[:320] if isinstance(email, str) else "",
        "name": name[:255] if isinstance(name, str) else "",
        "first_seen_at": min((first for _, first, _ in parts if first), default=None),
        "last_seen_at": max((last for _, _, last in parts if last), default=None),
    }


def still_somebody(people: dict[int, datetime]) -> dict[int, datetime]:
    """Those of these people (id → anything) that some sender still is."""
    left = set(Sender.objects.filter(person__in=people).values_list("person", flat=True))
    return {person: value for person, value in people.items() if person in left}


def vanish(person_ids: set[int]) -> set[int]:
    """Delete those of these persons that no sender is any more. Returns their ids; nothing may refer to them."""
    if not person_ids:
        return set()
    left = person_ids - set(Sender.objects.filter(person__in=person_ids).values_list("person", flat=True))
    Person.objects.filter(pk__in=left)._raw_delete("default")
    return left
