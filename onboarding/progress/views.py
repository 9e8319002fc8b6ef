"""What progress tells the pages of lower rooms, each as a fragment that they embed by its URL's name."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from milestones.ladders.models import Ladder
from milestones.library.literals import read_name
from onboarding.intake import sightings
from onboarding.intake.seen import EVENT, PROPERTY, TRAIT
from onboarding.progress import rehearsals, role_check
from onboarding.progress.effect import effect_of
from onboarding.progress.showing import rehearsal_context
from workspaces.tenants.templatetags.ui import ago
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

NAMES = {"events": EVENT, "properties": PROPERTY, "traits": TRAIT}
VALUES = {"values": PROPERTY, "trait-values": TRAIT}


@workspace_view("ladders.read")
@never_cache
@require_GET
def seen(request: WorkspaceRequest, kind: str) -> HttpResponse:
    """Names or values that were really seen and fit what is typed (`q`), for js/complete.js: the best 20 as JSON."""
    typed = request.GET.get("q", "")
    event, path = (read_name(request.GET.get(name, "")).replace("\x00", "") for name in ("event", "property"))
    if kind in NAMES:
        found = sightings.names(NAMES[kind], typed, event=event)
    elif kind in VALUES:
        found = sightings.values(VALUES[kind], path, typed, event=event if kind == "values" else "")
    else:
        raise Http404("Nothing of this kind is counted")
    return JsonResponse(
        {
            "names": [
                {"name": suggestion.name, "count": suggestion.count, "detail": _detail(suggestion)}
                for suggestion in found
            ],
            "label": _("Seen so far"),
            "unseen": _("Never seen yet: check the spelling, or send it once."),
        }
    )


def _detail(suggestion: sightings.Suggestion) -> str:
    times = ngettext("%(n)s time", "%(n)s times", suggestion.count) % {"n": number_format(suggestion.count)}
    return (
        _("%(times)s · last %(when)s") % {"times": times, "when": ago(suggestion.last_at)}
        if suggestion.last_at
        else times
    )


@workspace_view("ladders.read")
@never_cache
@require_GET
def effect(request: WorkspaceRequest, key: str, rung: str) -> HttpResponse:
    """What a rung's criterion would have made of those who began lately: on the draft, or else the newest version."""
    ladder = get_object_or_404(Ladder, key=key)
    version = ladder.newest
    found = effect_of(version, rung) if version else None
    if found is None:
        raise Http404("The ladder has no such step")
    return render(request, "progress/_effect.html", {"effect": found})


@workspace_view("ladders.read")
@never_cache
@require_GET
def rehearsal(request: WorkspaceRequest, key: str) -> HttpResponse:
    """What publishing the draft would change for whom. 304 while the HX-PTag that the browser sends is still right."""
    draft = get_object_or_404(Ladder, key=key).draft
    choice = "?moves=1" if request.GET.get("moves") == "1" else "?moves=0"
    url = reverse("progress:rehearsal", args=[request.workspace.slug, key]) + choice
    context: dict[str, Any] = {"url": url, "again_url": f"{url}&again=1"}
    if draft is None:
        context["lacks"] = _("There is no draft, so there is nothing to publish. Edit the ladder to begin one.")
    elif not draft.document.get("rungs"):
        context["lacks"] = _("The draft has no step yet. Add one to see what publishing would change.")
    else:
        run = rehearsals.asked_for(draft, moves=choice == "?moves=1", again=request.GET.get("again") == "1")
        context |= rehearsal_context(run)
    if context.get("polls") and request.headers.get("HX-PTag") == context["tag"]:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = render(request, "progress/_rehearsal.html", context)
    response["HX-PTag"] = context.get("tag", "")
    return response


@workspace_view("people.read")
@never_cache
@require_GET
def role_people(request: WorkspaceRequest) -> HttpResponse:
    """How many people match each role now, and how many get it."""
    return render(request, "progress/_role_people.html", {"counts": role_check.count_people()})


@workspace_view("people.read")
@never_cache
@require_GET
def role_test(request: WorkspaceRequest) -> HttpResponse:
    """Who somebody (`who`: a user id or e-mail address) would be, and why."""
    who = request.GET.get("who", "").strip()
    person = role_check.find_person(who)
    context = {"who": who, "test": role_check.test(person) if person else None}
    return render(request, "progress/_role_test.html", context)
