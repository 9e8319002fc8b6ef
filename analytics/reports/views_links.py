"""The links to shared views: made (the address is shown once), listed with when they were opened, revoked."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from analytics.reports import links
from analytics.reports.forms import LinkForm
from analytics.reports.models import Link
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("shares.make")
def index(request: WorkspaceRequest) -> HttpResponse:
    """The list and the form, with the adoption page's question from the address. POST makes a link."""
    if request.method != "POST":
        asked = {"ladder_key": "ladder", "period_days": "period", "window_days": "window", "split": "split"}
        initial = {field: request.GET[name] for field, name in asked.items() if request.GET.get(name)}
        return _page(request, LinkForm(workspace=request.workspace, initial=initial))
    form = LinkForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        return _page(request, form, status=422)
    said = form.cleaned_data
    question = {field: said[field] for field in ("ladder_key", "period_days", "window_days", "split")}
    try:
        link, token = links.make(
            by=request.member, label=said["label"], days=said["days"], password=said["secret"], **question
        )
    except links.TooMany as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form, status=422)
    address = settings.BASE_URL + reverse("shared:view", args=[token])
    return _page(request, LinkForm(workspace=request.workspace), made=link, address=address)


@require_POST
@workspace_view("shares.make")
def revocation(request: WorkspaceRequest, pk: int) -> HttpResponse:
    links.revoke(get_object_or_404(Link, pk=pk), by=request.member)
    messages.success(request, _("Revoked. Nobody sees anything through it any more."))
    return redirect("reports:links", request.workspace.slug)


def _page(
    request: WorkspaceRequest, form: LinkForm, *, made: Link | None = None, address: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "made": made,
        "address": address,
        "links": Link.objects.select_related("made_by").order_by("-made_at")[:200],
    }
    return render(request, "reports/links.html", context, status=status)
