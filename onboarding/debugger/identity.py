"""Who a message is about, and what it said about who is who. In a scope."""

from dataclasses import dataclass
from datetime import datetime

from onboarding.debugger.entries import Logged
from onboarding.people.models import AccountMembership, Person, Sender

LONGEST_WAY = 20


@dataclass(frozen=True)
class Link:
    """A sender that is the same person as another, since the message `by` said so."""

    sender: str
    to: str
    at: datetime | None
    by: str


@dataclass(frozen=True)
class LinkSaid:
    """A link that the message asked for: made by it, or else what holds instead (None: it is not read yet)."""

    sender: str
    made: bool
    instead: Link | None


@dataclass(frozen=True)
class Identity:
    """The person now, and the way of links from the sender to them. `account`: what the message belongs to."""

    sender: str
    person: Person | None
    way: tuple[Link, ...]
    links_said: tuple[LinkSaid, ...]
    account: AccountMembership | None
    account_key: str
    joined: bool  # whether it is this message from which on the sender belongs to the account


def identity_of(logged: Logged) -> Identity:
    row = logged.row
    sender = Sender.objects.filter(key=row.sender).select_related("person").first()
    membership = None
    if row.group_id and sender is not None:
        memberships = AccountMembership.objects.filter(sender=sender, account__key=row.group_id)
        membership = memberships.select_related("account").first()
    return Identity(
        row.sender,
        sender.person if sender else None,
        tuple(_way(sender)),
        tuple(_links_said(logged)),
        membership,
        row.group_id,
        membership is not None and membership.since == row.occurred_at,
    )


def _way(sender: Sender | None) -> list[Link]:
    way: list[Link] = []
    seen: set[str] = set()
    while sender is not None and sender.linked_to and sender.key not in seen and len(way) < LONGEST_WAY:
        seen.add(sender.key)
        way.append(_link(sender))
        sender = Sender.objects.filter(key=sender.linked_to).first()
    return way


def _link(sender: Sender) -> Link:
    return Link(sender.key, sender.linked_to, sender.linked_at, sender.linked_by)


def _links_said(logged: Logged) -> list[LinkSaid]:
    said = logged.row.about_people()
    wanted = [key for key in said.links if key != said.sender]
    known = {sender.key: sender for sender in Sender.objects.filter(key__in=wanted)}
    found = []
    for key in wanted:
        sender = known.get(key)
        if sender is None or not sender.linked_to:
            found.append(LinkSaid(key, made=False, instead=None))
            continue
        made = (sender.linked_at, sender.linked_by, sender.linked_to) == (said.at, said.message_id, said.sender)
        found.append(LinkSaid(key, made=made, instead=None if made else _link(sender)))
    return found
