"""The shapes of privacy for the REST API."""

from typing import Any

from rest_framework import serializers

from workspaces.api.shapes import Anything, Body, Text
from workspaces.privacy import asking
from workspaces.privacy.models import Erasure, Export

LONGEST_ID = asking.LONGEST - len("u:")


class ErasureTold(serializers.Serializer):
    """It never says who it was about."""

    id = serializers.IntegerField(source="pk")
    state = serializers.ChoiceField(Erasure.State.values, help_text="“watching”: done, and looked at once more soon.")
    percent = serializers.IntegerField(help_text="Of the texts that are looked through.")
    asked_at = serializers.DateTimeField()
    asked_by = serializers.CharField(source="actor", help_text="A member's e-mail then, or the key that asked.")
    finished_at = serializers.DateTimeField(allow_null=True)
    problem = serializers.CharField(allow_blank=True, help_text="Why the last attempt broke off; it is tried again.")
    removed = Anything(help_text="By what it was, how many.")


class SomebodyBody(Body):
    example: dict[str, Any] = {"user_id": "dora-4711"}

    user_id = Text(max_length=LONGEST_ID, required=False, help_text="As your product sends it; or else")
    anonymous_id = Text(max_length=LONGEST_ID, required=False, help_text="the id of somebody who has not logged in.")

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        if len(attrs) != 1:
            raise serializers.ValidationError("Name one person: by user_id, or by anonymous_id.")
        if "\0" in "".join(attrs.values()):
            raise serializers.ValidationError("An id holds no NUL character.")
        return attrs


class ErasureFilters(serializers.Serializer):
    state = serializers.ChoiceField(Erasure.State.values, required=False)


class KeepingTold(serializers.Serializer):
    addresses = serializers.BooleanField(help_text="IP addresses of messages that carry one.")
    user_agents = serializers.BooleanField(help_text="What browser or device a message came from.")
    inactive_months = serializers.IntegerField(
        allow_null=True, help_text="People are erased after so many months without a message; null: never."
    )


class KeepingBody(Body):
    example = {"addresses": False, "user_agents": False}

    addresses = serializers.BooleanField(required=False)
    user_agents = serializers.BooleanField(required=False)
    inactive_months = serializers.IntegerField(required=False, allow_null=True, min_value=3, max_value=120)


class ExportTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    state = serializers.SerializerMethodField(help_text="making, ready, failed, or gone: a file is kept for a week.")
    percent = serializers.IntegerField()
    asked_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    bytes = serializers.IntegerField(source="size")
    problem = serializers.CharField(allow_blank=True)

    def get_state(self, export: Export) -> str:
        if export.finished_at is None:
            return "making"
        return "ready" if export.is_there else "failed" if export.problem else "gone"


class DeletionTold(serializers.Serializer):
    asked = serializers.BooleanField(help_text="Whether the workspace is to be deleted.")
    asked_at = serializers.DateTimeField(allow_null=True)
    asked_by = serializers.CharField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True, help_text="Until then it can be undone.")


class DeletionBody(Body):
    example = {"confirm": "the-workspaces-slug"}

    confirm = Text(max_length=60, help_text="The workspace's slug, so that no slip deletes one.")


class EmptyingTold(serializers.Serializer):
    asked_at = serializers.DateTimeField()
    asked_by = serializers.CharField(source="actor", help_text="A member's e-mail then, or the key that asked.")
    percent = serializers.IntegerField()
    problem = serializers.CharField(allow_blank=True, help_text="What it waits for, or why the last attempt broke off.")
    finished_at = serializers.DateTimeField(allow_null=True)


class EmptyingBody(Body):
    example = {"confirm": "the-environments-slug"}

    confirm = Text(max_length=60, help_text="The environment's slug, so that no slip empties one.")
