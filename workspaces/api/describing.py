"""What OpenAPI says of an operation, made of the very Operation that the code goes by."""

import functools
from http import HTTPStatus
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers

from workspaces.api import examples
from workspaces.api.contract import JSON, OCTETS, Operation
from workspaces.api.paging import written
from workspaces.api.problems import CODES, MEDIA_TYPE
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


HEADERS = {
    "ETag": {"schema": {"type": "string"}, "description": "For If-None-Match, and If-Match of a change."},
    "RateLimit": {"schema": {"type": "string"}, "description": 'What is left: "workspace";r=requests;t=seconds.'},
    "RateLimit-Policy": {"schema": {"type": "string"}, "description": 'The limit: "workspace";q=requests;w=seconds.'},
    "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."},
    "Idempotency-Replayed": {"schema": {"type": "string"}, "description": "true: answered from what was kept."},
    "Deprecation": {"schema": {"type": "string"}, "description": "Since when it is known that this ends: @seconds."},
    "Sunset": {"schema": {"type": "string"}, "description": "The day on which it ends, as a date of HTTP."},
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
    components = result.setdefault("components", {})
    components["headers"] = HEADERS
    components["responses"] = {_name(status): _problem(status) for status in PROBLEMS}
    for path in result["paths"].values():
        for method, op in path.items():
            _finish(method, op)
    return result


def _finish(method: str, op: dict[str, Any]) -> None:
    parameters, responses = op.setdefault("parameters", []), op["responses"]
    if method == "get":
        parameters.append(IF_NONE_MATCH)
        responses["304"] = {}
    elif method == "post":
        parameters.append(IDEMPOTENCY_KEY)
        responses |= {status: {} for status in ("409", "422")}
    _exemplify(op)
    ending = ("Deprecation", "Sunset") if op.get("deprecated") else ()
    for status, response in responses.items():
        if status in PROBLEMS:
            responses[status] = {"$ref": f"#/components/responses/{_name(status)}"}
        else:
            response["description"] = DESCRIPTIONS.get(status, "Done.")
            tag = ("ETag",) if method == "get" and status != "202" else ()
            later = ("Retry-After",) if method == "get" and status == "202" else ()
            response["headers"] = _headers(*tag, *later, *ending)
    op["responses"] = dict(sorted(responses.items()))


def _exemplify(op: dict[str, Any]) -> None:
    """Put beside the answer's shape an answer that was really given."""
    example = examples.answers().get(op["operationId"])
    done = [response for status, response in op["responses"].items() if status in ("200", "201", "202")]
    if example is not None and done:
        content = next(iter(done[0]["content"].values()))
        content["examples"] = {"AnAnswer": {"summary": "An answer", "value": example}}


DESCRIPTIONS = {"202": "It is taken, and a worker does it.", "304": "It is as it was."}
PROBLEMS = tuple(sorted({str(status) for status, _ in CODES.values()}))


def _name(status: str) -> str:
    return "".join(HTTPStatus(int(status)).phrase.title().split())


def _problem(status: str) -> dict[str, Any]:
    codes = [code for code, (of, _) in CODES.items() if str(of) == status]
    return {
        "description": " ".join(f"`{code}`: {CODES[code][1]}" for code in codes),
        "headers": _headers("Retry-After") if status == "429" else _headers(),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {code: {"value": _problem_told(code, status)} for code in codes},
            }
        },
    }


def _problem_told(code: str, status: str) -> dict[str, Any]:
    """As problems.problem says it, of an installation and a request of no one's."""
    said = {"type": f"https://firstmile.example.com/api/problems#{code}", "title": CODES[code][1]}
    return {**said, "status": int(status), "detail": CODES[code][1], "code": code, "request_id": "5a4f0c1b2d3e4f50"}


def _headers(*more: str) -> dict[str, Any]:
    names = ("X-Request-ID", "RateLimit", "RateLimit-Policy", *more)
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
