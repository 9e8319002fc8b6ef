"""Forgetting a person: who they are, and the companies in which nobody else is known. Inside a scope."""

from onboarding.people.models import Account, AccountMembership, Person, Sender
from onboarding.people.subjects import accounts_of, shared
from workspaces.privacy.rows import remove
from workspaces.privacy.subjects import Subject


def erase(subject: Subject) -> dict[str, int]:
    """Remove what is kept of them. What rests on it, rooms above have removed before."""
    accounts = accounts_of(subject.sender_ids)
    alone = accounts - shared(accounts, subject.sender_ids)
    memberships = AccountMembership.objects.filter(sender__in=subject.sender_ids)
    return {
        "memberships of accounts": remove(memberships),
        "accounts": remove(Account.objects.filter(pk__in=alone)),
        "names they came under": remove(Sender.objects.filter(pk__in=subject.sender_ids)),
        "people": remove(Person.objects.filter(pk__in=subject.people)),
    }
