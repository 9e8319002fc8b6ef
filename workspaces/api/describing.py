"""What OpenAPI says of an operation, made of the very Operation that the code goes by."""

import functools
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers

from workspaces.api.contract import JSON, OCTETS, Operation
from workspaces.api.paging import written
from workspaces.api.problems import MEDIA_TYPE
from workspaces.api.shapes import Anything, BeingMade, Problem
from workspaces.keys.authentication import SecretKey
from workspaces.keys.scopes import scope_of

ALWAYS = (400, 401, 403, 404, 429)


class SecretKeyScheme(OpenApiAuthenticationExtension):
    target_class = SecretKey
    name = "secretKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A workspace's secret key (fm_secret_…)."}


class AnObject(OpenApiSerializerFieldExtension):
    """What is described elsewhere is an object here."""

    target_class = Anything

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": True}


def described(op: Operation) -> Any:
    """extend_schema for this operation; what depends on the method is added in finishing.py."""
    query: list[Any] = []
    if op.pages or op.query is not None:
        query = [written(op.query) if op.pages else op.query]
    refused = set(ALWAYS) | set(op.refuses)
    if op.body is not None:
        refused |= {415, 422}
    if op.matches:
        refused |= {412, 428}
        query.append(
            OpenApiParameter(
                "If-Match",
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                required=True,
                description="The ETag of what you read at this address.",
            )
        )
    responses: dict[Any, Any] = {(status, MEDIA_TYPE): Problem for status in sorted(refused)}
    if op.waits:
        responses[202, JSON] = BeingMade
    if op.media != JSON:
        responses[op.status, op.media] = _kind(op.media)
    elif op.answer is None:
        responses[op.status] = None
    else:
        responses[op.status, JSON] = page_of(op.answer) if op.pages else op.answer
    scope = scope_of(op.permission)
    return extend_schema(
        operation_id=op.name,
        summary=op.summary,
        description=_description(op, scope),
        deprecated=op.deprecated is not None,
        tags=[op.name.partition("_")[0]],
        request={OCTETS: OpenApiTypes.BINARY} if op.raw else op.body,
        parameters=query,
        responses=responses,
        examples=[OpenApiExample("An example", value=op.body.example, request_only=True)] if op.body else [],
        extensions={"x-scope": scope, **_ending(op)},
    )


def _kind(media: str) -> OpenApiTypes:
    if media.startswith("text/"):
        return OpenApiTypes.STR
    return OpenApiTypes.ANY if media == "application/yaml" else OpenApiTypes.BINARY


def _description(op: Operation, scope: str) -> str:
    said = f"Needs the scope `{scope}`."
    if op.vouched:
        said += " Whoever made the key must still be a member who may do this."
    if op.deprecated:
        said += f" **It ends on {op.deprecated.ends}.** {op.deprecated.instead}"
    return said


def _ending(op: Operation) -> dict[str, str]:
    if op.deprecated is None:
        return {}
    known = op.deprecated
    return {"x-deprecated-since": f"{known.since}", "x-sunset": f"{known.ends}", "x-instead": known.instead}


@functools.cache
def page_of(line: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """The shape of a page of these."""
    more = getattr(line, "page_says", {})
    fields = {
        "data": line(many=True),
        "next": serializers.CharField(allow_null=True, help_text="The cursor of the next page; null at the end."),
    }
    return type(f"{line.__name__}Page", (serializers.Serializer,), {**fields, **more, "__module__": line.__module__})
