"""The shapes of what the API takes and answers, for its description in OpenAPI."""

from typing import Any

from rest_framework import serializers

from onboarding.debugger.entries import OUTCOMES
from onboarding.debugger.fates import Fate, WhyNot
from onboarding.intake.reasons import Reason
from workspaces.api.shapes import Body


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
    others = serializers.IntegerField(help_text="For how many others in the account it completed something.")


class Event(serializers.Serializer):
    page_says = {
        "stopped_at": serializers.DateTimeField(
            allow_null=True, help_text="Set when only so much was looked at for one answer: go on with the cursor."
        )
    }

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


class CheckOfCondition(serializers.Serializer):
    name = serializers.CharField()
    operator = serializers.CharField()
    operand = serializers.JSONField()
    said = serializers.BooleanField()
    value = serializers.JSONField(help_text="null where nothing was said.")
    holds = serializers.BooleanField()


class Condition(serializers.Serializer):
    words = serializers.CharField()
    fate = serializers.ChoiceField(list(Fate))
    nth = serializers.IntegerField(allow_null=True)
    needed = serializers.IntegerField()
    limit_at = serializers.DateTimeField(allow_null=True)
    by = serializers.ChoiceField(["person", "account"])
    account = serializers.CharField(allow_null=True, help_text="The account that it counts for.")
    counts_at = serializers.DateTimeField(
        allow_null=True, help_text="When what came earlier counts for the person: their start, or when they joined."
    )
    checks = CheckOfCondition(many=True)


class WordOfMember(serializers.Serializer):
    by = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_null=True)


class Revoked(WordOfMember):
    until = serializers.DateTimeField(help_text="What happened up to then does not count for the step.")


class StepTold(serializers.Serializer):
    step = serializers.CharField()
    name = serializers.CharField()
    version = serializers.IntegerField()
    fate = serializers.ChoiceField(list(Fate))
    conditions = Condition(many=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    completed_by = serializers.CharField(allow_null=True, help_text="The messageId of the evidence.")
    completed_by_hand = WordOfMember(allow_null=True)
    revoked = Revoked(allow_null=True)
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
    value = serializers.JSONField(help_text="null where nothing was said.")
    read_by_roles = serializers.ListField(child=serializers.CharField())
    read_by_steps = serializers.ListField(child=serializers.CharField())
    read_by_segments = serializers.BooleanField()
    overtaken_at = serializers.DateTimeField(allow_null=True)


class HelpedTold(serializers.Serializer):
    person = PersonOfEvent()
    ladder = serializers.CharField()
    step = serializers.CharField()
    completed_at = serializers.DateTimeField()


class ForOthersTold(serializers.Serializer):
    people = serializers.IntegerField(help_text="Others for whom it is the evidence of a step.")
    more = serializers.BooleanField(help_text="The account is so large that not everybody was looked at.")
    first = HelpedTold(many=True)


class Told(serializers.Serializer):
    read_yet = serializers.BooleanField()
    similar_events = serializers.ListField(child=serializers.CharField())
    ladders = LadderTold(many=True)
    traits = TraitTold(many=True)
    for_others = ForOthersTold()


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


class MendedMessage(Body):
    """The mended message; nothing: as it was. What it may hold is the intake's to say."""

    example = {"type": "track", "userId": "u-1842", "event": "Report Shared"}

    def to_internal_value(self, data: Any) -> Any:
        return data


# "from" is no name in Python.
EventFilters = type(
    "EventFilters",
    (serializers.Serializer,),
    {
        "person": serializers.CharField(required=False, help_text="A userId, anonymousId or e-mail address."),
        "event": serializers.CharField(required=False, help_text="An event's name, or a type such as identify."),
        "outcome": serializers.ChoiceField(list(OUTCOMES), required=False),
        "reason": serializers.ChoiceField(list(Reason), required=False),
        "message": serializers.CharField(required=False, help_text="A messageId."),
        "from": serializers.DateTimeField(required=False, help_text="Received then or later."),
        "until": serializers.DateTimeField(required=False, help_text="Received then or earlier."),
        "__module__": __name__,
    },
)
