"""The end user's checklist page. No log-in: the signed link says whose it is, and lets whoever holds it put steps aside
and the checklist away. Nothing here completes a step.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from onboarding.intake import rate
from onboarding.intake.reasons import Drop
from onboarding.people.models import Person
from onboarding.widget import theme
from onboarding.widget.embed import acts, glance
from onboarding.widget.embed.glance import Glance
from onboarding.widget.embed.identity import Refused
from onboarding.widget.embed.standing import Standing, standing_of
from onboarding.widget.links import LinkExpired, NoSuchLink, checklist_token, climber_of
from onboarding.widget.models import WidgetSettings
from onboarding.widget.showing import checklist_of, journey_to_show, person_behind
from onboarding.widget.words import Words, choose, words_of
from workspaces.operator.gate import is_shut
from workspaces.scope import scope
from workspaces.tenants.languages import LANGUAGES
from workspaces.tenants.models import Workspace


@dataclass(frozen=True)
class Visit:
    """Somebody who came with a good link. `sender`: the name under which what they do is kept."""

    token: str
    sender: str
    person: Person
    workspace: Workspace
    words: Words


def _by_link(answer: Callable[[HttpRequest, Visit], HttpResponse]) -> Callable[[HttpRequest, str], HttpResponse]:
    """Let whoever holds a link into its workspace's scope: 404 for one that nobody made, 410 for one too old.

    403 while the workspace is suspended.
    """

    @never_cache
    def enter(request: HttpRequest, token: str) -> HttpResponse:
        try:
            climber = climber_of(token)
        except LinkExpired:
            return _closed(request, "expired", 410)
        except NoSuchLink:
            return _closed(request)
        workspace = Workspace.objects.filter(pk=climber.workspace_id).first()
        if workspace is None:
            return _closed(request)
        if is_shut(workspace):
            return _closed(request, "suspended", 403)
        with scope(workspace), timezone.override(workspace.zone):
            person = person_behind(climber.sender)
            if person is None:
                return _closed(request)
            accepts = request.headers.get("Accept-Language", "")
            words = words_for(person, workspace, asked=request.GET.get("lang"), accepts=accepts)
            response = answer(request, Visit(token, climber.sender, person, workspace, words))
        patch_vary_headers(response, ["Accept-Language"])
        response["X-Robots-Tag"] = "noindex"
        return response

    return enter


@require_GET
@_by_link
def page(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The whole page."""
    return _shown(request, visit, "widget/page.html", themed=bool(look_of(visit.workspace)))


@require_GET
@_by_link
def steps(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The checklist alone, for polling: 304 while the HX-PTag that the browser sends is still right."""
    return _shown(request, visit, "widget/_checklist.html")


@csrf_exempt  # the link is the proof; no cookie is asked for
@require_POST
@_by_link
def act(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Note what the reader did: `kind` with `step` and `reason`, as in the widget. Shows what became of it.

    What cannot be (a step that a new version no longer has, too much at once) changes nothing, with 422.
    """
    journey = journey_to_show(visit.person)
    done = acts.Act(*(request.POST.get(name, "") for name in ("kind", "step", "reason")))
    refused = journey is None or done.kind not in acts.CHANGING
    if journey is not None and not refused:
        try:
            rate.admit(visit.workspace.pk, 1)
            acts.do(done, sender=visit.sender, journey=journey)
        except (Drop, Refused):
            refused = True
    if request.headers.get("HX-Request") or refused:
        return _shown(request, visit, "widget/_checklist.html", status=422 if refused else 200)
    kept = request.GET.urlencode()
    return redirect(reverse("checklist:page", args=[visit.token]) + (f"?{kept}" if kept else ""))


@require_GET
@_by_link
def look(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The workspace's look as a style."""
    return as_style(look_of(visit.workspace))


def look_of(workspace: Workspace) -> str:
    """What the workspace's look adds to css/checklist.css on pages of ours. Inside a scope."""
    return theme.on_page(theme.Theme.read(WidgetSettings.of(workspace).theme))


def as_style(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/css; charset=utf-8")


def _shown(request: HttpRequest, visit: Visit, template: str, *, status: int = 200, **more: bool) -> HttpResponse:
    seen = glance.of_person(visit.person)
    tag = glance.tag_on_page(seen, language=visit.words.tag, view=request.GET.urlencode())
    if request.method == "GET" and request.headers.get("HX-PTag") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        context = checklist_context(
            visit.person,
            words=visit.words,
            authored=visit.workspace.language,
            token=visit.token,
            choice=request.GET,
            seen=seen,
        )
        context |= {"workspace_name": visit.workspace.name, **more}
        response = render(request, template, context, status=status)
    response["HX-PTag"] = tag
    return response


def words_for(person: Person, workspace: Workspace, *, asked: str | None = None, accepts: str = "") -> Words:
    """The words that this person is spoken to with, of the languages that the workspace offers."""
    return words_of(choose(asked=asked, traits=person.traits, accepts=accepts, offered=workspace.offers))


def checklist_context(
    person: Person,
    *,
    words: Words,
    authored: str,
    token: str = "",
    choice: QueryDict | None = None,
    seen: Glance | None = None,
) -> dict[str, Any]:
    """What widget/_checklist.html needs. Inside a scope. `authored`: the language that its ladder is written in.

    `choice`: the reader's `all` and `lang` parameters; None on a page whose reader is not its person. There the
    language stays the person's whatever the browser that asks for news prefers, and nothing can be put aside or away.
    """
    watching = choice is None or choice.get("watching") == "1"
    asked = words.tag if choice is None else choice.get("lang", "") and words.tag
    kept = urlencode({**({"lang": asked} if asked else {}), **({"watching": "1"} if watching else {})})
    query = kept if choice is None else choice.urlencode()
    seen = seen or glance.of_person(person)
    journey = journey_to_show(person)
    standing = standing_of(seen.states, journey.ladder_id) if journey else Standing()
    shown = journey and checklist_of(
        journey, now=timezone.now(), language=words.tag, authored=authored, skipped=standing.skipped
    )
    everything = choice is not None and choice.get("all") == "1"
    opened = shown.unfolded if shown else ""
    return {
        "checklist": shown,
        "steps": () if shown is None else shown.steps if everything else shown.in_sight(opened=opened),
        "everything": everything,
        "opened": opened,
        "dismissed": standing.dismissed,
        "watching": watching,
        "token": token or checklist_token(person),
        "kept": kept,
        "query": query,
        "tag": glance.tag_on_page(seen, language=words.tag, view=query),
        "words": words,
    }


_ALL = tuple(LANGUAGES)  # whose workspace it would be is not known; English comes first


def _closed(request: HttpRequest, why: str = "nowhere", status: int = 404) -> HttpResponse:
    accepts = request.headers.get("Accept-Language", "")
    words = words_of(choose(asked=request.GET.get("lang"), accepts=accepts, offered=_ALL))
    return render(request, "widget/closed.html", {"why": why, "words": words}, status=status)
