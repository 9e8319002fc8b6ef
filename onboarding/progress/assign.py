"""Which ladders a person climbs, on which version, and how far they are. Pure."""

import json
from datetime import datetime
from typing import Any

from milestones.ladders.spec import VersionSpec
from milestones.library.operators import MISSING
from onboarding.progress.cells import JourneyState
from onboarding.progress.facts import Facts
from onboarding.progress.plan import Plan
from onboarding.progress.replay import replay, start_of

LONGEST_SEGMENT_VALUE = 80


def journeys_of(person_id: int, facts: Facts, plan: Plan) -> list[JourneyState]:
    """The journeys that the facts make, one for each started ladder of the person's role.

    The role and the segment are as at the start of the journey; the version is the newest in effect at the start.
    """
    journeys = []
    for versions in plan.ladders.values():
        version, start = _version_at_start(versions, facts)
        if version is None or start is None:
            continue
        if plan.role_of(plan.role_traits(facts, start)) != version.role_key:
            continue
        climb = replay(version, facts)
        if climb is None:
            continue
        journeys.append(
            JourneyState(
                person_id=person_id,
                ladder_id=version.ladder_id,
                version_id=version.version_id,
                started_at=climb.start,
                cohort_on=climb.start.astimezone(plan.zone).date(),
                segment=segment_of(plan, facts, climb.start),
                first_value_at=climb.first_value_at,
                finished_at=climb.finished_at,
                reached=climb.reached,
            )
        )
    return journeys


def _version_at_start(versions: list[VersionSpec], facts: Facts) -> tuple[VersionSpec | None, datetime | None]:
    for version in versions:  # the newest first
        start = start_of(version, facts)
        if start is not None and (version.effective_from is None or start >= version.effective_from):
            return version, start
    return None, None


def segment_of(plan: Plan, facts: Facts, start: datetime) -> str:
    """The values of the segment traits at the start, as canonical JSON; a trait never said, or empty, is left out."""
    if not plan.segments:
        return "{}"
    values = {name: facts.trait_at_start(name, start) for name in plan.segments}
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
