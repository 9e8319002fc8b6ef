"""How much there is in a workspace, for whoever runs the installation: numbers alone, and quickly."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Max, Sum

from onboarding.intake.models import Seen
from onboarding.intake.seen import EVENT
from onboarding.people.models import Person


class Size(NamedTuple):
    """`messages`: how many events were ever counted by name; `last_event_at`: when the latest of them happened."""

    people: int
    messages: int
    last_event_at: datetime | None


def of_workspace() -> Size:
    """In the current scope."""
    seen = Seen.objects.filter(kind=EVENT).aggregate(n=Sum("count"), last=Max("last_at"))
    return Size(Person.objects.count(), seen["n"] or 0, seen["last"])
