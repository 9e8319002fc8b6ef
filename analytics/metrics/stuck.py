"""Who is stuck: before which rung of the funnel, since when, and against how long those who passed it took.

Somebody waits before the first step of the funnel that they have not reached, since they reached the last of the steps
before it (or began). They are stuck when that is longer than nine of ten took of the latest who passed.

Bounded on purpose: the usual time is told from the latest few hundred who passed, and a step's list ends after some
hundred, of some thousand who came to it last, so that a page costs the same at a million people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from analytics.metrics.question import Asks
from analytics.metrics.segments import NOT_SET
from analytics.metrics.stuck_queries import (
    AFTER_A_STEP,
    AFTER_BEGINNING,
    IN_ANY_ORDER,
    IN_INDEX_ORDER,
    PASSED,
    SEEN_LATELY,
    WAITING,
)
from analytics.metrics.waits import LATEST_PASSED, Usual
from milestones.ladders.spec import RungSpec
from workspaces.scope import current_workspace_id

MOST_LISTED = 300
# Of the people who came to a step so many are looked at for each one wanted, and in so many stretches.
LOOKED_AT, STRETCHES = 10, 5
Values = dict[str, Any]


@dataclass(frozen=True)
class Filters:
    """Narrower than the whole list: one rung, seen within so many days, one value of a segment's trait."""

    rung: str = ""
    seen_days: int | None = None
    trait: str = ""
    value: str = ""


@dataclass(frozen=True)
class Stuck:
    """One person. `longer_than` is the share of those who passed who took less.

    `last_seen_at` is None also of whoever was seen again since the day that is asked for: when before is not kept.
    """

    person_id: int
    called: str
    account: str
    rung: RungSpec
    since: datetime
    waited: timedelta
    last_seen_at: datetime | None
    usual: Usual
    longer_than: float

    @property
    def longer_than_percent(self) -> int:
        """Rounded down: 100 is all of them."""
        return int(100 * self.longer_than)


@dataclass(frozen=True)
class Step:
    """One step of the funnel: how long it usually takes, and who is stuck before it, the latest to get stuck first."""

    rung: RungSpec
    usual: Usual
    people: tuple[Stuck, ...]
    is_cut: bool
    """Whether there may be more."""


def stuck(asked: Asks, filters: Filters | None = None, *, most: int = MOST_LISTED) -> tuple[Step, ...]:
    """Every step of the latest version's funnel, of those who began in the asked days; at most so many a step.

    Inside a scope.
    """
    filters = filters or Filters()
    with connection.cursor() as cursor:
        cursor.execute(IN_INDEX_ORDER)
    found = _steps(asked, filters, most)
    with connection.cursor() as cursor:
        cursor.execute(IN_ANY_ORDER)
    return found


def passed(asked: Asks, rung: str) -> list[int]:
    """The journeys of the latest who passed a step of the funnel, from whom its usual time is told. Inside a scope."""
    funnel = asked.subject.latest.funnel
    with connection.cursor() as cursor:
        cursor.execute(IN_INDEX_ORDER)
    found = _passed(asked, rung, funnel[: funnel.index(rung)])
    with connection.cursor() as cursor:
        cursor.execute(IN_ANY_ORDER)
    return [journey for journey, _ in found]


def _steps(asked: Asks, filters: Filters, most: int) -> tuple[Step, ...]:
    funnel = asked.subject.latest.funnel
    found = []
    for place, key in enumerate(funnel):
        rung = asked.subject.rung(key)
        assert rung is not None
        if filters.rung in ("", key):
            usual = _usual(asked, key, funnel[:place])
            waiting: tuple[list[Stuck], bool] = ([], False)
            if usual.is_known:
                waiting = _waiting(asked, rung, funnel[:place], usual, filters, most)
            found.append(Step(rung, usual, tuple(waiting[0]), is_cut=waiting[1]))
    return tuple(found)


def _usual(asked: Asks, rung: str, before: Sequence[str]) -> Usual:
    return Usual.of([wait for _, wait in _passed(asked, rung, before)])


def _passed(asked: Asks, rung: str, before: Sequence[str]) -> list[tuple[int, float]]:
    with connection.cursor() as cursor:
        cursor.execute(PASSED, {**_values(asked, rung, before), "latest": LATEST_PASSED})
        return cursor.fetchall()


def _waiting(
    asked: Asks, rung: RungSpec, before: Sequence[str], usual: Usual, filters: Filters, most: int
) -> tuple[list[Stuck], bool]:
    until = asked.as_of.until
    values: Values = {
        **_values(asked, rung.key, before),
        "first": asked.begun.first,
        "last": asked.begun.last,
        "ladder": asked.subject.latest.ladder_id,
        "previous": before[-1] if before else "",
        "waits_since": until - timedelta(seconds=usual.limit_s),
        "stretch": most * LOOKED_AT // STRETCHES,
    }
    narrower = ""
    if filters.trait:
        unset = filters.value == NOT_SET
        narrower += (
            " AND journey.segment ->> %(trait)s IS NULL" if unset else " AND journey.segment ->> %(trait)s = %(value)s"
        )
        values |= {"trait": filters.trait, "value": filters.value}
    if filters.seen_days is not None:
        narrower += SEEN_LATELY
        values["seen_since"] = until - timedelta(days=filters.seen_days)
    statement = WAITING.format(narrower=narrower)
    found: list[Stuck] = []
    with connection.cursor() as cursor:
        for number in range(STRETCHES):
            values["after"] = number * values["stretch"]
            cursor.execute(AFTER_A_STEP if before else AFTER_BEGINNING, values)
            values["came"] = [journey for (journey,) in cursor]
            cursor.execute(statement, values)
            found += [_person(row, rung, usual, until) for row in cursor]
            if len(found) > most:
                return found[:most], True
            if len(values["came"]) < values["stretch"]:
                return found, False
    return found, True


def _person(row: tuple[Any, ...], rung: RungSpec, usual: Usual, until: datetime) -> Stuck:
    person, name, email, external_id, seen, since, account = row
    return Stuck(
        person_id=person,
        called=name or email or external_id or _("Anonymous visitor"),
        account=account or "",
        rung=rung,
        since=since,
        waited=until - since,
        last_seen_at=seen if seen and seen < until else None,
        usual=usual,
        longer_than=usual.share_shorter((until - since).total_seconds()),
    )


def _values(asked: Asks, rung: str, before: Sequence[str]) -> Values:
    return {
        "workspace": current_workspace_id(),
        "rung": rung,
        "before": list(before),
        "until": asked.as_of.until,
        "versions": [version.version_id for version in asked.subject.same_funnel],
    }
