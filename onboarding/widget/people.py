"""What members see of the end users: the list, and one person with everything known about them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from milestones.ladders.models import Ladder
from milestones.ladders.models import Rung as PublishedRung
from onboarding.intake.models import LoggedEvent
from onboarding.people.accounts import accounts_of
from onboarding.people.models import Person
from onboarding.progress import proofs
from onboarding.progress.models import Journey
from onboarding.widget.checklist import Checklist, Step
from onboarding.widget.links import checklist_url
from onboarding.widget.searching import STATES, people_matching
from onboarding.widget.showing import checklist_of
from onboarding.widget.views import checklist_context
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

PER_PAGE = 50
RECENT = 25
COMPLETED = ("rung_key", "completed_at", "message_id")


@workspace_view("people.read")
@require_GET
def people(request: WorkspaceRequest) -> HttpResponse:
    """The workspace's people, by e-mail or user id, ladder and state."""
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "ladder", "state")}
    found = people_matching(text=asked["q"], ladder_key=asked["ladder"], state=asked["state"])
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    climbs = _climbs_of(page.object_list)
    return render(
        request,
        "people/list.html",
        {
            "page": page,
            "rows": [(person, climbs.get(person.pk, [])) for person in page.object_list],
            "asked": asked,
            "filtered": any(asked.values()),
            "ladders": Ladder.objects.filter(archived_at=None).order_by("name"),
            "states": STATES.items(),
        },
    )


@workspace_view("people.read")
@require_GET
def person(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """One person: who they are, how far they climbed and by what evidence, and what they see themselves."""
    someone = get_object_or_404(Person, pk=pk)
    senders = list(someone.senders.values_list("key", flat=True)) or [someone.key]
    context = {
        "person": someone,
        "senders": senders,
        "traits": sorted(someone.traits.items()),
        "accounts": accounts_of(someone),
        "climbs": [_climb(journey) for journey in _journeys([someone])],
        "events": list(LoggedEvent.objects.filter(sender__in=senders).order_by("-occurred_at", "-id")[:RECENT]),
        "checklist_url": request.build_absolute_uri(checklist_url(someone)),
        "workspace_name": request.workspace.name,
        **checklist_context(someone),
    }
    return render(request, "people/person.html", context)


@dataclass(frozen=True)
class Rung:
    """A step of a climb with the event that proves it; `evidence` is None when a trait did, or nothing yet."""

    step: Step
    message_id: str
    evidence: LoggedEvent | None
    of_colleague: bool  # whether somebody else in their account sent it


@dataclass(frozen=True)
class Climb:
    """`elsewhere`: what is done of other versions, which the one that is shown doesn't have; names and times."""

    journey: Journey
    checklist: Checklist
    rungs: tuple[Rung, ...]
    elsewhere: tuple[tuple[str, datetime], ...]

    @property
    def moved(self) -> bool:
        return self.journey.version_id != self.journey.began_version_id


def _journeys(people: Sequence[Person]) -> Sequence[Journey]:
    return list(
        Journey.objects.filter(person__in=people)
        .select_related("version__ladder", "began_version", "person")
        .order_by("-started_at", "pk")
    )


def _climbs_of(people: Sequence[Person]) -> dict[int, list[tuple[Journey, int, int]]]:
    """By person: each journey, how many rungs of its version are complete, and how many there are."""
    climbs: dict[int, list[tuple[Journey, int, int]]] = {}
    journeys = _journeys(people)
    done: dict[int, set[str]] = {}
    completions = Journey.objects.filter(pk__in=[journey.pk for journey in journeys])
    for journey_id, rung_key in completions.values_list("pk", "completions__rung_key"):
        done.setdefault(journey_id, set()).add(rung_key)
    rungs: dict[int, set[str]] = {}
    for version in {journey.version_id: journey.version for journey in journeys}.values():
        rungs[version.pk] = set(version.rungs.values_list("key", flat=True))
    for journey in journeys:
        reached = done[journey.pk] & rungs[journey.version_id]
        climbs.setdefault(journey.person_id, []).append((journey, len(reached), len(rungs[journey.version_id])))
    return climbs


def _climb(journey: Journey) -> Climb:
    shown = checklist_of(journey, now=timezone.now())
    completions = journey.completions.order_by("completed_at", "rung_key")
    done = {key: (at, message_id) for key, at, message_id in completions.values_list(*COMPLETED)}
    named = {key: message_id for key, (_, message_id) in done.items()}
    found = proofs.events_of((journey.person_id, message_id) for message_id in named.values())
    senders = set(journey.person.senders.values_list("key", flat=True))
    rungs = tuple(
        Rung(step, message_id, event, event is not None and event.sender not in senders)
        for step in shown.steps
        for message_id in [named.get(step.key, "")]
        for event in [found.get((journey.person_id, message_id))]
    )
    others = done.keys() - {step.key for step in shown.steps}
    return Climb(journey, shown, rungs, tuple((name, done[key][0]) for key, name in _names(journey, others)))


def _names(journey: Journey, keys: Collection[str]) -> list[tuple[str, str]]:
    """What these rungs of the ladder are called on the newest version that has them, by key."""
    if not keys:
        return []
    rungs = PublishedRung.objects.filter(version__ladder=journey.ladder_id, version__state="published", key__in=keys)
    names = {rung.key: rung.says["name"] for rung in rungs.order_by("version__number").select_related("milestone")}
    return sorted(names.items())
