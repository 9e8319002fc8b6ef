"""A milestone's messages as a real person would get them, for the playbook's page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from milestones.ladders.models import Ladder, LadderVersion, Rung
from milestones.library.content import MESSAGES, TRANSLATED
from milestones.library.keys import feature_name
from milestones.library.variables import Piece, pieces, problems_in
from milestones.playbook.markdown import html_filled
from onboarding.people.models import Person
from onboarding.progress.models import Journey
from onboarding.widget import kept
from onboarding.widget.checklist import safe_link
from onboarding.widget.searching import people_matching
from onboarding.widget.showing import checklist_of
from onboarding.widget.speaking import spoken
from onboarding.widget.values import about_person, about_step, of_journey
from onboarding.widget.views import words_for
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

MOST_OTHERS = 5


@dataclass(frozen=True)
class Filled:
    """A message with its variables filled. A help article is Markdown (`html`), the others are plain `text`."""

    kind: str
    subject: tuple[Piece, ...]
    text: tuple[Piece, ...]
    html: SafeString | None
    problems: tuple[str, ...]


@workspace_view("people.read")
@require_GET
def message_preview(request: WorkspaceRequest, key: str, rung: str) -> HttpResponse:
    """Fragment: the messages of a rung for the person that `who` (the beginning of an e-mail or user id) finds.

    Without `who`, for whoever began the ladder last; in that person's language.
    On the live version, or the draft until there is one.
    """
    ladder = get_object_or_404(Ladder, key=key)
    version = ladder.published or ladder.newest
    place = version.rungs.filter(key=rung).first() if version else None
    if version is None or place is None:
        raise Http404("The ladder has no such milestone")
    who = request.GET.get("who", "").strip()
    found = list(people_matching(text=who)[: MOST_OTHERS + 1]) if who else _latest(ladder)
    person = found[0] if found else None
    speech = {"language": request.workspace.language, "authored": request.workspace.language}
    if person:
        speech["language"] = words_for(person, request.workspace).tag
    said = spoken(place.says, TRANSLATED, **speech)
    values = _values(person, version, place, said, workspace=request.workspace.name, speech=speech) if person else {}
    context = {
        "ladder": ladder,
        "rung": rung,
        "who": who,
        "person": person,
        "others": found[1:],
        "messages_filled": list(_filled(said.get("messages", {}), values)),
    }
    return render(request, "widget/message_preview.html", context)


def _latest(ladder: Ladder) -> list[Person]:
    journeys = Journey.objects.filter(ladder=ladder).select_related("person").order_by("-started_at", "-pk")
    return [journey.person for journey in journeys[:1]]


def _values(
    person: Person, version: LadderVersion, rung: Rung, said: dict[str, Any], *, workspace: str, speech: dict[str, str]
) -> dict[str, str]:
    """What the variables stand for; of somebody who does not climb the ladder, what is known of them and the step."""
    now: datetime = timezone.now()
    journey = (
        Journey.objects.filter(person=person, ladder=version.ladder).select_related("version__ladder", "person").first()
    )
    if journey is None:
        title = kept.of_version(version, **speech).texts["title"]
        return {**about_person(person, workspace=workspace), "ladder": title, **_about_rung(said)}
    shown = checklist_of(journey, now=now, language=speech["language"], authored=speech["authored"])
    step = next((step for step in shown.steps if step.key == rung.key), None)
    about = about_step(step) if step else _about_rung(said)
    return {**of_journey(journey, shown, workspace=workspace, now=now), **about}


def _about_rung(said: dict[str, Any]) -> dict[str, str]:
    return {
        "step": said["name"],
        "unlocks": feature_name(said.get("unlock", "")),
        "minutes": str(said.get("minutes") or ""),
        "action_url": safe_link(said.get("action_url", "")),
    }


def _filled(said: dict[str, str], values: dict[str, str]) -> Iterator[Filled]:
    for kind in MESSAGES:
        if kind == "email_subject" or kind not in said:
            continue
        subject = said.get("email_subject", "") if kind == "email" else ""
        yield Filled(
            kind=kind,
            subject=tuple(pieces(subject, values)),
            text=tuple(pieces(said[kind], values)),
            html=html_filled(said[kind], values, top=4) if kind == "help" else None,
            problems=tuple(problems_in(f"{subject}\n{said[kind]}")),
        )
