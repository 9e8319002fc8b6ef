"""The install guide: four steps on one page, and what each of them changes."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from onboarding.installation import live, sandbox_key
from onboarding.installation.addresses import own_origin
from onboarding.installation.samples import all_samples
from onboarding.people.models import Person
from onboarding.widget.embed.origins import BadOrigin
from onboarding.widget.models import IdentitySecret, TooManySecrets, WidgetSettings
from workspaces.keys import changing
from workspaces.keys.models import ApiKey
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

KEY_NAME = "Widget"


@workspace_view("widget.read")
@never_cache
@require_GET
def guide(request: WorkspaceRequest) -> HttpResponse:
    return _page(request)


@workspace_view("widget.read")
@never_cache
@require_GET
def check(request: WorkspaceRequest) -> HttpResponse:
    """The live check alone, for polling: 304 while the HX-PTag that the browser sends is still right."""
    context = _told(request, WidgetSettings.of(request.workspace))
    if request.headers.get("HX-PTag") == context["tag"]:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = render(request, "installation/_live.html", context)
    response["HX-PTag"] = context["tag"]
    return response


@workspace_view("widget.change")
@require_POST
def allow(request: WorkspaceRequest) -> HttpResponse:
    typed = request.POST.get("site", "")
    try:
        origin = WidgetSettings.of(request.workspace).allow(typed, by=request.member)
    except BadOrigin as bad:
        return _page(request, typed=typed, problem=str(bad), status=422)
    messages.success(request, gettext("%(origin)s may show the checklist.") % {"origin": origin})
    return _back(request)


@workspace_view("widget.change")
@require_POST
def disallow(request: WorkspaceRequest) -> HttpResponse:
    origin = request.POST.get("site", "")
    settings = WidgetSettings.of(request.workspace)
    if origin not in settings.allowed_origins:
        return _back(request)
    settings.disallow(origin, by=request.member)
    return _page(request, removed=origin)


@workspace_view("keys.manage")
@require_POST
def make_key(request: WorkspaceRequest) -> HttpResponse:
    _, token = changing.issue(request.workspace, kind=ApiKey.Kind.WRITE, name=KEY_NAME, by=request.member)
    return _page(request, token=token)


@workspace_view("widget.change")
@require_POST
def make_secret(request: WorkspaceRequest) -> HttpResponse:
    try:
        _, text = IdentitySecret.make(by=request.member)
    except TooManySecrets as many:
        return _page(request, secret_problem=str(many), status=422)
    return _page(request, secret=text)


@workspace_view("widget.change")
@require_POST
def revoke_secret(request: WorkspaceRequest, pk: int) -> HttpResponse:
    secret = get_object_or_404(IdentitySecret, pk=pk)
    secret.revoke(by=request.member)
    messages.success(
        request, gettext("%(secret)s is revoked; tokens signed with it are refused from now on.") % {"secret": secret}
    )
    return _back(request)


@workspace_view("widget.change")
@require_POST
def enforce(request: WorkspaceRequest) -> HttpResponse:
    """`enforced`: 1 or 0. While some still come without a token, `knowing` says that the member read what follows."""
    on, settings = request.POST.get("enforced") == "1", WidgetSettings.of(request.workspace)
    share = live.visits().share
    if on and not IdentitySecret.live().exists():
        problem = gettext(
            "Make an identity secret first: without one no token can be good, and nobody would see a checklist."
        )
        return _page(request, enforce_problem=problem, status=422)
    if on and share != 1 and request.POST.get("knowing") != "1":
        problem = gettext(
            "Not everybody comes with a token yet. Read what follows from it, then press the button once more."
        )
        return _page(request, enforce_problem=problem, status=422)
    settings.enforce(on, by=request.member)
    messages.success(
        request,
        gettext("From now on only signed users see a checklist.")
        if on
        else gettext("Users without a token are let in again."),
    )
    return _back(request)


def _write_keys(request: WorkspaceRequest) -> QuerySet[ApiKey]:
    """Those that a product may use: not the sandbox's, of which nobody knows the whole."""
    live = ApiKey.live().filter(workspace=request.workspace, kind=ApiKey.Kind.WRITE)
    return live.exclude(name=sandbox_key.NAME).order_by("-created_at")


def _back(request: WorkspaceRequest) -> HttpResponse:
    return redirect("installation:guide", workspace_slug=request.workspace.slug)


def _told(request: WorkspaceRequest, settings: WidgetSettings) -> dict[str, Any]:
    """What the live check needs."""
    found = live.seen(request.workspace, settings)
    lines = [
        (one, live.WHY.get(one.outcome, ""), who) for one, who in zip(found.arrivals, _who(request, found), strict=True)
    ]
    allowable = {
        one.origin
        for one in found.arrivals
        if one.outcome == "origin_not_allowed"
        and one.origin not in settings.allowed_origins
        and live.can_be_allowed(one.origin)
    }
    tag = found.tag() + ("+" if request.member.may("widget.change") else "")
    return {"seen": found, "lines": lines, "allowable": allowable, "why": live.WHY, "tag": tag}


def _who(request: WorkspaceRequest, found: live.Seen) -> list[Person | str]:
    """Who came in each arrival, for members who may see people; else nobody is named."""
    if not request.member.may("people.read"):
        return [""] * len(found.arrivals)
    keys = {f"u:{one.user}" for one in found.arrivals if one.user and "\x00" not in one.user}
    people = {person.key: person for person in Person.objects.filter(key__in=keys)}
    return [people.get(f"u:{one.user}", one.user) for one in found.arrivals]


def _page(request: WorkspaceRequest, *, status: int = 200, **said: Any) -> HttpResponse:
    settings = WidgetSettings.of(request.workspace)
    counted = live.visits()
    context = {
        **_told(request, settings),
        "settings": settings,
        "tab": "guide",
        "origin": own_origin(request),
        "keys": _write_keys(request),
        "secrets": IdentitySecret.live(),
        "samples": all_samples(),
        "visits": counted,
        "days": live.DAYS,
        **said,
    }
    return render(request, "installation/guide.html", context, status=status)
