from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from analytics.dashboards import asked as asking
from analytics.dashboards.asked import Asked
from analytics.dashboards.refusal import refusal
from analytics.dashboards.sections.stuck import seen_last_first
from analytics.dashboards.views import written
from analytics.metrics.question import Unanswerable, read_segment
from analytics.metrics.stuck import LOOKED_AT, MOST_LISTED, Filters, stuck
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

PEOPLE_A_PAGE = 50
SEEN_DAYS = (7, 30)
SORTS = {
    "seen": gettext_lazy("Seen last"),
    "new": gettext_lazy("Got stuck last"),
    "long": gettext_lazy("Longest compared with others"),
}


@require_safe
@workspace_view("adoption.read")
def stuck_people(request: WorkspaceRequest) -> HttpResponse:
    """Everybody who is stuck, by step, when they were last seen, and segment."""
    try:
        asked = _asked(request)
        filters = _filters(request, asked.subject.latest.funnel)
    except Unanswerable as error:
        return refusal(request, error)
    steps = stuck(asked, filters, most=MOST_LISTED)
    people = [one for step in steps for one in step.people]
    sort = request.GET.get("sort") if request.GET.get("sort") in SORTS else "seen"
    if sort == "seen":
        people = seen_last_first(people)
    elif sort == "new":
        people.sort(key=lambda one: one.since, reverse=True)
    else:
        people.sort(key=lambda one: -one.waited.total_seconds() / max(one.usual.limit_s, 1))
    context: dict[str, Any] = {
        "asked": asked,
        "filters": filters,
        "steps": steps,
        "known": [step for step in steps if step.usual.is_known],
        "funnel": [rung for rung in asked.subject.latest.rungs if rung.key in asked.subject.latest.funnel],
        "page": Paginator(people, PEOPLE_A_PAGE).get_page(request.GET.get("page")),
        "is_cut": any(step.is_cut for step in steps),
        "most_listed": MOST_LISTED,
        "looked_at": MOST_LISTED * LOOKED_AT,
        "sort": sort,
        "sorts": SORTS,
        "seen_days": SEEN_DAYS,
    }
    return render(request, "dashboards/stuck.html", context)


def _asked(request: WorkspaceRequest) -> Asked:
    asked = asking.read(request.workspace, request.GET, now=timezone.now())
    if asked is None:
        raise Unanswerable(_("No ladder has been published here yet, so nobody can be stuck on one."))
    return asked


def _filters(request: WorkspaceRequest, funnel: tuple[str, ...]) -> Filters:
    rung, seen = request.GET.get("rung", ""), request.GET.get("seen", "")
    if rung and rung not in funnel:
        raise Unanswerable(
            _("“%(rung)s” is not a step of the funnel, so nobody can be stuck before it.") % {"rung": rung}
        )
    if seen and seen not in map(str, SEEN_DAYS):
        raise Unanswerable(
            _("People can be asked for who were seen in the last %(few)s or %(many)s days.")
            % {"few": SEEN_DAYS[0], "many": SEEN_DAYS[1]}
        )
    trait = read_segment(request.workspace, request.GET.get("trait", ""))
    return Filters(rung, int(seen) if seen else None, trait, written(request, "value")[:255])
