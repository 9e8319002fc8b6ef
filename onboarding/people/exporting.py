"""What is kept of who a person is. Inside a scope."""

from typing import Any

from onboarding.people.accounts import accounts_of
from onboarding.people.models import Person, Sender
from workspaces.privacy.subjects import Subject


def export(subject: Subject) -> dict[str, list[dict[str, Any]]]:
    people = Person.objects.filter(pk__in=subject.people)
    return {
        "you": [
            {
                "user id": person.external_id,
                "e-mail": person.email,
                "name": person.name,
                "traits": person.traits,
                "first seen": person.first_seen_at,
                "last seen": person.last_seen_at,
            }
            for person in people
        ],
        "names you came under": [
            {
                "kind": "user id" if sender.key.startswith("u:") else "anonymous id",
                "id": sender.key[2:],
                "traits": sender.traits,
                "first seen": sender.first_seen_at,
                "last seen": sender.last_seen_at,
            }
            for sender in Sender.objects.filter(pk__in=subject.sender_ids).order_by("pk")
        ],
        "accounts": [
            {
                "account id": belongs.account.key,
                "name": belongs.account.name,
                "since": belongs.since,
                "said of you there": dict(belongs.traits),
            }
            for person in people
            for belongs in accounts_of(person)
        ],
    }
