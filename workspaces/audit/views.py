"""The audit page: the newest changes first."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from workspaces.audit.models import Entry
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("audit.read")
@require_GET
def entries(request: WorkspaceRequest) -> HttpResponse:
    page = Paginator(Entry.objects.order_by("-at", "-id"), 50).get_page(request.GET.get("page"))
    return render(request, "workspaces/audit.html", {"page": page})
