"""Whose answers they are. Inside a scope."""

from collections.abc import Iterable

from onboarding.feedback.models import Answer
from onboarding.people.models import Person, Sender


def people_of(answers: Iterable[Answer]) -> dict[str, Person]:
    """By the answers' senders, the people that these are now."""
    keys = {answer.sender for answer in answers}
    found = {person.key: person for person in Person.objects.filter(key__in=keys)}
    for sender in Sender.objects.filter(key__in=keys).select_related("person"):
        found[sender.key] = sender.person
    return found
