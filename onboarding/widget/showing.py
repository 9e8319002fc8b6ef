"""Fetches what a person's checklist is made of."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from milestones.ladders.document import IMPACT_FIELDS, STORY_TRANSLATED, TEXTS, TRANSLATED
from milestones.ladders.models import LadderVersion, Rung
from milestones.ladders.specs import spec_of
from milestones.library.content import TRANSLATED as MILESTONE_TRANSLATED
from milestones.library.variables import fill
from onboarding.people.models import Person
from onboarding.progress.models import Completion, Journey
from onboarding.widget.checklist import NOTHING, Checklist, Telling, checklist, story_for
from onboarding.widget.embed.standing import states_of
from onboarding.widget.speaking import spoken
from onboarding.widget.values import of_journey
from onboarding.widget.words import Text


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


def checklist_of(
    journey: Journey, *, now: datetime, language: str = "", authored: str = "", skipped: Mapping[str, str] = NOTHING
) -> Checklist:
    """The journey's checklist as it stands, in `language`; `authored`: the one that its texts are written in.

    Without them, as it is written. `skipped`: by rung key why its climber put a step aside.
    """
    version, person = journey.version, journey.person
    said = texts_of(version, language=language, authored=authored)
    shown = checklist(
        version=spec_of(version),
        telling=telling_of(version, said, industry=str(person.traits.get("industry") or "")),
        contents=contents_of(version, language=language, authored=authored),
        started_at=journey.started_at,
        completed=dict(journey.completions.values_list("rung_key", "completed_at")),
        now=now,
        finished=journey.finished_at is not None,
        skipped=skipped,
    )
    if not version.impact or journey.first_value_at is None:
        return shown
    return with_impact(shown, said, of_journey(journey, shown, workspace=version.workspace.name, now=now))


def texts_of(version: LadderVersion, *, language: str, authored: str) -> dict[str, Any]:
    """What the version says itself, stories and impact included."""
    texts = {field: getattr(version, field) for field in (*TEXTS, "impact", "translations")}
    stories = [spoken(story, STORY_TRANSLATED, language=language, authored=authored) for story in version.stories]
    return {**spoken(texts, TRANSLATED, language=language, authored=authored), "stories": stories}


def contents_of(version: LadderVersion, *, language: str, authored: str) -> dict[str, dict[str, Any]]:
    """What its milestones say, by key."""
    return {
        rung.key: spoken(rung.says, MILESTONE_TRANSLATED, language=language, authored=authored)
        for rung in version.rungs.all()
    }


def telling_of(version: LadderVersion, said: Mapping[str, Any], *, industry: str) -> Telling:
    """The texts around the steps for somebody of this industry. `said`: see texts_of."""
    role = version.role
    return Telling(
        title=said["title"] or version.ladder.name,
        value_proposition=said["value_proposition"],
        kickoff=said["kickoff"] or said["done_looks_like"],
        done_looks_like=said["done_looks_like"],
        story=story_for(said["stories"], role=(role["key"], role["name"]), industry=industry),
    )


def with_impact(shown: Checklist, said: Mapping[str, Any], values: dict[str, str]) -> Checklist:
    """The checklist with before and after told in the person's own numbers."""
    before, after = (_filled(said["impact"].get(field, ""), values) for field in IMPACT_FIELDS)
    return replace(shown, telling=replace(shown.telling, before=before, after=after))


def _filled(text: str, values: dict[str, str]) -> str:
    """Still in the language of its text, whatever is filled in."""
    filled = fill(text, values).strip()
    return Text(filled, text.language) if isinstance(text, Text) else filled


def tag_of(person: Person, *, view: str) -> str:
    """A tag that stays the same as long as the person's checklist does; three small queries, so polling is cheap.

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
    stands = [(state.ladder_id, state.dismissed_at, state.skipped) for state in states_of(person)]
    state = repr((climbs, done, stands, clock, view))
    return hashlib.sha256(state.encode()).hexdigest()[:20]
