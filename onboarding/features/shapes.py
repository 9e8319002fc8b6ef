"""The shapes of features for the REST API."""

from rest_framework import serializers

from onboarding.features.models import Feature
from workspaces.api.shapes import Body, Text


class FeaturePlace(serializers.Serializer):
    ladder = serializers.CharField(source="ladder_key")
    step = serializers.CharField(source="step_key")


class FeatureLine(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    reach = serializers.ChoiceField(Feature.Reach.values, help_text="Whom a completion switches it on for.")
    named = serializers.BooleanField(help_text="Whether the current version of a ladder in use names it.")
    archived_at = serializers.DateTimeField(allow_null=True)


class FeatureInFull(FeatureLine):
    people = serializers.IntegerField(help_text="How many have it now.")
    used_when = serializers.CharField(allow_null=True, help_text="The key of the workflow that is its use.")
    unlocked_by = FeaturePlace(many=True)


class FeatureBody(Body):
    example = {"name": "Advanced reports", "reach": "account"}

    name = Text(max_length=120)
    description = Text(max_length=500, required=False, allow_blank=True, default="")
    reach = serializers.ChoiceField(Feature.Reach.values)
    used_when = Text(required=False, allow_null=True, default=None, help_text="The key of a key workflow.")


class FeatureFilters(serializers.Serializer):
    archived = serializers.BooleanField(required=False, default=False)


class GrantTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    feature = serializers.CharField(source="feature.key")
    sender = serializers.CharField(allow_blank=True, help_text="u: and the user id; empty: to an account.")
    account = serializers.CharField(source="account_key", allow_blank=True)
    granted_at = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    by = serializers.CharField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    revoked_by = serializers.CharField(allow_blank=True)


class GrantBody(Body):
    """To a person or to an account: one of user_id and account."""

    example = {"user_id": "u-1842", "reason": "A pilot customer."}

    user_id = Text(required=False, max_length=255)
    account = Text(required=False, max_length=255, help_text="The account's key.")
    until = serializers.DateField(required=False, allow_null=True, help_text="The last day; left out: for good.")
    reason = Text(min_length=3, max_length=500)


class Having(serializers.Serializer):
    """A feature as a person has it."""

    key = serializers.CharField()
    value = serializers.BooleanField()
    reason = serializers.CharField()
    source = serializers.ChoiceField(["completion", "account", "grant"], allow_null=True)  # type: ignore[assignment]
    since = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True)
    ladder = serializers.CharField(allow_null=True)
    step = serializers.CharField(allow_null=True)
    account = serializers.CharField(allow_null=True)
