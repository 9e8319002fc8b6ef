"""The shapes of people and accounts for the REST API."""

from rest_framework import serializers

from onboarding.progress.models import Ruling
from onboarding.widget.searching import STATES
from workspaces.api.shapes import Anything, Body, Text


class PersonLine(serializers.Serializer):
    id = serializers.IntegerField(source="pk", help_text="It may change when two turn out to be one person.")
    user_id = serializers.CharField(source="external_id", allow_blank=True, help_text="Empty: an anonymous visitor.")
    email = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    first_seen_at = serializers.DateTimeField(allow_null=True)
    last_seen_at = serializers.DateTimeField(allow_null=True)


class PeopleFilters(serializers.Serializer):
    user_id = serializers.CharField(required=False, help_text="The one with exactly this user id.")
    q = serializers.CharField(required=False, help_text="How a user id or e-mail address begins.")
    ladder = serializers.CharField(required=False, help_text="Who has begun the ladder with this key.")
    state = serializers.ChoiceField(list(STATES), required=False)


class AccountLine(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    key = serializers.CharField(help_text="The groupId that your product sends.")
    name = serializers.CharField(allow_blank=True)
    traits = Anything()


class Step(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    state = serializers.ChoiceField(["done", "open", "waiting", "locked", "missed"])
    done_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    overdue = serializers.BooleanField()
    message_id = serializers.CharField(allow_blank=True, help_text="Of the message that proves it.")
    ruling = serializers.IntegerField(allow_null=True, help_text="The ruling by which it was completed by hand.")


class JourneyTold(serializers.Serializer):
    ladder = serializers.CharField()
    version = serializers.IntegerField(help_text="The one that they are shown.")
    began_on_version = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    first_value_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    segment = Anything(help_text="The segments' traits as they were at the start.")
    steps = Step(many=True)


class PersonInFull(PersonLine):
    traits = Anything()
    accounts = serializers.ListField(child=serializers.CharField(), help_text="Keys of accounts.")
    journeys = JourneyTold(many=True)


class AccountInFull(AccountLine):
    people = serializers.IntegerField(help_text="How many belong to it.")


class RulingBody(Body):
    example = {
        "ladder": "administrators",
        "step": "invite-a-teammate",
        "verdict": "completed",
        "reason": "They did it in a call with us.",
    }

    ladder = Text(help_text="The ladder's key.")
    step = Text(max_length=80, help_text="The milestone's key.")
    verdict = serializers.ChoiceField(Ruling.Verdict.values)
    reason = Text(min_length=3, max_length=500)


class RulingTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    ladder = serializers.CharField(source="ladder.key")
    step = serializers.CharField(source="rung_key")
    verdict = serializers.ChoiceField(Ruling.Verdict.values)
    at = serializers.DateTimeField()
    by = serializers.CharField()
    reason = serializers.CharField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawn_by = serializers.CharField(allow_blank=True)


class Carried(RulingTold):
    waits = serializers.BooleanField(help_text="It shows once the engine has caught up with a publication.")
