"""The reports of a workspace: the list, and each with what it says, when, to whom, and what was sent."""

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from analytics.metrics import fetch
from analytics.reports import consent, keeping
from analytics.reports.due import following
from analytics.reports.forms import QUESTION, RecipientForm, ReportForm
from analytics.reports.models import Recipient, Report
from analytics.reports.questions import schedule_of
from workspaces.scope.wakes import announce
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

FRAMES = {"frame-src": [SELF]}  # in which mails are shown


@require_safe
@workspace_view("reports.read")
def index(request: WorkspaceRequest) -> HttpResponse:
    now = timezone.now()
    reports = list(Report.objects.order_by("name", "pk"))
    active = Recipient.active().filter(report__in=reports)
    counts: dict[int, int] = {}
    for report_id in active.values_list("report_id", flat=True):
        counts[report_id] = counts.get(report_id, 0) + 1
    rows = [
        (report, counts.get(report.pk, 0), following(schedule_of(report, request.workspace), now=now))
        for report in reports
    ]
    context = {"rows": rows, "ladders": {subject.key: subject.name for subject in fetch.subjects()}}
    return render(request, "reports/list.html", context | {"goes_out": settings.REPORTS_GO_OUT})


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("reports.edit")
def new(request: WorkspaceRequest) -> HttpResponse:
    """The form; the adoption page's question may stand in the address. POST makes the report, to its maker first."""
    if request.method != "POST":
        asked = {"ladder_key": "ladder", "period_days": "period", "window_days": "window", "split": "split"}
        initial = {field: request.GET[name] for field, name in asked.items() if request.GET.get(name)}
        form = ReportForm(workspace=request.workspace, initial={"name": _("Weekly adoption"), **initial})
        return render(request, "reports/new.html", {"form": form})
    form = ReportForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        return render(request, "reports/new.html", {"form": form}, status=422)
    try:
        report = keeping.make(form.save(commit=False), by=request.member)
    except keeping.TooMany as refusal:
        form.add_error(None, str(refusal))
        return render(request, "reports/new.html", {"form": form}, status=422)
    consent.add(report, request.member.user.email, by=request.member)
    messages.success(request, _("Made. It goes to you; add whoever else should get it."))
    return redirect(report)


@csp_update(FRAMES)
@require_safe
@workspace_view("reports.read")
def report(request: WorkspaceRequest, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(Report, pk=pk))


@csp_update(FRAMES)
@require_POST
@workspace_view("reports.edit")
def change(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Report, pk=pk)
    form = ReportForm(request.POST, instance=found, workspace=request.workspace)
    if not form.is_valid():
        return _page(request, get_object_or_404(Report, pk=pk), form=form, status=422)
    keeping.change(form.save(commit=False), changed=form.changed_data, by=request.member)
    messages.success(request, _("Saved."))
    return redirect(found)


@require_POST
@workspace_view("reports.edit")
def pause(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Report, pk=pk)
    keeping.pause(found, by=request.member)
    messages.success(request, _("Paused. Nothing is sent until you resume it."))
    return redirect(found)


@require_POST
@workspace_view("reports.edit")
def resume(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Report, pk=pk)
    keeping.resume(found, by=request.member)
    messages.success(request, _("Resumed. The next that is due will be sent."))
    return redirect(found)


@require_POST
@workspace_view("reports.edit")
def removal(request: WorkspaceRequest, pk: int) -> HttpResponse:
    keeping.remove(get_object_or_404(Report, pk=pk), by=request.member)
    messages.success(request, _("Removed."))
    return redirect("reports:index", request.workspace.slug)


@csp_update(FRAMES)
@require_POST
@workspace_view("reports.edit")
def recipients(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Add one."""
    found = get_object_or_404(Report, pk=pk)
    form = RecipientForm(request.POST)
    if not form.is_valid():
        return _page(request, found, recipient_form=form, status=422)
    try:
        added = consent.add(found, form.cleaned_data["address"], by=request.member)
    except consent.TooMany as refusal:
        form.add_error("address", str(refusal))
        return _page(request, found, recipient_form=form, status=422)
    if added.state == "waiting":
        announce("reports.asked", request.workspace.pk)
        said = _("%(address)s is asked by mail, and gets the report once it has said yes.")
    elif added.state == "unsubscribed":
        messages.warning(request, _("%(address)s has said no, and is not asked again.") % {"address": added.address})
        return redirect(found)
    else:
        said = _("%(address)s gets the report.")
    messages.success(request, said % {"address": added.address})
    return redirect(found)


@require_POST
@workspace_view("reports.edit")
def recipient_removal(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Recipient.objects.select_related("report"), pk=pk)
    consent.remove(found, by=request.member)
    return redirect(found.report)


@require_POST
@workspace_view("reports.edit")
def question(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Ask an address for its consent once more."""
    found = get_object_or_404(Recipient.objects.select_related("report"), pk=pk, removed_at=None)
    if consent.ask_again(found, now=timezone.now()):
        announce("reports.asked", request.workspace.pk)
        messages.success(request, _("%(address)s is asked once more.") % {"address": found.address})
    else:
        said = _("%(address)s was asked within the last day, or needs not be asked.")
        messages.error(request, said % {"address": found.address})
    return redirect(found.report)


def _page(
    request: WorkspaceRequest,
    found: Report,
    *,
    form: ReportForm | None = None,
    recipient_form: RecipientForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    shown = list(found.recipients.filter(removed_at=None).order_by("address"))
    editions = list(found.editions.order_by("-due_at").prefetch_related("dispatches")[:12])
    context = {
        "report": found,
        "form": form or ReportForm(instance=found, workspace=request.workspace),
        "recipient_form": recipient_form or RecipientForm(),
        "recipients": [(one, consent.may_be_asked_again(one, now)) for one in shown],
        "editions": editions,
        "under_way": any(edition.state == "waiting" for edition in editions),
        "due": following(schedule_of(found, request.workspace), now=now),
        "asked_fields": QUESTION,
        "goes_out": settings.REPORTS_GO_OUT,
    }
    return render(request, "reports/report.html", context, status=status)


@require_GET
@workspace_view("reports.read")
def progress(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Fragment: the editions, asked for again while one is under way."""
    found = get_object_or_404(Report, pk=pk)
    editions = list(found.editions.order_by("-due_at").prefetch_related("dispatches")[:12])
    under_way = any(edition.state == "waiting" for edition in editions)
    return render(request, "reports/_editions.html", {"report": found, "editions": editions, "under_way": under_way})
