"""Which counts a journey adds one to. Pure: analytics' cubes, their deltas and their check all come from here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from onboarding.progress.grades import grade
from onboarding.progress.replay import Reached


class Cell(NamedTuple):
    """The key of a count of people.

    `measure` is *began*, *completed* (a rung), *in_order* (a rung of the ordered funnel), *value* (first value) or
    *finished* (the ladder). `version_id` is the version that they began on, also of people who were moved since: so
    versions are compared by what became of everybody who was given them (intention to treat). `segment` is canonical
    JSON, `elapsed_s` the graded time from the journey's start, `reached_on` the day of it in the workspace's zone (so
    that a count can be told as of any past day).
    """

    version_id: int
    measure: str
    rung_key: str
    segment: str
    cohort_on: date
    reached_on: date
    elapsed_s: int


@dataclass(frozen=True)
class JourneyState:
    """All that is derived about one person's climb of one ladder.

    `version_id` is the version that they are shown, `began_version_id` the one that they began on. `reached` may have
    rungs of either, and of versions in between.
    """

    person_id: int
    ladder_id: int
    version_id: int
    began_version_id: int
    started_at: datetime
    cohort_on: date
    segment: str  # canonical JSON: keys sorted, no spaces
    first_value_at: datetime | None
    finished_at: datetime | None
    reached: Mapping[str, Reached] = field(default_factory=dict)


def cells_of(journey: JourneyState, zone: ZoneInfo) -> Iterator[Cell]:
    """Every cell that this journey adds one person to."""

    def cell(measure: str, rung_key: str, at: datetime) -> Cell:
        return Cell(
            journey.began_version_id,
            measure,
            rung_key,
            journey.segment,
            journey.cohort_on,
            at.astimezone(zone).date(),
            grade(at - journey.started_at),
        )

    yield cell("began", "", journey.started_at)
    for key, reached in journey.reached.items():
        yield cell("completed", key, reached.at)
        if reached.in_order_at is not None:
            yield cell("in_order", key, reached.in_order_at)
    if journey.first_value_at is not None:
        yield cell("value", "", journey.first_value_at)
    if journey.finished_at is not None:
        yield cell("finished", "", journey.finished_at)
