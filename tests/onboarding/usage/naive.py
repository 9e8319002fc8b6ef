"""What people did after they began, counted plainly: message by message, person by person, with sets. Knows nothing of
marks, spans, differences or cells.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from milestones.library.conditions import EventCondition
from onboarding.intake.message import Message

DOING = ("track", "page", "screen")


@dataclass(frozen=True)
class Begun:
    """Somebody's journey: under which names they send, when and on which day they began, what was unlocked when."""

    senders: frozenset[str]
    version_id: int
    started_at: datetime
    cohort_on: date
    unlocked: Mapping[str, datetime]


def moments(log: Iterable[Message], begun: Begun, condition: EventCondition | None) -> list[datetime]:
    """When they did it since they began; without a condition: anything."""
    return [
        message.occurred_at
        for message in log
        if message.sender in begun.senders
        and message.occurred_at >= begun.started_at
        and (
            message.type in DOING
            if condition is None
            else message.event == condition.event and condition.matches(message.properties)
        )
    ]


def days(log: Iterable[Message], begun: Begun, condition: EventCondition | None, zone: ZoneInfo) -> set[date]:
    return {at.astimezone(zone).date() for at in moments(log, begun, condition)}


def period(grain: str, began_on: date, day: date) -> int:
    """Which period since the beginning the day lies in."""
    if grain == "day":
        return (day - began_on).days
    if grain == "week":
        return (day - began_on).days // 7
    if grain == "month":
        return (day - began_on).days // 30
    if grain == "cal_week":
        monday = began_on - timedelta(days=began_on.weekday())
        return (day - monday).days // 7
    return (day.year - began_on.year) * 12 + day.month - began_on.month


def used_after(
    log: Iterable[Message], begun: Begun, feature: str, condition: EventCondition, zone: ZoneInfo
) -> int | None:
    """How many days after the unlock they first used the feature."""
    at = begun.unlocked[feature]
    later = [used for used in moments(log, begun, condition) if used > at]
    return (min(later).astimezone(zone).date() - at.astimezone(zone).date()).days if later else None
