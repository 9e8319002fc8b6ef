"""The address of a person's own checklist page: whoever holds it reads that checklist, and nothing else."""

from datetime import timedelta
from typing import NamedTuple

from django.core import signing
from django.urls import reverse

from onboarding.people.models import Person

SALT = "onboarding.widget.checklist"
VALID_FOR = timedelta(days=180)


class LinkExpired(Exception):
    """The link was good once; a new one is needed."""


class NoSuchLink(Exception):
    """Nobody ever made this link."""


class Climber(NamedTuple):
    """Whose checklist a link shows. `sender` is the person's root sender, which outlives merges of persons."""

    workspace_id: int
    sender: str


def checklist_url(person: Person) -> str:
    """The path of this person's checklist page, valid for 180 days."""
    return reverse("checklist:page", args=[checklist_token(person)])


def checklist_token(person: Person) -> str:
    return signing.dumps([person.workspace_id, person.key], salt=SALT, compress=True)


def climber_of(token: str) -> Climber:
    """Who a link was made for. Raises LinkExpired or NoSuchLink."""
    try:
        workspace_id, sender = signing.loads(token, salt=SALT, max_age=VALID_FOR)
    except signing.SignatureExpired as expired:
        raise LinkExpired from expired
    except signing.BadSignature as bad:
        raise NoSuchLink from bad
    return Climber(workspace_id, sender)
