"""What members see of the end users: the list, and one person with everything known about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from milestones.ladders.models import Ladder
from onboarding.intake.models import LoggedEvent
from onboarding.people.accounts import accounts_of
from onboarding.people.models import Person
from onboarding.progress import proofs, rulings
from onboarding.progress.facts import RungKey
from onboarding.progress.models import Journey, Ruling
from onboarding.progress.rule import names_of
from onboarding.widget.checklist import Checklist, Step
from onboarding.widget.links import checklist_url
from onboarding.widget.searching import STATES, people_matching
from onboarding.widget.showing import checklist_of
from onboarding.widget.views import checklist_context, words_for
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

PER_PAGE = 50
RECENT = 25


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
    senders = senders_of(someone)
    context = {
        "person": someone,
        "senders": senders,
        "traits": sorted(someone.traits.items()),
        "accounts": accounts_of(someone),
        **_climbs_context(request, someone, senders),
        "events": list(LoggedEvent.objects.filter(sender__in=senders).order_by("-occurred_at", "-id")[:RECENT]),
        "checklist_url": request.build_absolute_uri(checklist_url(someone)),
        "workspace_name": request.workspace.name,
        **checklist_context(someone, **_speech(request, someone)),
    }
    return render(request, "people/person.html", context)


@workspace_view("people.read")
@never_cache
@require_GET
def climbs(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """How far a person climbed and what they see now, alone: what a ruling leads back to."""
    someone = get_object_or_404(Person, pk=pk)
    climbed = _climbs_context(request, someone, senders_of(someone))
    context = {"person": someone, "alone": True, **climbed}
    context |= checklist_context(someone, **_speech(request, someone))
    response = render(request, "people/_climbs.html", context)
    response["HX-Retarget"], response["HX-Reswap"] = "#climbs", "outerHTML"
    return response


def _speech(request: WorkspaceRequest, someone: Person) -> dict[str, Any]:
    """The language that this person is spoken to in, as far as it is known without their browser."""
    return {"words": words_for(someone, request.workspace), "authored": request.workspace.language}


def senders_of(someone: Person) -> list[str]:
    return list(someone.senders.values_list("key", flat=True)) or [someone.key]


def _climbs_context(request: WorkspaceRequest, someone: Person, senders: Sequence[str]) -> dict[str, Any]:
    """The climbs; and of what was just ruled (`ruled`: a ruling's id, `focus`: a step), what to say and to focus."""
    history = rulings.history_of(senders)
    ruled = next((one for made in history.values() for one in made if str(one.pk) == request.GET.get("ruled")), None)
    focus = f"{ruled.ladder_id}-{ruled.rung_key}" if ruled else request.GET.get("focus", "")
    shown = [_climb(journey, senders, history) for journey in _journeys([someone])]
    names = {rung.step.key: rung.step.name for climb in shown for rung in climb.rungs}
    return {
        "climbs": shown,
        "ruled": ruled,
        "ruled_step": names.get(ruled.rung_key, ruled.rung_key) if ruled else "",
        "waits": "waits" in request.GET,
        "focus": focus,
    }


def climbs_of_person(someone: Person) -> "list[Climb]":
    """Every ladder that they began, the latest first, with what proves each step."""
    senders = senders_of(someone)
    history = rulings.history_of(senders)
    return [_climb(journey, senders, history) for journey in _journeys([someone])]


@dataclass(frozen=True)
class Rung:
    """A step of a climb with what proves it: an event (None when a trait did, or nothing yet), or a ruling.

    `history`: every ruling on it; `revoked`: the latest that stands, when it is a revocation.
    """

    key: str  # on the page
    step: Step
    message_id: str
    evidence: LoggedEvent | None
    of_colleague: bool  # whether somebody else in their account sent it
    ruling: Ruling | None
    history: Sequence[Ruling]

    @property
    def revoked(self) -> Ruling | None:
        stands = [ruling for ruling in self.history if ruling.withdrawn_at is None]
        return stands[-1] if stands and stands[-1].verdict == Ruling.Verdict.REVOKED else None


@dataclass(frozen=True)
class Climb:
    """`elsewhere`: what is done or ruled of other versions, which the one that is shown doesn't have."""

    journey: Journey
    checklist: Checklist
    rungs: tuple[Rung, ...]
    elsewhere: tuple[Rung, ...]

    @property
    def done_elsewhere(self) -> list[Rung]:
        return [rung for rung in self.elsewhere if rung.step.done_at]

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


def _climb(journey: Journey, senders: Sequence[str], history: Mapping[RungKey, Sequence[Ruling]]) -> Climb:
    shown = checklist_of(journey, now=timezone.now())
    completions = journey.completions.select_related("ruling__user").order_by("completed_at", "rung_key")
    done = {completion.rung_key: completion for completion in completions}
    found = proofs.events_of((journey.person_id, completion.message_id) for completion in done.values())

    def rung(step: Step) -> Rung:
        completion = done.get(step.key)
        message_id = completion.message_id if completion else ""
        event = found.get((journey.person_id, message_id))
        return Rung(
            f"{journey.ladder_id}-{step.key}",
            step,
            message_id,
            event,
            event is not None and event.sender not in senders,
            completion.ruling if completion else None,
            history.get((journey.ladder_id, step.key), ()),
        )

    ruled = {key for ladder_id, key in history if ladder_id == journey.ladder_id}
    others = (done.keys() | ruled) - {step.key for step in shown.steps}
    elsewhere = [
        Step(key, name, "done", done_at=done[key].completed_at) if key in done else Step(key, name, "open")
        for key, name in sorted(names_of(journey.version.ladder, others).items())
    ]
    return Climb(journey, shown, tuple(map(rung, shown.steps)), tuple(map(rung, elsewhere)))
