"""The shapes of the numbers for the REST API."""

from rest_framework import serializers

from analytics.dashboards.states import State
from analytics.metrics.period import PERIODS_DAYS
from analytics.metrics.registry import METRICS
from workspaces.api.shapes import Anything, Body, Text


class Definition(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    sentence = serializers.CharField(help_text="What it says, in plain words.")
    formula = serializers.CharField()
    unit = serializers.CharField()
    excludes = serializers.CharField(help_text="Whom it leaves out.")
    window_days = serializers.IntegerField(
        allow_null=True, help_text="The metric's own window, whatever window is asked for; null: it has none."
    )
    version = serializers.IntegerField(help_text="Rises when the formula changes.")
    history = serializers.ListField(
        child=serializers.CharField(), help_text="What each version from the second on changed."
    )


# "from" is no name in Python.
QuestionQuery = type(
    "QuestionQuery",
    (serializers.Serializer,),
    {
        "ladder": serializers.CharField(required=False, help_text="A published ladder's key; left out: the first."),
        "period": serializers.ChoiceField(
            [str(days) for days in PERIODS_DAYS], required=False, help_text="Who began in so many days up to as_of."
        ),
        "from": serializers.DateField(required=False, help_text="Or the first day of beginning,"),
        "to": serializers.DateField(required=False, help_text="and the last."),
        "window": serializers.IntegerField(
            required=False, min_value=1, max_value=3_650, help_text="Days that a step may take; 14 unless said."
        ),
        "as_of": serializers.CharField(
            required=False, max_length=40, help_text="A day; the numbers as they stood at its end. Left out: now."
        ),
        "split": serializers.CharField(
            required=False, max_length=100, help_text="trait: and one of the workspace's segments, such as trait:plan."
        ),
        "__module__": __name__,
    },
)


class Asked(serializers.Serializer):
    ladder = serializers.CharField()
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    window_days = serializers.IntegerField()
    as_of = serializers.DateField()
    until = serializers.DateTimeField(help_text="The moment as of which everything is told.")
    trait = serializers.CharField(allow_null=True)


class SegmentTold(serializers.Serializer):
    trait = serializers.CharField()
    value = serializers.CharField()


class FigureTold(serializers.Serializer):
    about = serializers.CharField(allow_null=True, help_text="Of what it is, where a metric has several.")
    segment = SegmentTold(allow_null=True, help_text="Of whom, where people were split; null: of everybody.")
    window_days = serializers.IntegerField(allow_null=True)
    n = serializers.IntegerField(allow_null=True, help_text="The people (or accounts) in it; null: withheld.")
    immature_people = serializers.IntegerField(
        allow_null=True, help_text="Those who would be, were they not too new; null: withheld, or not known."
    )
    immature_share = serializers.FloatField(allow_null=True)
    caution = serializers.CharField(
        allow_null=True, help_text="small: fewer than thirty; withheld: fewer than five, or they could be told from it."
    )
    value = Anything(help_text="Times in seconds (_s), shares from 0 to 1; not_computable with a reason where none is.")


class MetricTold(serializers.Serializer):
    metric = serializers.ChoiceField(list(METRICS))
    definition_version = serializers.IntegerField()
    unit = serializers.CharField()
    asked = Asked()
    not_split = serializers.CharField(allow_null=True, help_text="Why it is not told by what was asked for.")
    not_computable = serializers.CharField(allow_null=True, help_text="Why there is no figure at all.")
    figures = FigureTold(many=True)


class BehindQuery(QuestionQuery):  # type: ignore[misc, valid-type]
    state = serializers.ChoiceField([state.value for state in State], default=State.BEGAN.value)
    rung = serializers.CharField(required=False, max_length=60, help_text="A step's key, where the state is about one.")
    trait = serializers.CharField(required=False, max_length=80)
    value = serializers.CharField(required=False, max_length=255, help_text="Of the trait, at the start.")
    version = serializers.CharField(required=False, max_length=10, help_text="The number of the version begun on.")


class Behind(serializers.Serializer):
    person = serializers.IntegerField(source="person_id")
    user_id = serializers.CharField(source="person.external_id", allow_blank=True)
    started_at = serializers.DateTimeField()
    first_value_at = serializers.DateTimeField(source="value_then", allow_null=True, help_text="Null: not by `as_of`.")
    finished_at = serializers.DateTimeField(source="finished_then", allow_null=True, help_text="Null: not by `as_of`.")
    segment = Anything()


class StuckQuery(QuestionQuery):  # type: ignore[misc, valid-type]
    rung = serializers.CharField(required=False, max_length=60)
    seen = serializers.ChoiceField(["7", "30"], required=False, help_text="Seen within so many days.")
    trait = serializers.CharField(required=False, max_length=80)
    value = serializers.CharField(required=False, max_length=255)


class StuckPerson(serializers.Serializer):
    person = serializers.IntegerField()
    called = serializers.CharField()
    account = serializers.CharField(allow_blank=True)
    rung = serializers.CharField(help_text="The step that they wait before.")
    since = serializers.DateTimeField()
    waited_s = serializers.FloatField()
    usual_s = serializers.FloatField(help_text="What nine of ten who passed did not exceed.")
    longer_than = serializers.FloatField(help_text="The share of those who passed who took less.")
    last_seen_at = serializers.DateTimeField(allow_null=True, help_text="Null: never, or again since `as_of`.")


class ViewTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    asks = Anything(help_text="The question, as parameters of the metrics.")
    default = serializers.BooleanField(help_text="Whether the adoption page opens with it.")
    saved_at = serializers.DateTimeField()


class ViewBody(Body):
    example = {"name": "Last month", "asks": {"period": "30"}}

    name = Text(max_length=80)
    asks = serializers.DictField(child=Text(allow_blank=True, max_length=200), help_text="As in `GET /metrics/{key}`.")
    default = serializers.BooleanField(default=False)
