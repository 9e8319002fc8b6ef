"""The sandbox: a page that plays host to the real loader and frame, for a person of the member's choosing."""

import secrets
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_GET, require_POST

from milestones.ladders.models import Ladder
from milestones.ladders.specs import published_specs, spec_of
from onboarding.installation import sandbox_key
from onboarding.installation.addresses import own_origin
from onboarding.installation.tries import beginning, tries_of
from onboarding.intake.limits import MAX_IDENTIFIER
from onboarding.intake.storable import is_storable
from onboarding.people.models import Person
from onboarding.widget.embed import glance, passes
from onboarding.widget.searching import people_matching
from onboarding.widget.showing import checklist_of, journey_to_show, person_behind
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

FOUND = 8
MADE_UP = "sandbox-"


@csp_update({"frame-src": [SELF]})
@workspace_view("widget.try")
@never_cache
@require_GET
def sandbox(request: WorkspaceRequest) -> HttpResponse:
    """`user`: whose checklist stands in the page. `q`: whom to look for."""
    user, looked_for = _user(request.GET.get("user", "")), request.GET.get("q", "")
    context: dict[str, Any] = {"tab": "sandbox", "user": user, "q": looked_for, "made_up": user.startswith(MADE_UP)}
    if looked_for and request.member.may("people.read"):
        context["found"] = people_matching(text=looked_for)[:FOUND]
    if user:
        context |= {"open": bool(sandbox_key.find(request.workspace)), **_steps(user)}
        context["page"] = reverse("installation:host", args=[request.workspace.slug]) + "?" + urlencode({"user": user})
    return render(request, "installation/sandbox.html", context)


@workspace_view("widget.try")
@require_POST
def begin(request: WorkspaceRequest) -> HttpResponse:
    """Open the sandbox for `user`, or without one for somebody made up."""
    user = _user(request.POST.get("user", "")) or MADE_UP + secrets.token_hex(3)
    sandbox_key.make(request.workspace, by=request.member)
    address = reverse("installation:sandbox", args=[request.workspace.slug])
    return redirect(f"{address}?{urlencode({'user': user})}")


@workspace_view("widget.try")
@never_cache
@require_GET
def steps(request: WorkspaceRequest) -> HttpResponse:
    """Fragment: the person's steps, each with what would complete it. 304 while the HX-PTag sent is still right."""
    user = _user(request.GET.get("user", ""))
    context = _steps(user)
    if request.headers.get("HX-PTag") == context["tag"]:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = render(request, "installation/_sandbox_steps.html", {"user": user, **context})
    response["HX-PTag"] = context["tag"]
    return response


@workspace_view("widget.try")
@never_cache
@xframe_options_exempt
@require_GET
def host(request: WorkspaceRequest) -> HttpResponse:
    """The page that plays host, under the policy that the documentation asks customers for, and nothing more."""
    user, key, origin = _user(request.GET.get("user", "")), sandbox_key.find(request.workspace), own_origin(request)
    if not user or not key:
        raise Http404("The sandbox is not open")
    traits = {"name": f"Test person {user.removeprefix(MADE_UP)}", "sandbox": True} if user.startswith(MADE_UP) else {}
    who = {"user": user, "traits": traits, "token": passes.make(request.member, user=user, origin=origin)}
    response = render(request, "installation/host.html", {"key": key, "origin": origin, "who": who})
    response["Content-Security-Policy"] = (
        f"default-src 'none'; script-src {origin}; frame-src {origin}; require-trusted-types-for 'script'; "
        "frame-ancestors 'self'"
    )
    return response


def _user(given: str) -> str:
    """The id as it can be kept; "" where it cannot."""
    return given if len(given) <= MAX_IDENTIFIER and is_storable(given) else ""


def _steps(user: str) -> dict[str, Any]:
    """The checklist of somebody with what would complete each step, or else what begins one."""
    person: Person | None = person_behind(f"u:{user}") if user else None
    journey = journey_to_show(person) if person else None
    context: dict[str, Any] = {
        "person": person,
        "tag": glance.tag_on_page(glance.of_person(person), language="", view="sandbox") if person else "nobody",
    }
    if journey is not None:
        shown = checklist_of(journey, now=timezone.now())
        criteria = {rung.key: rung.criterion for rung in spec_of(journey.version).rungs}
        return {**context, "checklist": shown, "steps": [(step, tries_of(criteria[step.key])) for step in shown.steps]}
    newest = {spec.ladder_id: spec for spec in sorted(published_specs(), key=lambda spec: spec.number)}
    names = dict(Ladder.objects.filter(archived_at=None).values_list("pk", "name"))
    ladders = [beginning(spec, names[pk]) for pk, spec in newest.items() if pk in names]
    return {**context, "ladders": ladders}
