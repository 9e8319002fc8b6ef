"""Fetches what a person's checklist is made of."""

import hashlib
from dataclasses import replace
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from milestones.ladders.document import IMPACT_FIELDS
from milestones.ladders.models import LadderVersion, Rung
from milestones.ladders.specs import spec_of
from milestones.library.variables import fill
from onboarding.people.models import Person
from onboarding.progress.models import Completion, Journey
from onboarding.widget.checklist import Checklist, Telling, checklist, story_for
from onboarding.widget.values import of_journey


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
    version, person = journey.version, journey.person
    shown = checklist(
        version=spec_of(version),
        telling=telling_of(version, industry=str(person.traits.get("industry") or "")),
        contents={rung.key: rung.says for rung in version.rungs.all()},
        started_at=journey.started_at,
        completed=dict(journey.completions.values_list("rung_key", "completed_at")),
        now=now,
        finished=journey.finished_at is not None,
    )
    if not version.impact or journey.first_value_at is None:
        return shown
    return with_impact(shown, version, of_journey(journey, shown, workspace=version.workspace.name, now=now))


def telling_of(version: LadderVersion, *, industry: str) -> Telling:
    """The version's texts for somebody of this industry."""
    role = version.role
    return Telling(
        title=version.title or version.ladder.name,
        value_proposition=version.value_proposition,
        kickoff=version.kickoff or version.done_looks_like,
        done_looks_like=version.done_looks_like,
        story=story_for(version.stories, role=(role["key"], role["name"]), industry=industry),
    )


def with_impact(shown: Checklist, version: LadderVersion, values: dict[str, str]) -> Checklist:
    """The checklist with before and after told in the person's own numbers."""
    before, after = (fill(version.impact.get(field, ""), values).strip() for field in IMPACT_FIELDS)
    return replace(shown, telling=replace(shown.telling, before=before, after=after))


def tag_of(person: Person, *, view: str) -> str:
    """A tag that stays the same as long as the person's checklist does; two small queries, so polling is cheap.

    The hour is part of it because due dates are shown in words, where steps are paced the minute, because they are
    offered by the clock; `view` is what the reader chose to see. Every completion is, as a ruling may take one while
    another comes.
    """
    journeys = person.journeys.order_by("pk")
    paced = Exists(Rung.objects.filter(version=OuterRef("version"), spacing__isnull=False))
    climbs = list(
        journeys.values_list(
            "pk",
            "version_id",
            "ladder__archived_at",
            "started_at",
            "finished_at",
            paced | Q(version__new_steps_a_session__isnull=False),
        )
    )
    done = list(
        Completion.objects.filter(journey__in=[climb[0] for climb in climbs])
        .order_by("journey_id", "rung_key")
        .values_list("journey_id", "rung_key", "completed_at")
    )
    now = timezone.localtime()
    clock = f"{now:%Y-%m-%d %H:%M}" if any(climb[-1] for climb in climbs) else f"{now:%Y-%m-%d %H}"
    state = repr((climbs, done, clock, view))
    return hashlib.sha256(state.encode()).hexdigest()[:20]
