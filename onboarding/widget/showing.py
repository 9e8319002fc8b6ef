"""Fetches what a person's checklist is made of."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from milestones.ladders.document import IMPACT_FIELDS
from milestones.library.variables import fill
from onboarding.people.models import Person
from onboarding.progress.models import Journey
from onboarding.widget import kept
from onboarding.widget.checklist import NOTHING, Checklist, Telling, checklist, story_for
from onboarding.widget.kept import Said
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
    said = kept.of_version(journey.version, language=language, authored=authored)
    shown = checklist(
        version=said.spec,
        telling=telling_of(
            said, ladder=journey.version.ladder.name, industry=str(journey.person.traits.get("industry") or "")
        ),
        contents=said.contents,
        started_at=journey.started_at,
        completed=dict(journey.completions.values_list("rung_key", "completed_at")),
        now=now,
        finished=journey.finished_at is not None,
        skipped=skipped,
    )
    if not said.texts["impact"] or journey.first_value_at is None:
        return shown
    return with_impact(shown, said, of_journey(journey, shown, workspace=journey.version.workspace.name, now=now))


def telling_of(said: Said, *, ladder: str, industry: str) -> Telling:
    """The texts around the steps for somebody of this industry. `ladder`: its name, which stands for a title."""
    texts, role = said.texts, said.role
    return Telling(
        title=texts["title"] or ladder,
        value_proposition=texts["value_proposition"],
        kickoff=texts["kickoff"] or texts["done_looks_like"],
        done_looks_like=texts["done_looks_like"],
        story=story_for(texts["stories"], role=(role["key"], role["name"]), industry=industry),
    )


def with_impact(shown: Checklist, said: Said, values: dict[str, str]) -> Checklist:
    """The checklist with before and after told in the person's own numbers."""
    before, after = (_filled(said.texts["impact"].get(field, ""), values) for field in IMPACT_FIELDS)
    return replace(shown, telling=replace(shown.telling, before=before, after=after))


def _filled(text: str, values: dict[str, str]) -> str:
    """Still in the language of its text, whatever is filled in."""
    filled = fill(text, values).strip()
    return Text(filled, text.language) if isinstance(text, Text) else filled
