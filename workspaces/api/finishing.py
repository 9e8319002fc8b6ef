"""What all operations of a method have in common in the description: headers, problems, examples of answers."""

from typing import Any

from workspaces.api import examples
from workspaces.api.problems import CODES, MEDIA_TYPE

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
    return f"Problem{status}"  # not by its phrase, which newer releases of Python call otherwise


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
