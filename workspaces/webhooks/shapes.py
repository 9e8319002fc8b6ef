"""The shapes of webhooks for the REST API."""

from rest_framework import serializers

from workspaces.api.shapes import Body, Text
from workspaces.webhooks.models import Delivery, Endpoint
from workspaces.webhooks.showing import SINCE
from workspaces.webhooks.topics import SUBSCRIBED


class Webhook(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    url = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    topics = serializers.ListField(child=serializers.CharField(), help_text="Empty: every topic.")
    state = serializers.ChoiceField(["working", "failing", "disabled"])
    disabled_reason = serializers.ChoiceField(Endpoint.Disabled.values, allow_blank=True)
    made_at = serializers.DateTimeField()
    previous_secret_until = serializers.DateTimeField(source="previous_until", allow_null=True)


class WebhookWithSecret(Webhook):
    secret = serializers.CharField(help_text="It is told this once.")


class WebhookBody(Body):
    example = {"url": "https://hooks.example.com/firstmile", "topics": ["rung.completed"]}

    url = Text(max_length=500, help_text="https, and not a private address.")
    description = Text(max_length=120, required=False, allow_blank=True, default="")
    topics = serializers.ListField(
        child=serializers.ChoiceField(SUBSCRIBED), required=False, default=list, help_text="Empty: every topic."
    )


class DeliveryFilters(serializers.Serializer):
    state = serializers.ChoiceField(Delivery.State.values, required=False)
    message = serializers.CharField(required=False, help_text="Its webhook-id.")


class DeliveryLine(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    message = serializers.CharField(source="message.uid", help_text="What receivers get as webhook-id.")
    topic = serializers.CharField(source="message.topic")
    state = serializers.ChoiceField(Delivery.State.values)
    created_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(allow_null=True)
    next_attempt_at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True, help_text="The HTTP status of the last answer.")
    error = serializers.CharField(allow_blank=True)


class Attempt(serializers.Serializer):
    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True)
    error = serializers.CharField(allow_blank=True)
    milliseconds = serializers.IntegerField()


class DeliveryInFull(DeliveryLine):
    body = serializers.CharField(source="message.body", help_text="To the byte, as it is signed.")
    response = serializers.CharField(allow_blank=True, help_text="The beginning of the last answer.")
    attempts = Attempt(source="tries", many=True)


class SinceBody(Body):
    example = {"since": "day"}

    since = serializers.ChoiceField(list(SINCE), default="day", help_text="What failed in the last hour, day, …")


class SentAgain(serializers.Serializer):
    deliveries = serializers.IntegerField(help_text="How many are sent again.")
