"""Every failure of the REST API as problem details (RFC 9457): a code for programs, sentences for people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from workspaces.scope import cause

MEDIA_TYPE = "application/problem+json"

# What each code means, in the order of the guide; below every code the status it comes with.
CODES: dict[str, tuple[int, str]] = {
    "bad_request": (400, "The request is malformed."),
    "parse_error": (400, "The body is no JSON, too large, or nested too deeply."),
    "bad_query": (400, "A parameter of the address cannot be understood; errors says which."),
    "bad_cursor": (400, "The cursor is not one that an earlier answer gave for this list."),
    "bad_idempotency_key": (400, "An Idempotency-Key has 1 to 255 printable characters."),
    "bad_key": (401, "No secret key was sent, or it is unknown, revoked or expired."),
    "missing_scope": (403, "The key lacks a scope; missing_scope names it."),
    "level_too_low": (403, "The member who made the key may not do this themselves."),
    "not_found": (404, "There is no such thing in this workspace. What belongs to others is told the same way."),
    "method_not_allowed": (405, "The address knows no such method; the header Allow says which."),
    "not_acceptable": (406, "The answer has no other form than JSON."),
    "conflict": (409, "What is asked contradicts how things stand; detail says how."),
    "in_progress": (409, "A request with the same Idempotency-Key is under way; send it again in a moment."),
    "precondition_failed": (412, "It was changed since the ETag that If-Match names; read it anew."),
    "unsupported_media_type": (415, "Bodies are JSON: Content-Type: application/json."),
    "invalid": (422, "The body is JSON, but not what is needed; errors says where and why."),
    "idempotency_key_reused": (422, "The Idempotency-Key was used for another request within 24 hours."),
    "precondition_required": (428, "This change needs If-Match, so that nobody's change is overwritten unseen."),
    "rate_limited": (429, "Too many requests; Retry-After says for how many seconds to wait."),
    "internal_error": (500, "Something is wrong here, not with what was sent."),
    "unavailable": (503, "It cannot be done at this moment; send it again."),
}


@dataclass(frozen=True)
class At:
    """What is wrong, and where: a JSON pointer into the body, or a parameter's name."""

    detail: str
    pointer: str = ""
    parameter: str = ""

    @property
    def data(self) -> dict[str, str]:
        place = {"parameter": self.parameter} if self.parameter else {"pointer": self.pointer}
        return {"detail": self.detail, **place}


class Refused(exceptions.APIException):
    """A request that cannot be answered: a code for programs, a sentence for people, perhaps the places."""

    status_code: int

    def __init__(
        self,
        code: str,
        sentence: str = "",
        *,
        status_code: int | None = None,
        errors: Iterable[At] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        usual, meaning = CODES.get(code, (400, ""))
        super().__init__(sentence or meaning, code)
        self.status_code = status_code or usual
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.more = more


def problem(
    code: str, status: int, detail: str, *, errors: Iterable[At] = (), more: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The body of a failure."""
    said: dict[str, Any] = {
        "type": f"{settings.BASE_URL}/api/problems#{code if code in CODES else 'other'}",
        "title": CODES.get(code, (status, "The request could not be answered."))[1],
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": cause.request_id.get(),
        **(more or {}),
    }
    if found := [at.data for at in errors]:
        said["errors"] = found
    return said


def problem_response(code: str, status: int, detail: str) -> HttpResponse:
    """The same where the REST framework is not there to render it."""
    return HttpResponse(JSONRenderer().render(problem(code, status, detail)), status=status, content_type=MEDIA_TYPE)


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """The REST framework's handler of exceptions. What is no failure of the request is left to Django."""
    if isinstance(error, Http404):
        error = exceptions.NotFound("There is no such thing here.")
    if not isinstance(error, exceptions.APIException):
        return None
    headers = {}
    if isinstance(error, exceptions.NotAuthenticated):
        error.detail = exceptions.ErrorDetail("Send a secret key of the workspace as Authorization: Bearer.", "bad_key")
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    errors: list[At] = []
    if isinstance(error, Refused):
        code, detail = str(error.get_codes()), str(error.detail)
        errors, more = error.errors, error.more
        headers |= error.headers
    elif isinstance(error, exceptions.ValidationError):
        errors = list(places(error.detail))
        code, detail, more = "invalid", _sentence(errors), {}
        error.status_code = 422
    else:
        codes, more = error.get_codes(), {}
        code = codes if isinstance(codes, str) else "bad_request"
        code = {"authentication_failed": "bad_key", "permission_denied": "missing_scope"}.get(code, code)
        detail = str(error.detail)
    said = problem(code, error.status_code, detail, errors=errors, more=more)
    response = Response(said, status=error.status_code, headers=headers)
    response.content_type = MEDIA_TYPE
    return response


def places(detail: Any, at: str = "") -> Iterable[At]:
    """What a serializer found, each at its JSON pointer (RFC 6901)."""
    if isinstance(detail, Mapping):
        for name, inside in detail.items():
            step = str(name).replace("~", "~0").replace("/", "~1")
            yield from places(inside, at if name == "non_field_errors" else f"{at}/{step}")
    elif isinstance(detail, list):
        for number, inside in enumerate(detail):
            yield from places(inside, f"{at}/{number}" if isinstance(inside, Mapping) and inside else at)
    else:
        yield At(str(detail), pointer=at)


def _sentence(errors: list[At]) -> str:
    where = [error.pointer or "the body" for error in errors]
    return f"Something is wrong at {', '.join(dict.fromkeys(where))}."
