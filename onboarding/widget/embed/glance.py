"""All that a reader's checklist rests on besides its versions, by one statement: an open one asks every second.

Pages take it in a scope; the short way by the right of a write key, which is looked up in the same round trip.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.utils import timezone

from onboarding.people.models import Person
from onboarding.widget.embed import statements
from onboarding.widget.words import choose
from workspaces.tenants.languages import LANGUAGES


class Climb(NamedTuple):
    """One ladder that the person climbs. Where the version is published, `fingerprint` says which content it has."""

    id: int
    ladder_id: int
    version_id: int
    fingerprint: str
    ladder: str  # its name
    archived: bool
    started_at: datetime
    first_value_at: datetime | None
    finished_at: datetime | None


class State(NamedTuple):
    """What one of the person's names did with the widget of a ladder."""

    ladder_id: int
    dismissed_at: str | None
    skipped: Mapping[str, str]
    opened_at: float | None  # first; seconds since 1970
    began_at: str


class Glance(NamedTuple):
    """What was found. `by_accounts`: features may come by accounts, which takes more than a glance to tell."""

    bound: bool
    secret_lives: bool
    settings: Sequence[Any] | None  # allowed origins, whether tokens are enforced, position, theme; None: never set
    workspace: Sequence[Any]  # the language that texts are written in, further languages, the time zone, the name
    person: Sequence[Any] | None  # what was said of their locale, language and industry; None: nobody yet
    paced: bool
    climbing: str
    completions: str
    states: Sequence[State]  # what was changed last at the end
    having: tuple[str, str, str]  # features that are unlocked, granted, archived
    by_accounts: bool

    def language(self, *, asked: str, accepts: str) -> str:
        own, further, *_ = self.workspace
        offered = (own, *(tag for tag in LANGUAGES if tag in further and tag != own))
        traits: Mapping[str, Any] = dict(zip(("locale", "language"), self.person or (None, None), strict=False))
        return choose(asked=asked, traits=traits, accepts=accepts, offered=offered)

    @property
    def climbs(self) -> list[Climb]:
        return [
            Climb._make([*climb[:6], datetime.fromisoformat(climb[6]), _moment(climb[7]), _moment(climb[8])])
            for climb in orjson.loads(self.climbing or "[]")
        ]

    def completed(self, climb: Climb) -> dict[str, datetime]:
        """When each rung was that is."""
        rows = orjson.loads(self.completions or "[]")
        return {rung: datetime.fromisoformat(at) for journey, rung, at in rows if journey == climb.id}

    @property
    def features(self) -> list[str]:
        """What the person has, where nothing comes by accounts."""
        unlocked, granted, archived = (orjson.loads(keys or "[]") for keys in self.having)
        return sorted({*unlocked, *(key for _, key in granted)} - {*archived})


def take(workspace_id: int, sender: str) -> Glance:
    """Inside the workspace's scope."""
    with connection.cursor() as cursor:
        cursor.execute(statements.PLAIN, {"workspace": workspace_id, "sender": sender, "signer": 0})
        return _read(*cursor.fetchone())


def take_short(workspace_id: int, sender: str, *, key_id: int, secret_id: int) -> Glance:
    """Outside of any scope, by the right of a write key. One round trip; raises DatabaseError."""
    parameters = {"workspace": workspace_id, "key": key_id, "sender": sender, "signer": secret_id}
    return _read(*statements.STATEMENTS.row(statements.GLANCE, parameters, anew_if_lost=True))


def told_short(workspace_id: int, sender: str, ladder_id: int, *, key_id: int) -> set[str]:
    """The rungs whose completion this reader was shown, likewise."""
    parameters = {"workspace": workspace_id, "key": key_id, "sender": sender, "ladder": ladder_id}
    (told,) = statements.STATEMENTS.row(statements.TOLD, parameters, anew_if_lost=True)
    return set(told)


def count_short(workspace_id: int, *, key_id: int, signed: bool) -> None:
    """Count somebody who was let in (IdentityCount), likewise."""
    parameters = {"workspace": workspace_id, "key": key_id, "day": timezone.now().date()}
    parameters |= {"signed": int(signed), "unsigned": int(not signed)}
    statements.STATEMENTS.run(statements.COUNT, parameters)


def _read(
    bound: str | None,
    secret_lives: bool,
    settings: str | None,
    workspace: str | None,
    person: str | None,
    paced: bool,
    climbing: str | None,
    completions: str | None,
    states: str | None,
    *having: Any,
) -> Glance:
    *kinds, by_accounts = having
    return Glance(
        bool(bound),
        secret_lives,
        orjson.loads(settings) if settings else None,
        orjson.loads(workspace or "[]"),
        orjson.loads(person) if person else None,
        paced,
        climbing or "",
        completions or "",
        [State(*state) for state in orjson.loads(states)] if states else [],
        (kinds[0] or "", kinds[1] or "", kinds[2] or ""),
        by_accounts,
    )


def _moment(at: str | None) -> datetime | None:
    return datetime.fromisoformat(at) if at else None


def tag_of(
    glance: Glance, *, language: str, view: str, now: datetime, began: int = 0, by_accounts: Sequence[str] = ()
) -> str:
    """A tag that stays the same as long as the checklist does, seen by a session that `began` (seconds since 1970).

    The hour of `now`, in the workspace's time zone, is part of it because due dates are shown in words, where steps are
    paced the minute, because they are offered by the clock; `view` is what the reader chose to see. Every completion
    is, as a ruling may take one while another comes. `by_accounts`: the features that the person has, where they may
    come by accounts.
    """
    clock = f"{now:%Y-%m-%d %H:%M}" if glance.paced else f"{now:%Y-%m-%d %H}"
    stands = []
    for state in glance.states:
        # What greets the reader stays while they look at it first.
        was_opened = state.opened_at is not None and state.opened_at < began
        if was_opened or state.dismissed_at or state.skipped:
            stands.append((state.ladder_id, state.dismissed_at, state.skipped, was_opened))
    look = glance.settings[2:] if glance.settings else None
    seen = (
        glance.climbing, glance.completions, clock, language, view, stands, look, glance.having, by_accounts,
        glance.person, glance.workspace,
    )  # fmt: skip
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:20]


def of_person(person: Person) -> Glance:
    """Inside the workspace's scope."""
    return take(person.workspace_id, person.key)


def tag_on_page(seen: Glance, *, language: str, view: str) -> str:
    """The tag where a page shows a person's checklist. Within the workspace's time zone."""
    return tag_of(seen, language=language, view=f"page {view}", now=timezone.localtime())
