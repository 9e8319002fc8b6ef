"""The days on which a person used the product. Inside a scope."""

from collections.abc import Iterator
from typing import Any

from onboarding.usage.models import KeyEvent, UsageDay
from onboarding.usage.standing import ANY
from workspaces.privacy.subjects import Subject


def export(subject: Subject) -> dict[str, Iterator[dict[str, Any]]]:
    return {"days of use": _days(subject)}


def _days(subject: Subject) -> Iterator[dict[str, Any]]:
    names = {event.signal: event.name for event in KeyEvent.objects.all()}
    days = UsageDay.objects.filter(sender_id__in=subject.sender_ids).order_by("day_on", "signal")
    for day in days:
        yield {
            "day": day.day_on,
            "what": names.get(day.signal, "anything" if day.signal == ANY else day.signal),
            "first": day.first_at,
            "last": day.last_at,
        }
