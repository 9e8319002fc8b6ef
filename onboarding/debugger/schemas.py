"""The shapes of what the API takes and answers, for its description in OpenAPI."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from onboarding.debugger.entries import OUTCOMES
from onboarding.debugger.fates import Fate, WhyNot
from onboarding.intake.reasons import Reason


class Failure(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField()


class PersonOfEvent(serializers.Serializer):
    id = serializers.IntegerField()
    user_id = serializers.CharField(allow_null=True)
    email = serializers.CharField(allow_null=True)
    name = serializers.CharField()


class StepOfLadder(serializers.Serializer):
    ladder = serializers.CharField()
    step = serializers.CharField()


class Effect(serializers.Serializer):
    read_yet = serializers.BooleanField(help_text="Whether the engine has come to the message.")
    completed = StepOfLadder(many=True)
    began = serializers.ListField(child=serializers.CharField(), help_text="Ladders whose journey began with it.")
    fate = serializers.ChoiceField(list(Fate), allow_null=True, help_text="Of the step that says most about it.")
    ladder = serializers.CharField(allow_null=True)
    step = serializers.CharField(allow_null=True)


class Event(serializers.Serializer):
    id = serializers.CharField()
    outcome = serializers.ChoiceField(OUTCOMES)
    received_at = serializers.DateTimeField()
    type = serializers.CharField(allow_blank=True)
    event = serializers.CharField(allow_blank=True)
    message_id = serializers.CharField(allow_blank=True)
    sender = serializers.CharField(allow_blank=True, help_text="u: and the userId, or a: and the anonymousId.")
    person = PersonOfEvent(allow_null=True)
    reason = serializers.ChoiceField(list(Reason), allow_null=True)
    message = serializers.CharField(allow_null=True, help_text="Why it was rejected, as a sentence.")
    replayed_at = serializers.DateTimeField(allow_null=True)
    first_received_at = serializers.DateTimeField(allow_null=True)
    times = serializers.IntegerField(allow_null=True, help_text="Of a duplicate: how often it came again.")
    occurred_at = serializers.DateTimeField(allow_null=True)
    effect = Effect(allow_null=True)


class Events(serializers.Serializer):
    events = Event(many=True)
    next = serializers.CharField(allow_null=True, help_text="The cursor of what is older; null at the end.")
    stopped_at = serializers.DateTimeField(
        allow_null=True, help_text="Set when only so much was looked at for one answer: go on with the cursor."
    )


class CheckOfCondition(serializers.Serializer):
    name = serializers.CharField()
    operator = serializers.CharField()
    operand = serializers.JSONField()
    said = serializers.BooleanField()
    value = serializers.JSONField(allow_null=True)
    holds = serializers.BooleanField()


class Condition(serializers.Serializer):
    words = serializers.CharField()
    fate = serializers.ChoiceField(list(Fate))
    nth = serializers.IntegerField(allow_null=True)
    needed = serializers.IntegerField()
    limit_at = serializers.DateTimeField(allow_null=True)
    checks = CheckOfCondition(many=True)


class StepTold(serializers.Serializer):
    step = serializers.CharField()
    name = serializers.CharField()
    version = serializers.IntegerField()
    fate = serializers.ChoiceField(list(Fate))
    conditions = Condition(many=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    completed_by = serializers.CharField(allow_null=True, help_text="The messageId of the evidence.")
    unlocks = serializers.ListField(child=serializers.CharField())
    waits_for = serializers.ListField(child=serializers.CharField())
    lacking = serializers.ListField(child=serializers.CharField())


class LadderTold(serializers.Serializer):
    ladder = serializers.CharField()
    name = serializers.CharField()
    version = serializers.IntegerField()
    started_at = serializers.DateTimeField(allow_null=True)
    begins = serializers.BooleanField()
    why_not = serializers.ChoiceField(list(WhyNot), allow_null=True)
    role = serializers.CharField(allow_null=True)
    role_needed = serializers.CharField()
    start = Condition(allow_null=True)
    steps = StepTold(many=True)


class TraitTold(serializers.Serializer):
    name = serializers.CharField()
    value = serializers.JSONField(allow_null=True)
    read_by_roles = serializers.ListField(child=serializers.CharField())
    read_by_steps = serializers.ListField(child=serializers.CharField())
    read_by_segments = serializers.BooleanField()
    overtaken_at = serializers.DateTimeField(allow_null=True)


class Told(serializers.Serializer):
    read_yet = serializers.BooleanField()
    similar_events = serializers.ListField(child=serializers.CharField())
    ladders = LadderTold(many=True)
    traits = TraitTold(many=True)


class EventInFull(Event):
    """A stored message has the fields from `properties` on, a rejected one `sent` and `replayed_as`."""

    sent = serializers.CharField(required=False)
    replayed_as = serializers.CharField(required=False, allow_null=True)
    properties = serializers.DictField(required=False)
    traits = serializers.DictField(required=False)
    context = serializers.DictField(required=False)  # type: ignore[assignment]  # a field, once declared
    stated_at = serializers.DateTimeField(required=False)
    clamped = serializers.BooleanField(required=False)
    identity = serializers.DictField(required=False)
    explanation = Told(required=False)


class ReplayResult(serializers.Serializer):
    outcome = serializers.ChoiceField(["stored", "duplicate"])
    message_id = serializers.CharField()


FILTERS = [
    OpenApiParameter("person", description="A userId, anonymousId or e-mail address."),
    OpenApiParameter("event", description="An event's name, or a type such as identify."),
    OpenApiParameter("outcome", enum=list(OUTCOMES)),
    OpenApiParameter("reason", enum=list(Reason)),
    OpenApiParameter("message", description="A messageId."),
    OpenApiParameter("from", OpenApiTypes.DATETIME, description="Received then or later."),
    OpenApiParameter("until", OpenApiTypes.DATETIME, description="Received then or earlier."),
    OpenApiParameter("before", description="The cursor `next` of an earlier answer."),
    OpenApiParameter("limit", OpenApiTypes.INT, description="1 to 100; 30 if not given."),
]
