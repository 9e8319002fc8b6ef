"""The end user's checklist page. No log-in: the signed link says whose it is."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from onboarding.people.models import Person
from onboarding.widget.embed.glance import tag_on_page
from onboarding.widget.links import LinkExpired, NoSuchLink, checklist_token, climber_of
from onboarding.widget.showing import checklist_of, journey_to_show, person_behind
from onboarding.widget.words import Words, choose, words_of
from workspaces.scope import scope
from workspaces.tenants.languages import LANGUAGES
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
    accepts = request.headers.get("Accept-Language", "")
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
        words = words_for(person, workspace, asked=request.GET.get("lang"), accepts=accepts)
        tag = tag_on_page(person, language=words.tag, view=request.GET.urlencode())
        if request.headers.get("HX-PTag") == tag:
            response: HttpResponse = HttpResponseNotModified()
        else:
            showing = checklist_context(
                person, words=words, authored=workspace.language, token=token, choice=request.GET, tag=tag
            )
            response = render(request, template, {"workspace_name": workspace.name, **showing})
    response["HX-PTag"] = tag
    patch_vary_headers(response, ["Accept-Language"])
    response["X-Robots-Tag"] = "noindex"
    return response


def words_for(person: Person, workspace: Workspace, *, asked: str | None = None, accepts: str = "") -> Words:
    """The words that this person is spoken to with, of the languages that the workspace offers."""
    return words_of(choose(asked=asked, traits=person.traits, accepts=accepts, offered=workspace.offers))


def checklist_context(
    person: Person, *, words: Words, authored: str, token: str = "", choice: QueryDict | None = None, tag: str = ""
) -> dict[str, Any]:
    """What widget/_checklist.html needs. Inside a scope. `authored`: the language that its ladder is written in.

    `choice`: the reader's `all`, `open` and `lang` parameters; None on a page whose reader is not its person, where
    the language stays the person's whatever the browser that asks for news prefers.
    """
    asked = words.tag if choice is None else choice.get("lang", "") and words.tag
    query = f"lang={words.tag}" if choice is None else choice.urlencode()
    choice = choice or QueryDict()
    journey = journey_to_show(person)
    shown = checklist_of(journey, now=timezone.now(), language=words.tag, authored=authored) if journey else None
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
        "query": query,
        "asked": asked,
        "tag": tag or tag_on_page(person, language=words.tag, view=query),
        "words": words,
    }


_ALL = tuple(LANGUAGES)  # whose workspace it would be is not known; English comes first


def _closed(request: HttpRequest, *, expired: bool = False) -> HttpResponse:
    accepts = request.headers.get("Accept-Language", "")
    words = words_of(choose(asked=request.GET.get("lang"), accepts=accepts, offered=_ALL))
    return render(request, "widget/closed.html", {"expired": expired, "words": words}, status=410 if expired else 404)
