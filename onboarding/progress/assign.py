"""Which ladders a person climbs, from which version on, and how far they are. Pure."""

import json
from datetime import datetime
from typing import Any

from milestones.library.operators import MISSING
from onboarding.progress.cells import JourneyState
from onboarding.progress.facts import Facts
from onboarding.progress.plan import Course, Plan
from onboarding.progress.replay import replay, start_of

LONGEST_SEGMENT_VALUE = 80


def journeys_of(person_id: int, facts: Facts, plan: Plan) -> list[JourneyState]:
    """The journeys that the facts make, at most one a ladder.

    1. A journey begins on the oldest version whose start falls into the time that the version was the newest.
    2. It is theirs if the version's role was theirs at the start (Plan.role_of). Role and segment are as at the start.
    3. From there they climb, and are moved to later versions with credit for what they had done (replay).

    Whatever is published later starts after those who are under way: it can move them, and add to what they have
    done, but never takes away a journey, a completion, first value or the end. The same holds for archiving. Only what
    is said of the past can: a late event, or a trait or link between senders that was not known at the start.
    """
    journeys = []
    for courses in plan.courses.values():
        course, start = begun(courses, facts)
        if course is None or start is None or plan.role_of(facts, start) != course.began.role_key:
            continue
        climb = replay(course.versions, facts, start)
        journeys.append(
            JourneyState(
                person_id=person_id,
                ladder_id=course.began.ladder_id,
                version_id=climb.version.version_id,
                began_version_id=course.began.version_id,
                started_at=start,
                cohort_on=start.astimezone(plan.zone).date(),
                segment=segment_of(plan, facts, start),
                first_value_at=climb.first_value_at,
                finished_at=climb.finished_at,
                reached=climb.reached,
            )
        )
    return journeys


def begun(courses: list[Course], facts: Facts) -> tuple[Course | None, datetime | None]:
    """The version that somebody with these facts begins on, by its course, and when; None, None if on none."""
    for course in courses:  # the oldest first
        start = start_of(course.began, facts)
        if start is not None and course.since <= start < course.until:
            return course, start
    return None, None


def segment_of(plan: Plan, facts: Facts, start: datetime) -> str:
    """The values of the segment traits at the start, as canonical JSON; a trait never said, or empty, is left out."""
    if not plan.segments:
        return "{}"
    values = {name: facts.trait_at_start(name, start) for name in plan.person_segments}
    values |= {name: facts.account_trait_at_start(trait, start) for name, trait in plan.account_segments.items()}
    return canonical(
        {
            name: _text(value)
            for name, value in values.items()
            if value is not MISSING and value != "" and value is not None
        }
    )


def canonical(segment: dict[str, Any]) -> str:
    return json.dumps(segment, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    return text[:LONGEST_SEGMENT_VALUE]
