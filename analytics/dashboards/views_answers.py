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
from analytics.dashboards.views import written
from analytics.metrics.advocacy import Kind, erased, listed
from analytics.metrics.question import Unanswerable, read_segment
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

A_PAGE = 50
KINDS = {
    Kind.ALL: gettext_lazy("Everybody"),
    Kind.PROMOTERS: gettext_lazy("Promoters"),
    Kind.PASSIVES: gettext_lazy("Passives"),
    Kind.DETRACTORS: gettext_lazy("Detractors"),
}
MOST_LISTED = 1_000


@require_safe
@workspace_view("adoption.read")
def answers(request: WorkspaceRequest) -> HttpResponse:
    """The answers that the net promoter score counts, by kind, and by one value of a trait."""
    try:
        asked = _asked(request)
        trait = read_segment(request.workspace, request.GET.get("trait", ""))
        kind = _kind(request.GET.get("kind", ""))
    except Unanswerable as error:
        return refusal(request, error)
    value = written(request, "value")
    found = listed(asked.subject, asked.begun, asked.as_of, kind=kind, trait=trait, value=value, most=MOST_LISTED)
    gone = erased(asked.subject, asked.begun, asked.as_of, kind=kind, trait=trait, value=value)
    context = {
        "asked": asked,
        "kind": kind,
        "kinds": KINDS.items(),
        "trait": trait,
        "value": value,
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "is_cut": len(found) == MOST_LISTED,
        "most_listed": MOST_LISTED,
        "erased": gone,
    }
    return render(request, "dashboards/answers.html", context)


def _asked(request: WorkspaceRequest) -> Asked:
    asked = asking.read(request.workspace, request.GET, now=timezone.now())
    if asked is None:
        raise Unanswerable(_("No ladder has been published here yet, so nobody has begun one."))
    return asked


def _kind(text: str) -> Kind:
    try:
        return Kind(text)
    except ValueError:
        raise Unanswerable(
            _("Answers are of promoters, passives or detractors; “%(text)s” is none of these.") % {"text": text}
        ) from None
