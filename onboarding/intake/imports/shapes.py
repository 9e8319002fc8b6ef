"""The shapes of imports for the REST API."""

from rest_framework import serializers

from workspaces.api.shapes import Anything, Body, Text

STATES = ["uploading", "ready", "waiting", "running", "finished", "failed", "cancelled"]
LARGEST = 2**53


class ImportTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    state = serializers.ChoiceField(STATES)
    size = serializers.IntegerField()
    offset = serializers.IntegerField(source="uploaded", help_text="Bytes that have arrived: go on there.")
    format = serializers.CharField(allow_blank=True)
    mapping = Anything(allow_null=True, help_text="How the columns are meant; guessed, once the file is whole.")
    made_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    problem = serializers.CharField(allow_blank=True, help_text="Why it broke off, and what to do.")
    rows = serializers.IntegerField()
    stored = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    mended = serializers.IntegerField()
    rejected = serializers.IntegerField()
    reasons = Anything(help_text="How many rows were rejected for each reason.")


class ImportBody(Body):
    example = {"name": "events.jsonl", "size": 1048576}

    name = Text(max_length=255, help_text="The file's, by whose ending its format is told.")
    size = serializers.IntegerField(min_value=1, max_value=LARGEST, help_text="In bytes.")
    modified = serializers.IntegerField(
        min_value=0, max_value=LARGEST, default=0, help_text="When the file was changed last, in Unix milliseconds."
    )


class OffsetQuery(serializers.Serializer):
    offset = serializers.IntegerField(min_value=0, max_value=LARGEST)


class StartBody(Body):
    mapping = Anything(required=False, help_text="See docs/importing.md.")


class RejectedTold(serializers.Serializer):
    line = serializers.IntegerField()
    reason = serializers.CharField()
    sentence = serializers.CharField()
    content = serializers.CharField(source="text")
