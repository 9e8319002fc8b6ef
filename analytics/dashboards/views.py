from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analytics.dashboards import asked as asking
from analytics.dashboards import people as selecting
from analytics.dashboards import people_named as naming
from analytics.dashboards.charts.draw import kept_or_drawn
from analytics.dashboards.erased import erased
from analytics.dashboards.models import SavedView
from analytics.dashboards.refusal import refusal
from analytics.dashboards.shown import shown
from analytics.metrics.landmark import landmark_days
from analytics.metrics.question import Unanswerable, read_segment
from analytics.metrics.registry import METRICS
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

PEOPLE_A_PAGE = 50
A_YEAR_SECONDS = 31_536_000


@require_safe
@workspace_view("adoption.read")
def adoption(request: WorkspaceRequest) -> HttpResponse:
    """The dashboard of one ladder: its headline, figures and pictures."""
    if not request.GET and (default := _default(request)) is not None:
        return redirect(reverse("dashboards:adoption", args=[request.workspace.slug]) + default.address)
    try:
        asked = asking.read(request.workspace, request.GET, now=timezone.now())
    except Unanswerable as error:
        return refusal(request, error)
    found = shown(request.workspace, asked)
    own = {"saved_views": list(SavedView.visible_to(request.member)), "view_shown": request.GET.get("view", "")}
    return render(request, found.template, found.context | own)


@require_safe
@workspace_view("adoption.read")
def people(request: WorkspaceRequest) -> HttpResponse:
    """The people whom a figure counts."""
    try:
        selection = selection_of(request)
    except Unanswerable as error:
        return refusal(request, error)
    page = Paginator(selection.people(), PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    asked = selection.asked
    rung = asked.subject.rung(selection.rung)
    before = asked.subject.rung(selection.before) if selection.state in ("stuck", "reached") else None
    context = {
        "asked": asked,
        "selection": selection,
        "page": page,
        "rung": rung,
        "before": before,
        "landmark": landmark_days(asked.window_days),
        "erased": erased(selection),
    }
    return render(request, "dashboards/people.html", context)


@require_safe
@workspace_view("adoption.read")
def definitions(request: WorkspaceRequest) -> HttpResponse:
    """Every metric: what it says, how it is reckoned, whom it leaves out, and what its versions changed."""
    return render(request, "dashboards/definitions.html", {"metrics": METRICS.values()})


@require_safe
@workspace_view("adoption.read")
def chart(request: WorkspaceRequest, digest: str) -> HttpResponse:
    """A picture that a page of this workspace has asked for; its address is its content, so it never changes."""
    svg = kept_or_drawn(request.workspace.pk, digest)
    if not svg:
        raise Http404("No such chart")
    response = HttpResponse(svg, content_type="image/svg+xml")
    response["Cache-Control"] = f"private, max-age={A_YEAR_SECONDS}, immutable"
    return response


def selection_of(request: WorkspaceRequest) -> selecting.Selection:
    """The people that an address of the people page names. Raises Unanswerable."""
    asked = asking.read(request.workspace, request.GET, now=timezone.now())
    if asked is None:
        raise Unanswerable(_("No ladder has been published here yet, so nobody has begun one."))
    state = naming.read_state(request.GET.get("state", ""))
    return selecting.Selection(
        asked=asked,
        state=state,
        rung=naming.read_rung(asked, request.GET.get("rung", ""), state),
        begun=asked.begun,
        traits=having(request),
        took=naming.read_took(request.GET.get("took", "")),
        version=naming.read_version(asked, request.GET.get("version", "")),
    )


def having(request: WorkspaceRequest) -> tuple[selecting.Having, ...]:
    """The values of up to two traits that an address asks for, several of one trait too. Raises Unanswerable."""
    found = []
    for mark in ("", "2"):
        if trait := read_segment(request.workspace, request.GET.get(f"trait{mark}", "")):
            values = request.GET.getlist(f"value{mark}") or [""]
            found.append(selecting.Having(trait, tuple(value.replace("\x00", "") for value in values)))
    return tuple(found)


def written(request: WorkspaceRequest, name: str) -> str:
    """A value of a trait as the address has it, without what no trait can hold and PostgreSQL refuses."""
    return request.GET.get(name, "").replace("\x00", "")


def _default(request: WorkspaceRequest) -> SavedView | None:
    """The view that opens the page, unless what it asks for is gone since: that must not lock anybody out."""
    view = SavedView.default_for(request.member)
    if view is not None:
        try:
            asking.read(request.workspace, QueryDict(view.address.removeprefix("?")), now=timezone.now())
        except Unanswerable as error:
            messages.error(
                request,
                _("“%(view)s” opens this page, but cannot be told any more. %(why)s")
                % {"view": view.name, "why": error},
            )
            return None
    return view
