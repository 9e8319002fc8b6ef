"""Journeys made up for tests, and what the cubes would hold of them."""

import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.metrics.counts import Count, Counts
from analytics.metrics.subject import Subject
from milestones.ladders.spec import RungSpec, VersionSpec
from milestones.library.conditions import All, EventCondition
from onboarding.progress.cells import JourneyState, cells_of
from onboarding.progress.replay import Reached

UTC_ZONE = ZoneInfo("UTC")
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def version(number=1, *, rungs=("connect", "invite", "report"), funnel=None, first_value="report", since=None):
    """A version whose rungs are named after their keys."""
    return VersionSpec(
        version_id=number,
        ladder_id=1,
        ladder_key="admin",
        number=number,
        role_key="admin",
        role_precedence=10,
        rule=All(()),
        start=EventCondition("Signed Up"),
        funnel=tuple(funnel or rungs),
        rungs=tuple(
            RungSpec(key, key.title(), "core", EventCondition(key), None, (), key == first_value, "") for key in rungs
        ),
        effective_from=since,
        published_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def subject(*versions):
    return Subject("admin", "Administrators", "Administrator", versions or (version(),))


def journey(start, reached=(), *, on=None, zone=UTC_ZONE, person=1, segment=None, in_order=None):
    """Somebody who began at `start` and reached each rung after so long ({key: timedelta}).

    `in_order` names the rungs that were reached in order too; all of them unless said otherwise.
    """
    spec = on or version()
    times = {key: start + after for key, after in dict(reached).items()}
    orderly = times.keys() if in_order is None else in_order
    climbed = {
        key: Reached(at, "m", at if key in orderly and key in spec.funnel else None) for key, at in times.items()
    }
    return JourneyState(
        person_id=person,
        ladder_id=1,
        version_id=spec.version_id,
        began_version_id=spec.version_id,
        started_at=start,
        cohort_on=start.astimezone(zone).date(),
        segment=json.dumps(segment or {}, sort_keys=True, separators=(",", ":")),
        first_value_at=times.get(spec.first_value.key),
        finished_at=max(times.values()) if len(times) == len(spec.rungs) else None,
        reached=climbed,
    )


def counts_of(journeys, *, as_of=None, zone=UTC_ZONE) -> Counts:
    """The cells of these journeys, as they are fetched: by what was reached up to the day `as_of`."""
    cells = Counter(cell for one in journeys for cell in cells_of(one, zone))
    return Counts.of(
        Count(
            cell.version_id,
            cell.measure,
            cell.rung_key,
            json.loads(cell.segment),
            cell.cohort_on,
            cell.elapsed_s,
            n,
        )
        for cell, n in cells.items()
        if as_of is None or (cell.reached_on <= as_of.day and cell.cohort_on <= as_of.day)
    )


def random_journeys(seed, *, people=60, now=NOW, on=(), zone=UTC_ZONE, days=40):
    """People who began in the last `days` and reached some rungs at random times, none of them in the future."""
    rng = random.Random(seed)
    versions = on or (version(),)
    found = []
    for person in range(people):
        spec = rng.choice(versions)
        start = now - timedelta(seconds=rng.randrange(1, days * 86_400), microseconds=rng.randrange(10**6))
        after, reached, orderly = timedelta(), {}, []
        for rung in spec.rungs:
            if rng.random() < 0.3:
                continue
            scale = rng.choice([60, 3_600, 86_400, 10 * 86_400])
            # Sometimes exactly on the boundary of a window.
            exact = timedelta(days=rng.randrange(0, 15)) if rng.random() < 0.2 else None
            after = timedelta(seconds=rng.random() * scale) if exact is None else exact
            if start + after <= now:
                reached[rung.key] = after
                comes_next = len(orderly) == spec.funnel.index(rung.key)
                if comes_next and after >= max((reached[key] for key in orderly), default=timedelta()):
                    orderly.append(rung.key)
        found.append(
            journey(
                start,
                reached,
                on=spec,
                zone=zone,
                person=person,
                in_order=orderly,
                segment=rng.choice([{}, {"plan": "free"}, {"plan": "pro", "size": "big"}]),
            )
        )
    return found
