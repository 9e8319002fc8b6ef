from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.dashboards import asked as asking
from analytics.dashboards.refusal import refusal
from analytics.dashboards.sections.ordered import section_named
from analytics.dashboards.sections.rendered import rendered
from analytics.metrics.question import Unanswerable
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@require_safe
@workspace_view("adoption.read")
def section(request: WorkspaceRequest, key: str) -> HttpResponse:
    """One card for the question in the address: alone for the page that fetches it, else as a page of its own."""
    shown = section_named(key)
    if shown is None:
        raise Http404("No such section")
    try:
        asked = asking.read(request.workspace, request.GET, now=timezone.now())
    except Unanswerable as error:
        return refusal(request, error)
    card = rendered(shown, asked, request.workspace) if asked else None
    if request.htmx:  # type: ignore[attr-defined]
        response = HttpResponse(card or "")
    else:
        response = render(request, "dashboards/sections/page.html", {"section": shown, "asked": asked, "card": card})
    response["Vary"] = "HX-Request"
    return response
