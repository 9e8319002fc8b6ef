"""The shapes of reports and links for the REST API."""

from rest_framework import serializers

from analytics.metrics.period import DEFAULT_PERIOD_DAYS, PERIODS_DAYS
from analytics.metrics.question import DEFAULT_WINDOW_DAYS, LONGEST_WINDOW_DAYS
from analytics.reports.links import SHORTEST_PASSWORD, USUAL_DAYS, VALID_DAYS
from analytics.reports.models import LAST_DAY, Dispatch, Edition, Report
from workspaces.api.shapes import Body, Text


class Question(serializers.Serializer):
    ladder = serializers.CharField(source="ladder_key")
    period_days = serializers.IntegerField()
    window_days = serializers.IntegerField()
    split = serializers.CharField(allow_blank=True)


class QuestionBody(Body):
    ladder = Text(max_length=60, help_text="A published ladder's key.")
    period_days = serializers.ChoiceField(list(PERIODS_DAYS), default=DEFAULT_PERIOD_DAYS)
    window_days = serializers.IntegerField(min_value=1, max_value=LONGEST_WINDOW_DAYS, default=DEFAULT_WINDOW_DAYS)
    split = Text(required=False, allow_blank=True, default="", max_length=100, help_text="As in the page's address.")


class ReportTold(Question):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    cadence = serializers.ChoiceField(Report.Cadence.values)
    weekday = serializers.IntegerField(help_text="0 is Monday.")
    month_day = serializers.IntegerField(help_text="31 is the last day of every month.")
    hour = serializers.IntegerField()
    with_pdf = serializers.BooleanField()
    made_at = serializers.DateTimeField()
    paused_at = serializers.DateTimeField(allow_null=True)


class ReportBody(QuestionBody):
    example = {"name": "Weekly adoption", "ladder": "administrators", "cadence": "weekly", "weekday": 0, "hour": 8}

    name = Text(max_length=120)
    cadence = serializers.ChoiceField(Report.Cadence.values, default=Report.Cadence.WEEKLY)
    weekday = serializers.IntegerField(min_value=0, max_value=6, default=0)
    month_day = serializers.IntegerField(min_value=1, max_value=LAST_DAY, default=1)
    hour = serializers.IntegerField(min_value=0, max_value=23, default=8)
    with_pdf = serializers.BooleanField(default=True)


class RecipientTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    address = serializers.CharField()
    state = serializers.ChoiceField(["active", "waiting", "unsubscribed"], help_text="waiting: for their consent.")
    added_at = serializers.DateTimeField()


class RecipientBody(Body):
    example = {"address": "board@example.com"}

    address = serializers.EmailField(max_length=254)


class EditionTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    period_on = serializers.DateField(help_text="The Monday of its week, or the first of its month.")
    due_at = serializers.DateTimeField()
    state = serializers.ChoiceField(Edition.State.values)
    as_of = serializers.DateTimeField(allow_null=True)
    subject = serializers.CharField(allow_blank=True)
    error = serializers.CharField(allow_blank=True)


class DispatchTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    address = serializers.CharField()
    state = serializers.ChoiceField(Dispatch.State.values)
    made_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    error = serializers.CharField(allow_blank=True)


class EditionInFull(EditionTold):
    text = serializers.CharField(allow_blank=True, help_text="What is mailed, as plain text.")
    dispatches = DispatchTold(many=True)


class LinkTold(Question):
    id = serializers.IntegerField(source="pk")
    label = serializers.CharField()  # type: ignore[assignment]  # a field, once declared
    hint = serializers.CharField(help_text="The address' last characters.")
    state = serializers.ChoiceField(["open", "expired", "revoked"])
    has_password = serializers.BooleanField()
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    opened = serializers.IntegerField()
    opened_at = serializers.DateTimeField(allow_null=True)


class LinkMade(LinkTold):
    address = serializers.CharField(help_text="It is told this once.")


class LinkBody(QuestionBody):
    example = {"label": "The board", "ladder": "administrators", "days": 30}

    label = Text(max_length=120, help_text="Who it is for.")  # type: ignore[assignment]
    days = serializers.ChoiceField(list(VALID_DAYS), default=USUAL_DAYS)
    password = Text(required=False, min_length=SHORTEST_PASSWORD, max_length=200, trim_whitespace=False)


class TableTold(serializers.Serializer):
    name = serializers.CharField(help_text="By which its CSV is asked for.")
    title = serializers.CharField()
