"""Shapes that several rooms' operations share, and the manners of all of them. See operations.py."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from workspaces.api.problems import CODES


class Body(serializers.Serializer):
    """What an operation takes. What it does not know is refused, rather than passed over.

    `example` stands in the description, and is what tests send.
    """

    example: dict[str, Any] = {}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := [name for name in data if name not in known]:
                near = f"known are {', '.join(known)}"
                raise serializers.ValidationError({name[:60]: [f"It is not known here; {near}."] for name in unknown})
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """A text that has to be one: JSON's numbers and truth values are none."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError("This is not a text; put it in quotes.")
        return super().to_internal_value(data)


class Words(serializers.ListField):
    """A list of texts."""

    child = Text(allow_blank=False, max_length=500)


class Anything(serializers.JSONField):
    """A JSON object whose inside is described elsewhere."""


class BeingMade(serializers.Serializer):
    """A worker makes what was asked for; the same request, sent again after Retry-After, gets it."""

    detail = serializers.CharField()


class ProblemPlace(serializers.Serializer):
    detail = serializers.CharField()
    pointer = serializers.CharField(required=False, help_text="A JSON pointer into the body; empty: all of it.")
    parameter = serializers.CharField(required=False, help_text="Or the name of a parameter of the address.")


class Problem(serializers.Serializer):
    """Problem details, RFC 9457."""

    type = serializers.URLField(help_text="An address at which the code is explained.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What happened, to which item, and what to do.")
    code = serializers.CharField(help_text=f"For programs; among others {', '.join(CODES)}.")
    request_id = serializers.CharField(help_text="Name it when you ask about the request.")
    errors = ProblemPlace(many=True, required=False)  # type: ignore[assignment]  # a field, once declared
    missing_scope = serializers.CharField(required=False)
