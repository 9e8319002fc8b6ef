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

from analytics.metrics.question import Asks
from analytics.metrics.segments import NOT_SET
from analytics.metrics.waits import LATEST_PASSED, Usual
from milestones.ladders.spec import RungSpec
from workspaces.scope import current_workspace_id

MOST_LISTED = 300
# Of the people who came to a step so many are looked at for each one wanted, and in so many stretches.
LOOKED_AT, STRETCHES = 10, 5
Values = dict[str, Any]

# The waits of the latest who passed a step: since the last of the steps before it, or the beginning. Whoever did it
# before one of those did not wait for it, and who was helped over it by hand says nothing about how long it takes.
PASSED = """
SELECT extract(epoch FROM passed.completed_at - greatest(passed.started_at, b.since))::float
FROM (
    SELECT c.journey_id, c.completed_at, j.started_at FROM progress_completion c
    CROSS JOIN LATERAL (
        SELECT journey.started_at FROM progress_journey journey
        WHERE journey.workspace_id = %(workspace)s AND journey.id = c.journey_id
          AND journey.version_id = ANY(%(versions)s) OFFSET 0
    ) j
    WHERE c.workspace_id = %(workspace)s AND c.rung_key = %(rung)s AND c.completed_at < %(until)s
      AND c.ruling_id IS NULL
    ORDER BY c.completed_at DESC LIMIT %(latest)s
) passed
CROSS JOIN LATERAL (
    SELECT max(b.completed_at) AS since, count(*) AS steps FROM progress_completion b
    WHERE b.workspace_id = %(workspace)s AND b.journey_id = passed.journey_id AND b.rung_key = ANY(%(before)s::text[])
      AND b.completed_at <= passed.completed_at
) b
WHERE b.steps = cardinality(%(before)s::text[])
"""

# Those of `came` who wait before a step. Each look-up is fenced (OFFSET 0, LIMIT 1): how many rows a workspace has is
# not known to the planner (workspaces/scope/operations.py), which would otherwise read all of them to sort a few. What
# narrows the list is asked first (CASE): most who came to a step have passed it, and need not be looked up any further.
WAITING = """
SELECT j.person_id, p.name, p.email, p.external_id, p.last_seen_at, greatest(j.started_at, b.since), a.called
FROM unnest(%(came)s::bigint[]) WITH ORDINALITY came (journey_id, place)
CROSS JOIN LATERAL (
    SELECT * FROM progress_journey journey
    WHERE journey.workspace_id = %(workspace)s AND journey.id = came.journey_id
      AND CASE WHEN journey.version_id = ANY(%(versions)s) AND journey.cohort_on BETWEEN %(first)s AND %(last)s
        {narrower} THEN (
        SELECT true FROM progress_completion d
        WHERE d.workspace_id = %(workspace)s AND d.journey_id = came.journey_id AND d.rung_key = %(rung)s
          AND d.completed_at < %(until)s LIMIT 1) IS NULL END
    OFFSET 0
) j
CROSS JOIN LATERAL (
    SELECT max(b.completed_at) AS since, count(*) AS steps FROM progress_completion b
    WHERE b.workspace_id = %(workspace)s AND b.journey_id = j.id AND b.rung_key = ANY(%(before)s::text[])
      AND b.completed_at < %(until)s
    OFFSET 0
) b
CROSS JOIN LATERAL (
    SELECT * FROM people_person person WHERE person.workspace_id = %(workspace)s AND person.id = j.person_id OFFSET 0
) p
LEFT JOIN LATERAL (
    SELECT coalesce(nullif(account.name, ''), account.key) AS called
    FROM people_sender s
    JOIN people_accountmembership m ON m.workspace_id = %(workspace)s AND m.sender_id = s.id
    JOIN people_account account ON account.workspace_id = %(workspace)s AND account.id = m.account_id
    WHERE s.workspace_id = %(workspace)s AND s.person_id = p.id
    ORDER BY m.since DESC, account.id LIMIT 1
) a ON true
WHERE b.steps = cardinality(%(before)s::text[]) AND greatest(j.started_at, b.since) < %(waits_since)s
ORDER BY came.place
"""
# The planner takes a workspace's rows for few, and would sort all that ever came to a step to take the latest; in the
# order of the index only these are read.
IN_INDEX_ORDER = "SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"
IN_ANY_ORDER = "SET LOCAL enable_sort TO DEFAULT; SET LOCAL enable_bitmapscan TO DEFAULT"
SEEN_LATELY = """ AND (
        SELECT seen.last_seen_at FROM people_person seen
        WHERE seen.workspace_id = %(workspace)s AND seen.id = journey.person_id LIMIT 1) >= %(seen_since)s"""
# Who came to a step, the latest first: who reached the step before it, or began.
AFTER_A_STEP = """
    SELECT c.journey_id FROM progress_completion c
    WHERE c.workspace_id = %(workspace)s AND c.rung_key = %(previous)s AND c.completed_at < %(waits_since)s
    ORDER BY c.completed_at DESC, c.journey_id DESC LIMIT %(stretch)s OFFSET %(after)s"""
AFTER_BEGINNING = """
    SELECT began.id FROM progress_journey began
    WHERE began.workspace_id = %(workspace)s AND began.ladder_id = %(ladder)s AND began.started_at < %(waits_since)s
    ORDER BY began.started_at DESC, began.id DESC LIMIT %(stretch)s OFFSET %(after)s"""


@dataclass(frozen=True)
class Filters:
    """Narrower than the whole list: one rung, seen within so many days, one value of a segment's trait."""

    rung: str = ""
    seen_days: int | None = None
    trait: str = ""
    value: str = ""


@dataclass(frozen=True)
class Stuck:
    """One person. `longer_than` is the share of those who passed who took less."""

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
    with connection.cursor() as cursor:
        cursor.execute(PASSED, {**_values(asked, rung, before), "latest": LATEST_PASSED})
        return Usual.of([wait for (wait,) in cursor])


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
        called=name or email or external_id or "Anonymous visitor",
        account=account or "",
        rung=rung,
        since=since,
        waited=until - since,
        last_seen_at=seen,
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
