"""Fetches what a person's checklist is made of."""

import hashlib
from datetime import datetime

from django.db.models import Count, Max, Q
from django.utils import timezone

from milestones.ladders.specs import spec_of
from onboarding.people.models import Person
from onboarding.progress.models import Completion, Journey
from onboarding.widget.checklist import Checklist, checklist


def person_behind(sender: str) -> Person | None:
    """The person that a sender's messages belong to, also after persons were merged. Inside a scope."""
    return Person.objects.filter(Q(key=sender) | Q(senders__key=sender)).order_by("pk").first()


def journey_to_show(person: Person) -> Journey | None:
    """Of several climbs the one that matters now: unfinished before finished, then the role that takes precedence."""
    journeys = person.journeys.filter(ladder__archived_at=None).select_related("version__ladder", "person")
    return min(
        journeys,
        key=lambda journey: (
            journey.finished_at is not None,
            journey.version.role.get("precedence", 0),
            -journey.started_at.timestamp(),
        ),
        default=None,
    )


def checklist_of(journey: Journey, *, now: datetime) -> Checklist:
    """The journey's checklist as it stands."""
    version = journey.version
    return checklist(
        version=spec_of(version),
        title=version.title or version.ladder.name,
        value_proposition=version.value_proposition,
        done_looks_like=version.done_looks_like,
        contents={rung.key: rung.says for rung in version.rungs.select_related("milestone")},
        started_at=journey.started_at,
        completed=dict(journey.completions.values_list("rung_key", "completed_at")),
        now=now,
    )


def tag_of(person: Person, *, view: str) -> str:
    """A tag that stays the same as long as the person's checklist does; two small queries, so polling is cheap.

    The hour is part of it because due dates are shown in words, `view` what the reader chose to see.
    """
    journeys = person.journeys.order_by("pk")
    climbs = list(journeys.values_list("pk", "version_id", "ladder__archived_at", "started_at", "finished_at"))
    done = Completion.objects.filter(journey__in=[climb[0] for climb in climbs]).aggregate(
        many=Count("rung_key"), last=Max("completed_at")
    )
    state = repr((climbs, done, f"{timezone.localtime():%Y-%m-%d %H}", view))
    return hashlib.sha256(state.encode()).hexdigest()[:20]
