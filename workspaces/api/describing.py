"""What OpenAPI says of an operation, made of the very Operation that the code goes by."""

import functools
from typing import TYPE_CHECKING, Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers

from workspaces.api.paging import written
from workspaces.api.problems import MEDIA_TYPE
from workspaces.api.shapes import Problem
from workspaces.keys.authentication import SecretKey
from workspaces.keys.scopes import scope_of

if TYPE_CHECKING:
    from workspaces.api.operations import Operation

JSON = "application/json"
ALWAYS = (400, 401, 403, 404, 429)


class SecretKeyScheme(OpenApiAuthenticationExtension):
    target_class = SecretKey
    name = "secretKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A workspace's secret key (fm_secret_…)."}


def described(op: "Operation") -> Any:
    """extend_schema for this operation; what depends on the method is added by `finish`."""
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
    if op.media != JSON:
        responses[op.status, op.media] = OpenApiTypes.STR
    elif op.answer is None:
        responses[op.status] = None
    else:
        responses[op.status, JSON] = page_of(op.answer) if op.pages else op.answer
    scope = scope_of(op.permission)
    return extend_schema(
        operation_id=op.name,
        summary=op.summary,
        description=f"Needs the scope `{scope}`.",
        tags=[op.name.partition("_")[0]],
        request=op.body,
        parameters=query,
        responses=responses,
        extensions={"x-scope": scope},
    )


@functools.cache
def page_of(line: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """The shape of a page of these."""
    more = getattr(line, "page_says", {})
    fields = {
        "data": line(many=True),
        "next": serializers.CharField(allow_null=True, help_text="The cursor of the next page; null at the end."),
    }
    return type(f"{line.__name__}Page", (serializers.Serializer,), {**fields, **more, "__module__": line.__module__})


HEADERS = {
    "ETag": {"schema": {"type": "string"}, "description": "For If-None-Match, and If-Match of a change."},
    "RateLimit": {"schema": {"type": "string"}, "description": 'What is left: "workspace";r=requests;t=seconds.'},
    "RateLimit-Policy": {"schema": {"type": "string"}, "description": 'The limit: "workspace";q=requests;w=seconds.'},
    "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."},
    "Idempotency-Replayed": {"schema": {"type": "string"}, "description": "true: answered from what was kept."},
    "X-Request-ID": {"schema": {"type": "string"}, "description": "Name it when you ask about the request."},
}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "schema": {"type": "string"},
    "description": "The ETag of an earlier answer; 304 without a body while it is still right.",
}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
    "description": "The same request sent again under this key within 24 hours gets the same answer.",
}


def finish(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """What all operations of a method have in common. (A hook of drf-spectacular.)"""
    headers = result.setdefault("components", {}).setdefault("headers", {})
    headers.update(HEADERS)
    for path in result["paths"].values():
        for method, op in path.items():
            _finish(method, op)
    return result


def _finish(method: str, op: dict[str, Any]) -> None:
    parameters, responses = op.setdefault("parameters", []), op["responses"]
    if method == "get":
        parameters.append(IF_NONE_MATCH)
        responses["304"] = {"description": "It is as it was."}
    elif method == "post":
        parameters.append(IDEMPOTENCY_KEY)
        for status in ("409", "422"):
            responses.setdefault(status, _copy(responses["401"]))
    for status, response in responses.items():
        names = ["X-Request-ID"]
        if status not in ("401",):
            names += ["RateLimit", "RateLimit-Policy"]
        if method == "get" and status in ("200", "304"):
            names.append("ETag")
        if status == "429":
            names.append("Retry-After")
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    op["responses"] = dict(sorted(responses.items()))


def _copy(response: dict[str, Any]) -> dict[str, Any]:
    return {**response, "headers": {}}
