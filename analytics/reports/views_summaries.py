"""Value summaries to send to a customer: found by account or person, looked at first, then taken along."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.reports import summaries
from analytics.reports.summary_files import as_pdf, as_text, context_of
from onboarding.people.models import Account, Person
from onboarding.widget.searching import people_matching
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

MOST_FOUND = 20


@require_safe
@workspace_view("summaries.read")
def index(request: WorkspaceRequest) -> HttpResponse:
    """Accounts by how their name or key begins, people as on their own page."""
    text = request.GET.get("q", "").strip().replace("\x00", "")[:200]
    accounts = Account.objects.order_by("name", "key")
    if text:
        accounts = accounts.filter(name__istartswith=text) | accounts.filter(key__startswith=text)
    context = {
        "q": text,
        "accounts": accounts[:MOST_FOUND],
        "people": list(people_matching(text=text)[:MOST_FOUND]) if text else [],
    }
    return render(request, "reports/summaries.html", context)


@require_safe
@workspace_view("summaries.read")
def person(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Person.objects.exclude(external_id=""), pk=pk)
    summary = summaries.of_person(found, now=timezone.now())
    return _page(request, "person", found, summary)


@require_safe
@workspace_view("summaries.read")
def person_pdf(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Person.objects.exclude(external_id=""), pk=pk)
    return _pdf(request, "person", summaries.of_person(found, now=timezone.now()))


@require_safe
@workspace_view("summaries.read")
def account(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Account, pk=pk)
    return _page(request, "account", found, summaries.of_account(found))


@require_safe
@workspace_view("summaries.read")
def account_pdf(request: WorkspaceRequest, pk: int) -> HttpResponse:
    return _pdf(request, "account", summaries.of_account(get_object_or_404(Account, pk=pk)))


def _page(request: WorkspaceRequest, kind: str, found: object, summary: object) -> HttpResponse:
    context = context_of(kind, summary, request.workspace)
    text = as_text(kind, summary, request.workspace)
    with timezone.override(request.workspace.zone):  # its days are the workspace's, as everywhere
        context["written"] = render_to_string(str(context["part"]), context)
    return render(request, "reports/summary/page.html", context | {"found": found, "text": text})


def _pdf(request: WorkspaceRequest, kind: str, summary: object) -> HttpResponse:
    response = HttpResponse(as_pdf(kind, summary, request.workspace), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="value-summary-{timezone.localdate()}.pdf"'
    return response
