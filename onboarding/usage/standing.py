"""What a person's use of the product says about one of their journeys. Pure.

Days are those of the workspace's zone. Only what happened at the journey's start or later is use since the start; of
the start's own day that is told by the last moment of use on it. A feature is adopted by a use *after* the moment that
unlocked it: the very event that did is none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

ANY = "any"  # the built-in signal: any page, screen or track message


class Span(NamedTuple):
    """The first and the last moment of a day at which somebody did it."""

    first_at: datetime
    last_at: datetime

    def joined(self, other: "Span") -> "Span":
        return Span(min(self.first_at, other.first_at), max(self.last_at, other.last_at))


Days = Mapping[str, Mapping[date, Span]]  # by signal and day


class Start(NamedTuple):
    """A journey's beginning, as far as use is counted by it. `segment` is canonical JSON."""

    version_id: int
    segment: str
    cohort_on: date
    started_at: datetime


class Adoption(NamedTuple):
    """A feature came on `unlocked_on`, and was first used so many days later; None while it has not been."""

    unlocked_on: date
    used_after: int | None


@dataclass(frozen=True)
class Standing:
    """A journey as it is counted. `days`: by signal the indexes of the days of use, ascending, never empty."""

    version_id: int
    segment: str
    cohort_on: date
    days: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    adopted: Mapping[str, Adoption] = field(default_factory=dict)


def standing_of(
    start: Start, days: Days, unlocks: Mapping[str, datetime], *, used_when: Mapping[str, str], zone: ZoneInfo
) -> Standing:
    """`unlocks`: by feature the moment it came; `used_when`: by feature the signal whose events are its use."""
    counted = {}
    for signal, spans in days.items():
        indexes = sorted((day - start.cohort_on).days for day, span in spans.items() if _since(day, span, start))
        if indexes:
            counted[signal] = tuple(indexes)
    return Standing(
        start.version_id,
        start.segment,
        start.cohort_on,
        counted,
        {
            feature: _adoption(at, days.get(used_when[feature], {}), zone)
            for feature, at in unlocks.items()
            if feature in used_when
        },
    )


def _since(day: date, span: Span, start: Start) -> bool:
    return day > start.cohort_on or (day == start.cohort_on and span.last_at >= start.started_at)


def _adoption(unlocked_at: datetime, spans: Mapping[date, Span], zone: ZoneInfo) -> Adoption:
    day = unlocked_at.astimezone(zone).date()
    used = min((on for on, span in spans.items() if on >= day and span.last_at > unlocked_at), default=None)
    return Adoption(day, None if used is None else (used - day).days)
