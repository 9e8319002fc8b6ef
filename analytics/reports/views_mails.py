"""The mails themselves: the next one as it would be now, every one that was made, and sending one again."""

from typing import Any, cast

from csp.constants import NONE, SELF
from csp.decorators import csp, csp_update
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from analytics.metrics.question import Unanswerable
from analytics.reports import keeping, previews
from analytics.reports.editions import letter_in
from analytics.reports.letters import PDF_NAME, previewed
from analytics.reports.models import Dispatch, Edition, Report
from analytics.reports.soon import Page, Underway, soon
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

ASK_AGAIN_S = "1"

# A mail brings its own styles and pictures, and nothing else; it is shown in a frame of ours, and no link in it leads
# anywhere there.
AS_MAIL = {
    "default-src": [NONE],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "frame-ancestors": [SELF],
    "base-uri": [NONE],
    "form-action": [NONE],
    "sandbox": True,
}


# What waits for a mail asks again by itself. In a sandbox it would do so as a stranger, without the session's cookie.
AS_WAITING = {name: value for name, value in AS_MAIL.items() if name != "sandbox"}


@xframe_options_sameorigin
@require_safe
@workspace_view("reports.read")
def preview(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The next mail; while a worker writes it, how far that is."""
    report = get_object_or_404(Report, pk=pk)
    try:
        previews.question(report, request.workspace)
        found: Page | Underway = soon(
            previews.wanted(report, request.workspace), previews.write, kept_s=previews.KEPT_S
        )
    except Unanswerable as refusal:
        found = previews.refused(refusal)
    if isinstance(found, Page):
        return _under(AS_MAIL, request, HttpResponse(found.html, status=found.status))
    waiting = render(request, "reports/mail/underway.html", found._asdict(), status=202)
    waiting["Refresh"] = ASK_AGAIN_S
    return _under(AS_WAITING, request, waiting)


def _under(policy: dict[str, Any], request: WorkspaceRequest, response: HttpResponse) -> HttpResponse:
    """Where the policy depends on what the answer is."""
    return cast(HttpResponse, csp(policy)(lambda _: response)(request))


@csp_update({"frame-src": [SELF]})
@require_safe
@workspace_view("reports.read")
def edition(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """One edition: its mail, and to whom it went."""
    found = get_object_or_404(Edition.objects.select_related("report"), pk=pk)
    context = {
        "edition": found,
        "report": found.report,
        "dispatches": found.dispatches.order_by("address"),
        "may_be_made_again": keeping.may_be_made_again(found),
        "has_pdf": found.parts.filter(name=PDF_NAME).exists(),
    }
    return render(request, "reports/edition.html", context)


@xframe_options_sameorigin
@csp(AS_MAIL)
@require_safe
@workspace_view("reports.read")
def mail(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The mail of an edition as it was sent."""
    found = get_object_or_404(Edition, pk=pk, state=Edition.State.READY)
    return HttpResponse(previewed(letter_in(found)))


@require_safe
@workspace_view("reports.read")
def pdf(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The PDF of an edition as it was sent."""
    found = get_object_or_404(Edition.objects.select_related("report"), pk=pk)
    part = found.parts.filter(name=PDF_NAME).first()
    if part is None:
        raise Http404("No PDF is kept")
    response = HttpResponse(bytes(part.content), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="report-{found.period_on}.pdf"'
    return response


@require_POST
@workspace_view("reports.edit")
def edition_again(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Try once more to make one that could not be made."""
    found = get_object_or_404(Edition.objects.select_related("report"), pk=pk)
    if keeping.make_again(found, by=request.member):
        messages.success(request, _("It is made again, and sent when it is ready."))
    else:
        messages.error(request, _("It cannot be made again: it has not failed, a later one is due, or it is paused."))
    return redirect("reports:edition", request.workspace.slug, pk)


@require_POST
@workspace_view("reports.edit")
def again(request: WorkspaceRequest, pk: int) -> HttpResponse:
    dispatch = get_object_or_404(Dispatch.objects.select_related("edition__report"), pk=pk)
    if keeping.send_again(dispatch, by=request.member):
        messages.success(request, _("It is sent to %(address)s again.") % {"address": dispatch.address})
    else:
        messages.error(request, _("It is on its way to %(address)s already.") % {"address": dispatch.address})
    return redirect("reports:edition", request.workspace.slug, dispatch.edition_id)
