"""The log of an endpoint: what was sent in the last 30 days, what became of it, and sending it again."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from workspaces.audit.models import Entry
from workspaces.tenants.templatetags.ui import number
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view
from workspaces.webhooks import outbox
from workspaces.webhooks.models import Delivery, Endpoint
from workspaces.webhooks.showing import SINCE, attempts, log_of, readable
from workspaces.webhooks.views import MANAGE


@workspace_view(MANAGE)
@never_cache
@require_GET
def log(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The log as it is now. 304 while the HX-PTag that the browser sends is still right."""
    endpoint = get_object_or_404(Endpoint, pk=pk)
    found = log_of(endpoint, request.GET)
    if request.headers.get("HX-PTag") == found.tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = render(request, "webhooks/_log_answer.html", {"endpoint": endpoint, "log": found, "since": SINCE})
    response["HX-PTag"] = found.tag
    return response


@workspace_view(MANAGE)
@never_cache
@require_GET
def delivery(request: WorkspaceRequest, pk: int, number: int) -> HttpResponse:
    found = get_object_or_404(Delivery.objects.select_related("message", "endpoint"), pk=number, endpoint_id=pk)
    context = {
        "delivery": found,
        "endpoint": found.endpoint,
        "attempts": attempts(found),
        "body": readable(found.message.body),
    }
    return render(request, "webhooks/delivery.html", context)


@workspace_view(MANAGE)
@require_POST
def send_again(request: WorkspaceRequest, pk: int, number: int) -> HttpResponse:
    found = get_object_or_404(Delivery.objects.select_related("endpoint", "message"), pk=number, endpoint_id=pk)
    _send_again(request, found.endpoint, Delivery.objects.filter(pk=found.pk), message=found.message.uid)
    return redirect("webhooks:show", workspace_slug=request.workspace.slug, pk=pk)


@workspace_view(MANAGE)
@require_POST
def send_failed_again(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """All that failed since a while ago."""
    endpoint = get_object_or_404(Endpoint, pk=pk)
    words, span = SINCE.get(request.POST.get("since", ""), SINCE["day"])
    failed = Delivery.objects.filter(state=Delivery.State.FAILED, created_at__gte=timezone.now() - span)
    _send_again(request, endpoint, failed, of=words)
    return redirect("webhooks:show", workspace_slug=request.workspace.slug, pk=pk)


def _send_again(request: WorkspaceRequest, endpoint: Endpoint, deliveries: QuerySet[Delivery], **what: str) -> None:
    if endpoint.disabled_at is not None:
        messages.error(request, _("The webhook is disabled: enable it first, then send again."))
        return
    asked = outbox.send_again(deliveries, endpoint)
    if not asked:
        messages.info(request, _("There was nothing to send again."))
        return
    Entry.record(by=request.member, action="webhook.sent_again", target=endpoint, deliveries=asked, **what)
    messages.success(
        request,
        ngettext("It is sent again.", "%(n)s deliveries are sent again.", asked) % {"n": number(asked)},
    )
