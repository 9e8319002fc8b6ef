"""Granting a feature by hand, and taking a grant back. Inside a scope."""

from datetime import datetime

from django.utils import timezone

from onboarding.features.models import Feature, Grant
from onboarding.people.models import Account, Person
from workspaces.audit.models import Entry, signature
from workspaces.tenants.models import Member


def grant(feature: Feature, to: Person | Account, *, by: Member, reason: str, until: datetime | None = None) -> Grant:
    """Switch the feature on for a person, or for everyone in an account, from now on, until a moment or for good."""
    made = Grant(feature=feature, granted_at=timezone.now(), until=until, reason=reason)
    made.user, made.actor = by.user, signature(by)
    if isinstance(to, Account):
        made.account_key = to.key
    else:
        made.sender = to.key
    made.save()
    until_text = until.isoformat() if until else ""
    Entry.record(by=by, action="feature.granted", target=feature, to=str(to), reason=reason, until=until_text)
    return made


def revoke(made: Grant, *, by: Member) -> None:
    """End the grant now. One that is revoked already stays as it is."""
    if made.revoked_at is not None:
        return
    made.revoked_at, made.revoked_user, made.revoked_actor = timezone.now(), by.user, signature(by)
    made.save(update_fields=["revoked_at", "revoked_user", "revoked_actor"])
    Entry.record(by=by, action="feature.grant_revoked", target=made.feature, to=named([made])[made.pk])


def named(grants: list[Grant]) -> dict[int, str]:
    """By the grant's id, whom it is to: a person's name, or an account's."""
    senders = {one.sender for one in grants if one.sender}
    accounts = {one.account_key for one in grants if one.account_key}
    people = {
        key: person
        for person in Person.objects.filter(senders__key__in=senders).distinct()
        for key in person.senders.values_list("key", flat=True)
    }
    companies = {account.key: account for account in Account.objects.filter(key__in=accounts)}
    return {
        one.pk: str(people.get(one.sender) or one.sender.partition(":")[2])
        if one.sender
        else str(companies.get(one.account_key) or one.account_key)
        for one in grants
    }
