"""A milestone's messages as a real person would get them, for the playbook's page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from milestones.ladders.models import Ladder, LadderVersion, Rung
from milestones.library.content import MESSAGES
from milestones.library.variables import Piece, pieces, problems_in
from milestones.playbook.markdown import html_filled
from onboarding.people.models import Person
from onboarding.progress.models import Journey
from onboarding.widget.checklist import safe_link
from onboarding.widget.searching import people_matching
from onboarding.widget.showing import checklist_of
from onboarding.widget.values import about_person, about_step, of_journey
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

    Without `who`, for whoever began the ladder last. On the live version, or the draft until there is one.
    """
    ladder = get_object_or_404(Ladder, key=key)
    version = ladder.published or ladder.newest
    place = version.rungs.filter(key=rung).first() if version else None
    if version is None or place is None:
        raise Http404("The ladder has no such milestone")
    who = request.GET.get("who", "").strip()
    found = list(people_matching(text=who)[: MOST_OTHERS + 1]) if who else _latest(ladder)
    person = found[0] if found else None
    values = _values(person, ladder, version, place, workspace=request.workspace.name) if person else {}
    context = {
        "ladder": ladder,
        "rung": rung,
        "who": who,
        "person": person,
        "others": found[1:],
        "messages_filled": list(_filled(place, values)),
    }
    return render(request, "widget/message_preview.html", context)


def _latest(ladder: Ladder) -> list[Person]:
    journeys = Journey.objects.filter(ladder=ladder).select_related("person").order_by("-started_at", "-pk")
    return [journey.person for journey in journeys[:1]]


def _values(person: Person, ladder: Ladder, version: LadderVersion, rung: Rung, *, workspace: str) -> dict[str, str]:
    """What the variables stand for; of somebody who does not climb the ladder, what is known of them and the step."""
    now: datetime = timezone.now()
    journey = Journey.objects.filter(person=person, ladder=ladder).select_related("version__ladder", "person").first()
    if journey is None:
        return {**about_person(person, workspace=workspace), "ladder": version.title, **_about_rung(rung)}
    shown = checklist_of(journey, now=now)
    step = next((step for step in shown.steps if step.key == rung.key), None)
    about = about_step(step) if step else _about_rung(rung)
    return {**of_journey(journey, shown, workspace=workspace, now=now), **about}


def _about_rung(rung: Rung) -> dict[str, str]:
    said = rung.says
    words = said.get("unlock", "").replace("-", " ").replace("_", " ").replace(".", " ").strip()
    return {
        "step": said["name"],
        "unlocks": words[:1].upper() + words[1:],
        "minutes": str(said.get("minutes") or ""),
        "action_url": safe_link(said.get("action_url", "")),
    }


def _filled(rung: Rung, values: dict[str, str]) -> Iterator[Filled]:
    said = rung.says.get("messages", {})
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
