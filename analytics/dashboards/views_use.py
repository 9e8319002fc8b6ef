from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analytics.dashboards import asked as asking
from analytics.dashboards import use_people
from analytics.dashboards.erased_use import erased
from analytics.dashboards.people_named import read_version
from analytics.dashboards.refusal import refusal
from analytics.dashboards.views import PEOPLE_A_PAGE, having
from analytics.metrics.question import Unanswerable
from analytics.metrics.use.adoption import told_days
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@require_safe
@workspace_view("adoption.read")
def people(request: WorkspaceRequest) -> HttpResponse:
    """The people whom a number of use counts."""
    try:
        asked = asking.read(request.workspace, request.GET, now=timezone.now())
        if asked is None:
            return refusal(request, Unanswerable(_("No ladder has been published here yet, so nobody has begun one.")))
        version = read_version(asked, request.GET.get("version", ""))
        selection = use_people.read(asked, request.GET, traits=having(request), version=version)
    except Unanswerable as error:
        return refusal(request, error)
    page = Paginator(selection.people(), PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "selection": selection,
        "page": page,
        "feature_days": told_days(asked.window_days),
        "of_features": use_people.OF_FEATURES,
        "of_first_use": use_people.OF_FIRST_USE,
        "too_new": use_people.TOO_NEW,
        "all_of_them": use_people.EVERYBODY,
        "erased": erased(selection),
    }
    return render(request, "dashboards/use_people.html", context)
