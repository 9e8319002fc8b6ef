"""Telling programs, by webhooks, what completions gave people and took from them.

1. Whoever tells in a workspace locks it, so that one of them tells at a time.
2. Some people's changes of unlocks are taken from the queue. The same statement, so at the same moment, counts how many
   unlocks of the feature each of them has: less what was changed, that is how many they had when they were told of
   last. So a feature that came by a second step, or that went and came back meanwhile, is no news.
3. What is news is handed to the webhooks' outbox, in the same transaction: whatever crashes, it is told once.

Of people who are gone (they turned out to be somebody else) nothing is told; their successor has what they had.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection

from onboarding.features.evaluation import Evaluation, evaluate_all
from onboarding.features.models import Feature
from onboarding.features.standing import standing_of
from onboarding.people.accounts import accounts_of
from onboarding.people.models import Person
from onboarding.progress.models import UnlockChange
from workspaces.scope import current_workspace_id, scope
from workspaces.webhooks import outbox
from workspaces.webhooks.models import Endpoint

PEOPLE_AT_ONCE = 200
MOST_ACCOUNTS = 20

UNLOCKED, LOCKED = "feature.unlocked", "feature.locked"

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('features.tell', %s))"
_PEOPLE = """
SELECT DISTINCT person_id FROM (
    SELECT person_id FROM progress_unlockchange WHERE workspace_id = %s ORDER BY id LIMIT %s) first"""
_CLAIM = """
WITH claimed AS (
    DELETE FROM progress_unlockchange WHERE workspace_id = %(workspace)s AND person_id = ANY(%(people)s)
    RETURNING id, person_id, feature, n),
changed AS (
    SELECT person_id, feature, sum(n) AS n, max(id) AS change FROM claimed GROUP BY person_id, feature)
SELECT c.person_id, c.feature, c.change, c.n, (
    SELECT count(*) FROM progress_unlock u
    WHERE u.workspace_id = %(workspace)s AND u.person_id = c.person_id AND u.feature = c.feature)
FROM changed c ORDER BY c.change"""


class Change(NamedTuple):
    """A feature that a person has by completions now, and did not have when they were told of last; or the reverse."""

    person_id: int
    feature: str
    change: int
    has: bool


def tell(workspace_id: int) -> int:
    """Tell what has changed in the workspace, some people at a time. Returns how many changes were news."""
    told = 0
    while True:
        with scope(workspace_id):
            people = _next_people()
            if not people:
                return told
            told += _tell(_claimed(people))


def waits(workspace_id: int) -> bool:
    """Whether any change has not been told."""
    with scope(workspace_id):
        return UnlockChange.objects.exists()


def _next_people() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [current_workspace_id()])
        cursor.execute(_PEOPLE, [current_workspace_id(), PEOPLE_AT_ONCE])
        return [person for (person,) in cursor]


def _claimed(people: list[int]) -> list[Change]:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"workspace": current_workspace_id(), "people": people})
        return [
            Change(person, feature, change, has=now > 0)
            for person, feature, change, n, now in cursor
            if (now > 0) != (now - n > 0)
        ]


def _tell(changes: list[Change]) -> int:
    if not Endpoint.objects.filter(disabled_at=None).exists():  # nobody listens
        return len(changes)
    people = Person.objects.in_bulk({change.person_id for change in changes})
    reaches = dict(Feature.objects.values_list("key", "reach"))
    news: list[outbox.News] = []
    for person_id, own in groupby(sorted(changes), key=attrgetter("person_id")):
        if person := people.get(person_id):
            news += _news_of(person, own, reaches)
    outbox.emit_all(current_workspace_id(), news)
    return len(changes)


def _news_of(person: Person, changes: Iterable[Change], reaches: Mapping[str, str]) -> Iterator[outbox.News]:
    """What is told of a person's changes. Of features that are archived, nothing is."""
    standing = standing_of(person)
    now = {one.key: one for one in evaluate_all(standing.features, standing.given)}
    accounts = [belongs.account.key for belongs in accounts_of(person)[:MOST_ACCOUNTS]]
    for change in changes:
        found = now.get(change.feature) or Evaluation(change.feature, False, "DEFAULT")
        if found.reason == "DISABLED":
            continue
        data: dict[str, Any] = {
            "feature": change.feature,
            "userId": person.external_id,
            "accountIds": accounts,
            "reach": reaches.get(change.feature, Feature.Reach.PERSON),
            "value": found.value,
        }
        if change.has:
            step = found.metadata
            data |= {"ladder": step["ladder"], "step": step["step"], "unlockedAt": step["since"]}
        topic = UNLOCKED if change.has else LOCKED
        yield outbox.News(topic, data, f"feature:{person.pk}:{change.feature}:{change.change}")
