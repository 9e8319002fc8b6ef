"""Webhooks for programs: endpoints and their secrets, what was sent, and sending it again."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from workspaces.api.forms import refused_form
from workspaces.api.operations import Answer, Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import Refused
from workspaces.api.views import KeyedView
from workspaces.audit.models import Entry
from workspaces.webhooks import endpoints, outbox, shapes
from workspaces.webhooks.forms import EndpointForm
from workspaces.webhooks.models import Delivery, Endpoint, Message
from workspaces.webhooks.showing import SINCE

MANAGE = "webhooks.manage"


class Webhooks(KeyedView):
    @operation("webhooks_list", MANAGE, "The endpoints", answer=shapes.Webhook, pages=True)
    def get(self, call: Call) -> Page:
        return page(Endpoint.objects.all(), call.asked, order=("made_at", "pk"))

    @operation(
        "webhooks_create",
        MANAGE,
        "A new endpoint; its secret is told this once",
        answer=shapes.WebhookWithSecret,
        body=shapes.WebhookBody,
        status=201,
        refuses=(409,),
        plain=True,
    )
    def post(self, call: Call) -> Answer:
        said = _checked(call)
        try:
            endpoint, secret = endpoints.add(**said, by=call.by)
        except endpoints.TooMany as refusal:
            raise Refused("conflict", str(refusal)) from None
        return Answer(_with_secret(endpoint, secret), headers={"Location": f"/api/v1/webhooks/{endpoint.pk}"})


class OneWebhook(KeyedView):
    @operation("webhooks_read", MANAGE, "One endpoint", answer=shapes.Webhook)
    def get(self, call: Call, pk: int) -> Endpoint:
        return get_object_or_404(Endpoint, pk=pk)

    @operation(
        "webhooks_change",
        MANAGE,
        "Change an endpoint; what waits goes to the new address",
        answer=shapes.Webhook,
        body=shapes.WebhookBody,
        matches=True,
    )
    def put(self, call: Call, pk: int) -> Endpoint:
        endpoint = get_object_or_404(Endpoint, pk=pk)
        endpoints.change(endpoint, **_checked(call), by=call.by)
        return endpoint

    @operation("webhooks_delete", MANAGE, "Remove an endpoint with its log")
    def delete(self, call: Call, pk: int) -> None:
        endpoints.remove(get_object_or_404(Endpoint, pk=pk), by=call.by)


class Rotation(KeyedView):
    @operation(
        "webhooks_rotate",
        MANAGE,
        "A new secret, told this once; the one before signs as well for 24 hours",
        answer=shapes.WebhookWithSecret,
        plain=True,
    )
    def post(self, call: Call, pk: int) -> dict[str, Any]:
        endpoint = get_object_or_404(Endpoint, pk=pk)
        return _with_secret(endpoint, endpoints.rotate(endpoint, by=call.by))


class Enabling(KeyedView):
    @operation("webhooks_enable", MANAGE, "Send what happens from now on", answer=shapes.Webhook)
    def post(self, call: Call, pk: int) -> Endpoint:
        endpoint = get_object_or_404(Endpoint, pk=pk)
        endpoints.enable(endpoint, by=call.by)
        return endpoint


class Disabling(KeyedView):
    @operation("webhooks_disable", MANAGE, "Send nothing until it is enabled again", answer=shapes.Webhook)
    def post(self, call: Call, pk: int) -> Endpoint:
        endpoint = get_object_or_404(Endpoint, pk=pk)
        endpoints.disable(endpoint, by=call.by)
        return endpoint


class Test(KeyedView):
    @operation(
        "webhooks_test",
        MANAGE,
        "Send a test to this endpoint alone",
        answer=shapes.DeliveryLine,
        status=202,
        refuses=(409,),
    )
    def post(self, call: Call, pk: int) -> Delivery:
        return outbox.ping(_enabled(pk))


class Deliveries(KeyedView):
    @operation(
        "webhooks_deliveries",
        MANAGE,
        "What was sent in the last 30 days, the newest first",
        answer=shapes.DeliveryLine,
        query=shapes.DeliveryFilters,
        pages=True,
    )
    def get(self, call: Call, pk: int) -> Page:
        found = Delivery.objects.filter(endpoint=get_object_or_404(Endpoint, pk=pk)).select_related("message")
        if "state" in call.asked:
            found = found.filter(state=call.asked["state"])
        if "message" in call.asked:
            found = found.filter(message__in=list(Message.objects.filter(uid=call.asked["message"])))
        return page(found, call.asked, order=("-created_at", "-pk"))


class OneDelivery(KeyedView):
    @operation("webhooks_delivery", MANAGE, "One delivery with every attempt", answer=shapes.DeliveryInFull)
    def get(self, call: Call, pk: int, number: int) -> Delivery:
        return get_object_or_404(Delivery.objects.select_related("message"), pk=number, endpoint_id=pk)


class Again(KeyedView):
    @operation(
        "webhooks_send_again",
        MANAGE,
        "Send a delivery once more, with the same id and body",
        answer=shapes.SentAgain,
        refuses=(409,),
        plain=True,
    )
    def post(self, call: Call, pk: int, number: int) -> dict[str, int]:
        found = get_object_or_404(Delivery.objects.select_related("message"), pk=number, endpoint_id=pk)
        return _sent_again(call, _enabled(pk), Delivery.objects.filter(pk=number), message=found.message.uid)


class FailedAgain(KeyedView):
    @operation(
        "webhooks_send_failed_again",
        MANAGE,
        "Send once more what failed since a while ago",
        answer=shapes.SentAgain,
        body=shapes.SinceBody,
        refuses=(409,),
        plain=True,
    )
    def post(self, call: Call, pk: int) -> dict[str, int]:
        words, span = SINCE[call.body["since"]]
        failed = Delivery.objects.filter(state=Delivery.State.FAILED, created_at__gte=timezone.now() - span)
        return _sent_again(call, _enabled(pk), failed, of=words)


def _checked(call: Call) -> dict[str, Any]:
    form = EndpointForm(dict(call.body))
    if not form.is_valid():
        raise refused_form(form)
    return form.cleaned_data


def _with_secret(endpoint: Endpoint, secret: str) -> dict[str, Any]:
    return {**shapes.Webhook(endpoint).data, "secret": secret}


def _enabled(pk: int) -> Endpoint:
    endpoint = get_object_or_404(Endpoint, pk=pk)
    if endpoint.disabled_at is not None:
        raise Refused("conflict", "The webhook is disabled: enable it first, then send.")
    return endpoint


def _sent_again(call: Call, endpoint: Endpoint, deliveries: QuerySet[Delivery], **what: str) -> dict[str, int]:
    asked = outbox.send_again(deliveries, endpoint)
    if asked:
        Entry.record(by=call.by, action="webhook.sent_again", target=endpoint, deliveries=asked, **what)
    return {"deliveries": asked}
