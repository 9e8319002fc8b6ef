"""The end user's checklist page. No log-in: the signed link says whose it is."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from onboarding.people.models import Person
from onboarding.widget.links import LinkExpired, NoSuchLink, checklist_token, climber_of
from onboarding.widget.showing import checklist_of, journey_to_show, person_behind, tag_of
from workspaces.scope import scope
from workspaces.tenants.models import Workspace


@never_cache
@require_GET
def page(request: HttpRequest, token: str) -> HttpResponse:
    """The whole page: 404 for a link that nobody made, 410 for one that is too old."""
    return _answer(request, token, "widget/page.html")


@never_cache
@require_GET
def steps(request: HttpRequest, token: str) -> HttpResponse:
    """The checklist alone, for polling: 304 while the HX-PTag that the browser sends is still right."""
    return _answer(request, token, "widget/_checklist.html")


def _answer(request: HttpRequest, token: str, template: str) -> HttpResponse:
    try:
        climber = climber_of(token)
    except LinkExpired:
        return _closed(request, expired=True)
    except NoSuchLink:
        return _closed(request)
    workspace = Workspace.objects.filter(pk=climber.workspace_id).first()
    if workspace is None:
        return _closed(request)
    with scope(workspace), timezone.override(workspace.zone):
        person = person_behind(climber.sender)
        if person is None:
            return _closed(request)
        tag = tag_of(person, view=request.GET.urlencode())
        if request.headers.get("HX-PTag") == tag:
            response: HttpResponse = HttpResponseNotModified()
        else:
            showing = checklist_context(person, token=token, choice=request.GET, tag=tag)
            response = render(request, template, {"workspace_name": workspace.name, **showing})
    response["HX-PTag"] = tag
    response["X-Robots-Tag"] = "noindex"
    return response


def checklist_context(person: Person, *, token: str = "", choice: Any = None, tag: str = "") -> dict[str, Any]:
    """What widget/_checklist.html needs. `choice`: the reader's `all` and `open` parameters. Inside a scope."""
    choice = choice or {}
    journey = journey_to_show(person)
    shown = checklist_of(journey, now=timezone.now()) if journey else None
    everything = choice.get("all") == "1"
    opened = choice.get("open", "")
    if shown is not None and not any(step.key == opened and step.state == "open" for step in shown.steps):
        opened = shown.current or ""
    return {
        "checklist": shown,
        "steps": () if shown is None else shown.steps if everything else shown.in_sight(opened=opened),
        "everything": everything,
        "opened": opened,
        "next": shown.next_after(opened) if shown else None,
        "token": token or checklist_token(person),
        "query": choice.urlencode() if hasattr(choice, "urlencode") else "",
        "tag": tag or tag_of(person, view=""),
    }


def _closed(request: HttpRequest, *, expired: bool = False) -> HttpResponse:
    return render(request, "widget/closed.html", {"expired": expired}, status=410 if expired else 404)
