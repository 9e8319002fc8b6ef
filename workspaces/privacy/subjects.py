"""Who somebody is, to whoever erases or exports: the names they go by in this workspace.

The rooms above know people; this one asks them by the functions and modules that the settings name (PERSON_…).
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

from workspaces.privacy.mentions import Mentions


@dataclass(frozen=True)
class Subject:
    """A person, in their workspace's scope: `senders` are their keys in the event log, with "u:" or "a:" before each;
    `sender_ids` and `people` are the rows known of them, of which there may be none; `terms` their ids and addresses;
    `names` what they are called.
    """

    senders: tuple[str, ...]
    sender_ids: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    terms: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def mentions(self) -> Mentions:
        return Mentions(self.terms, self.names)


@dataclass(frozen=True)
class Found:
    """Somebody whom a text names, to be asked about: the key to ask by, and how a member knows them."""

    key: str
    name: str
    detail: str


def find(text: str) -> list[Found]:
    """The people whom a user id, an anonymous id or an e-mail address names, in the current scope."""
    return cast(list[Found], import_string(settings.PERSON_FINDER + ".find")(text))


def subject(known: Subject) -> Subject:
    """Who goes by these senders' keys, with all further ids and names that are known by now. In the current scope."""
    return cast(Subject, import_string(settings.PERSON_FINDER + ".subject")(known))


def settle(workspace_id: int) -> None:
    """Have everything that was sent by now taken into account, as far as it can be. Outside of any scope."""
    for path in settings.PERSON_SETTLERS:
        import_string(path)(workspace_id)


def lock() -> None:
    """Nobody else changes what is known of people in the current scope, until its transaction ends."""
    for path in settings.PERSON_LOCKS:
        import_string(path)()


def erase(subject: Subject) -> Counter[str]:
    """Have every room erase what it keeps of a person, in the current scope, under the lock. Returns how much went."""
    removed: Counter[str] = Counter()
    for path in settings.PERSON_ERASERS:
        removed.update(import_string(path)(subject))
    return removed


def stretches() -> list[tuple[str, Any]]:
    """Where somebody may be mentioned in the current scope: each room's texts, in stretches of about a second."""
    return [(path, stretch) for path in settings.PERSON_SWEEPERS for stretch in import_string(path + ".stretches")()]


def sweep(path: str, stretch: Any, mentions: Mentions) -> Counter[str]:
    """Take the mentions out of one stretch, in the current scope. Returns how many texts had any."""
    return Counter(import_string(path + ".sweep")(stretch, mentions))


def obstacle(asked_at: datetime) -> str:
    """Why it can't be said yet that somebody is erased from the current scope since then: a sentence, or nothing."""
    return next((why for path in settings.PERSON_OBSTACLES if (why := import_string(path)(asked_at))), "")
