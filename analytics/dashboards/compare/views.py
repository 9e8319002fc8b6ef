from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analytics.dashboards import asked as asking
from analytics.dashboards.asked import Asked
from analytics.dashboards.charts import curve as curve_chart
from analytics.dashboards.charts.draw import picture
from analytics.dashboards.charts.look import SIZES
from analytics.dashboards.compare.ready import ready, values_of
from analytics.dashboards.compare.sides import Side, read_sides
from analytics.dashboards.compare.versus import Versus, versus
from analytics.dashboards.intervals import By, plot
from analytics.dashboards.page import curve_rows
from analytics.dashboards.refusal import refusal
from analytics.dashboards.resting import of_curve, of_share
from analytics.metrics import fetch
from analytics.metrics.days import Days
from analytics.metrics.question import Unanswerable
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@require_safe
@workspace_view("adoption.read")
def compare(request: WorkspaceRequest) -> HttpResponse:
    """Two groups side by side. Every comparison has an address, so it can be shared."""
    traits = request.workspace.segments
    try:
        asked = _asked(request)
        sides = read_sides(asked, request.GET, traits)
    except Unanswerable as error:
        return refusal(request, error)
    days = [*(side.days for side in sides), asked.fetched]
    whole = Days(min(one.first for one in days), max(one.last for one in days))
    both = sides[0].shared(sides[1])
    crossed = any(len(side.traits) > 1 for side in (*sides, both) if side)
    counts = fetch.counts(asked.subject, whole, as_of=asked.as_of, crossed=crossed)
    values = values_of(asked, counts, traits)
    found = versus(asked, sides, counts)
    context: dict[str, Any] = {
        "asked": asked,
        "subjects": fetch.subjects(),
        "versus": found,
        "sides": list(zip(sides, found.paces, strict=True)),
        "values": values,
        "ready": [(one.name, _address(asked, one.sides)) for one in ready(asked, values)],
        "versions": asked.subject.versions,
    }
    if not found.withheld:
        context |= _pictures(found, request.workspace.pk)
    return render(request, "dashboards/compare.html", context)


def _asked(request: WorkspaceRequest) -> Asked:
    asked = asking.read(request.workspace, request.GET, now=timezone.now())
    if asked is None:
        raise Unanswerable(_("No ladder has been published here yet, so there is nobody to compare."))
    return asked


def _pictures(found: Versus, workspace_id: int) -> dict[str, Any]:
    specs = [(size, curve_chart.spec(found.paces, size)) for size in SIZES]
    return {
        "pictures": [picture(workspace_id, size.name, spec) for size, spec in specs if spec is not None],
        "curve_rows": curve_rows(found.paces),
        "plot": plot(found.paces, by=By.SHARE, marked=[found.paces[0]] if found.activation_clear else []),
        "shares": [of_share(pace) for pace in found.paces],
        "curves": [of_curve(pace) for pace in found.paces],
    }


def _address(asked: Asked, sides: tuple[Side, Side]) -> str:
    kept = [(name, value) for name, value in asked.address.items() if name not in ("split", "from", "to")]
    return "?" + urlencode([*kept, *(pair for side in sides for pair in side.address)])
