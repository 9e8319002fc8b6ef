"""Who somebody is, to whoever erases or exports them. Inside a scope."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from onboarding.people.models import AccountMembership, Person, Sender
from workspaces.privacy.subjects import Found, Subject

# What erased people did for their colleagues is kept under senders of this kind, one for each message, so that nothing
# says that two of them were one person: see progress/handing_over.py. No message that is sent can claim to be of it.
NOBODYS = "n:"

# The traits in which a person's own address stands, whatever their spelling. (Others may hold a superior's.)
ADDRESSES = {"email", "mail", "emailaddress", "workemail", "useremail"}

MOST_FOUND = 20


def find(text: str) -> list[Found]:
    """The people whom a user id, an anonymous id or an e-mail address names."""
    text = text.strip()
    named = Sender.objects.filter(key__in=[f"u:{text}", f"a:{text}"], person=OuterRef("pk"))
    people = Person.objects.filter(Q(Exists(named)) | (Q(email=text.lower()) & ~Q(email="")))
    return [Found(one.key, str(one), one.email or one.key[2:]) for one in people.order_by("pk")[:MOST_FOUND]]


def subject(known: Subject) -> Subject:
    """Who goes by these senders' keys, with all further names of theirs.

    Where they were the last known in an account, what erased colleagues of theirs did there goes with them.
    """
    keys = set(known.senders)
    people = set(Sender.objects.filter(key__in=keys).values_list("person", flat=True))
    people |= set(Person.objects.filter(key__in=keys).values_list("pk", flat=True))
    senders = dict(Sender.objects.filter(person__in=people).values_list("pk", "key"))
    keys |= set(senders.values()) | set(Person.objects.filter(pk__in=people).values_list("key", flat=True))
    names = set(known.names) | set(Person.objects.filter(pk__in=people).values_list("name", flat=True))
    terms = set(known.terms) | {key[2:] for key in keys if not key.startswith(NOBODYS)} | _addresses(people)
    accounts = accounts_of(senders)
    alone = accounts - shared(accounts, senders)
    orphaned = Sender.objects.filter(account_memberships__account__in=alone, key__startswith=NOBODYS)
    for pk, key, person in orphaned.values_list("pk", "key", "person"):
        senders[pk] = key
        people.add(person)
        keys.add(key)
    return Subject(
        tuple(sorted(keys)),
        tuple(sorted(senders)),
        tuple(sorted(people)),
        tuple(sorted(terms - {""})),
        tuple(sorted(names - {""})),
    )


def accounts_of(senders: Iterable[int]) -> set[int]:
    """The accounts that these senders are in."""
    return set(AccountMembership.objects.filter(sender__in=list(senders)).values_list("account", flat=True))


def shared(accounts: Iterable[int], senders: Iterable[int]) -> set[int]:
    """Those of the accounts in which somebody else is known, too."""
    others = AccountMembership.objects.filter(account__in=list(accounts)).exclude(sender__in=list(senders))
    return set(others.exclude(sender__key__startswith=NOBODYS).values_list("account", flat=True))


def _addresses(people: Collection[int]) -> set[str]:
    """Every address that is theirs alone. One that others have as well is taken out of no text of theirs."""
    found = set(Person.objects.filter(pk__in=people).values_list("email", flat=True))
    for traits in Sender.objects.filter(person__in=people).values_list("traits", flat=True):
        found |= {
            value.lower()
            for name, value in traits.items()
            if isinstance(value, str) and "@" in value[1:-1] and re.sub("[^a-z]", "", name.lower()) in ADDRESSES
        }
    others = Person.objects.filter(email__in=found).exclude(pk__in=people)
    return found - set(others.values_list("email", flat=True))


def not_seen_since(before: datetime, at_most: int) -> list[str]:
    """The keys of people who were last seen before a moment, the longest ago first."""
    people = Person.objects.filter(last_seen_at__lt=before).exclude(key__startswith=NOBODYS)
    return list(people.order_by("last_seen_at", "pk").values_list("key", flat=True)[:at_most])
