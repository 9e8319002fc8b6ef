"""The webhooks page: endpoints are added (a secret is shown once), changed, rotated, switched off and on, removed."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from workspaces.tenants.views_access import WorkspaceRequest, workspace_view
from workspaces.webhooks import endpoints, outbox
from workspaces.webhooks.endpoints import TooMany
from workspaces.webhooks.forms import EndpointForm
from workspaces.webhooks.models import Endpoint
from workspaces.webhooks.showing import SINCE, log_of, with_last_delivery

MANAGE = "webhooks.manage"


@workspace_view(MANAGE)
@require_GET
def index(request: WorkspaceRequest) -> HttpResponse:
    return _list(request, EndpointForm())


@workspace_view(MANAGE)
@never_cache
@require_POST
def add(request: WorkspaceRequest) -> HttpResponse:
    form = EndpointForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    try:
        endpoint, secret = endpoints.add(**form.cleaned_data, by=request.member)
    except TooMany as refusal:
        form.add_error(None, str(refusal))
        return _list(request, form, status=422)
    return _list(request, EndpointForm(), added=endpoint, secret=secret)


@workspace_view(MANAGE)
@never_cache
@require_GET
def show(request: WorkspaceRequest, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(Endpoint, pk=pk))


@workspace_view(MANAGE)
@require_POST
def change(request: WorkspaceRequest, pk: int) -> HttpResponse:
    endpoint = get_object_or_404(Endpoint, pk=pk)
    form = EndpointForm(request.POST)
    if not form.is_valid():
        return _page(request, endpoint, form=form, status=422)
    endpoints.change(endpoint, **form.cleaned_data, by=request.member)
    messages.success(request, _("Saved."))
    return _to(request, endpoint)


@workspace_view(MANAGE)
@never_cache
@require_POST
def rotate(request: WorkspaceRequest, pk: int) -> HttpResponse:
    endpoint = get_object_or_404(Endpoint, pk=pk)
    return _page(request, endpoint, secret=endpoints.rotate(endpoint, by=request.member))


@workspace_view(MANAGE)
@require_POST
def enable(request: WorkspaceRequest, pk: int) -> HttpResponse:
    endpoint = get_object_or_404(Endpoint, pk=pk)
    endpoints.enable(endpoint, by=request.member)
    messages.success(request, _("Enabled. What happens from now on is sent; what had failed can be sent again below."))
    return _to(request, endpoint)


@workspace_view(MANAGE)
@require_POST
def disable(request: WorkspaceRequest, pk: int) -> HttpResponse:
    endpoint = get_object_or_404(Endpoint, pk=pk)
    endpoints.disable(endpoint, by=request.member)
    messages.success(request, _("Disabled. Nothing is sent to it until it is enabled again."))
    return _to(request, endpoint)


@workspace_view(MANAGE)
@require_POST
def test(request: WorkspaceRequest, pk: int) -> HttpResponse:
    endpoint = get_object_or_404(Endpoint, pk=pk)
    if endpoint.disabled_at is not None:
        messages.error(request, _("It is disabled: enable it first, then send a test."))
    else:
        outbox.ping(endpoint)
    return _to(request, endpoint)


@workspace_view(MANAGE)
@require_POST
def remove(request: WorkspaceRequest, pk: int) -> HttpResponse:
    endpoint = get_object_or_404(Endpoint, pk=pk)
    endpoints.remove(endpoint, by=request.member)
    messages.success(request, _("The webhook to %(url)s is removed.") % {"url": endpoint.url})
    return redirect("webhooks:index", workspace_slug=request.workspace.slug)


def _to(request: WorkspaceRequest, endpoint: Endpoint) -> HttpResponseRedirect:
    return redirect("webhooks:show", workspace_slug=request.workspace.slug, pk=endpoint.pk)


def _list(
    request: WorkspaceRequest,
    form: EndpointForm,
    *,
    added: Endpoint | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    rows = with_last_delivery(Endpoint.objects.order_by("made_at", "pk"))
    context = {"form": form, "endpoints": rows, "added": added, "secret": secret}
    return render(request, "webhooks/list.html", context, status=status)


def _page(
    request: WorkspaceRequest,
    endpoint: Endpoint,
    *,
    form: EndpointForm | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    stands = {"url": endpoint.url, "description": endpoint.description, "topics": endpoint.topics}
    context = {
        "endpoint": endpoint,
        "form": form or EndpointForm(initial=stands),
        "secret": secret,
        "log": log_of(endpoint, request.GET),
        "since": SINCE,
    }
    return render(request, "webhooks/endpoint.html", context, status=status)
