"""Segment's HTTP API: what is sent is in the event log before the answer says so.

Plain views without log-in or session. Whatever was wrong, the answer is JSON with a code and a message; 503 is for
when nothing was stored, and the same body may be sent again.
"""

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings as conf
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from onboarding.intake import openapi, steps
from onboarding.intake.address import address_of
from onboarding.intake.limits import KB, MAX_BODY_BYTES
from onboarding.intake.reasons import Drop, Reason
from onboarding.intake.taking import Taken, take
from workspaces.keys.models import ApiKey, digest

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 5
MAX_DRAINED_BYTES = 16 * MAX_BODY_BYTES
# The star stands for every header but authorization: pages may set headers of their own in their SDK.
ALLOWED_HEADERS = "authorization, content-encoding, content-type, x-retry-count, *"
STATUS = {Reason.BAD_KEY: HTTPStatus.UNAUTHORIZED, Reason.BODY_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
DONE = b'{"success": true}'
# Asked with every request, and never remembered, so that a revoked key ends at once. To put the same question by
# ApiKey.find takes longer than to answer it.
_WORKSPACE_OF = f"""
SELECT workspace_id FROM {ApiKey._meta.db_table} WHERE digest = %s AND kind = ANY(%s) AND revoked_at IS NULL"""

View = Callable[..., HttpResponse]


def answering(*methods: str) -> Callable[[View], View]:
    """A view for programs anywhere: browsers of other sites may call it, and every failure is JSON."""
    allowed = ", ".join((*methods, "OPTIONS"))

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:
            if request.method == "OPTIONS":
                response = _preflight(allowed)
            elif request.method not in methods:
                response = _failure(
                    HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", f"Send {' or '.join(methods)}."
                )
                response["Allow"] = allowed
            else:
                response = _answer(view, request, arguments)
            # Requests carry a key, never a cookie, so any site may send and read.
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Expose-Headers"] = "Retry-After"
            return response

        return answer

    return decorate


def _answer(view: View, request: HttpRequest, arguments: dict[str, Any]) -> HttpResponse:
    try:
        return view(request, **arguments)
    except Drop as drop:
        return _failure(STATUS.get(drop.reason, HTTPStatus.BAD_REQUEST), drop.reason, drop.sentence)
    except Error:
        logger.exception("The database did not take what was sent to %s; the client is told to retry", request.path)
        response = _failure(
            HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "Nothing was stored; send the same again after a while."
        )
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    except Exception:
        logger.exception("A defect while answering %s", request.path)
        return _failure(
            HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", "Something is wrong here, not with what was sent."
        )


def _preflight(allowed: str) -> HttpResponse:
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    response["Access-Control-Allow-Methods"] = allowed
    response["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
    response["Access-Control-Max-Age"] = "86400"
    return response


def _failure(status: int, code: str, message: str) -> HttpResponse:
    return JsonResponse({"code": code, "message": message}, status=status)


@answering("POST")
def receive(request: HttpRequest, call: str) -> HttpResponse:
    """A single call or a batch. 200 once everything good in it is durable; what was not taken is listed beside."""
    received_at = timezone.now()
    envelope = steps.decode(body_of(request), call=call)
    workspace_id = steps.authenticate(request.META.get("HTTP_AUTHORIZATION", ""), envelope, find=workspace_of)
    taken = take(workspace_id, envelope, received_at=received_at)
    if not taken.dropped and not taken.mended:
        return HttpResponse(DONE, content_type="application/json")
    if call != "batch" and taken.dropped:
        raise taken.dropped[0].drop
    return JsonResponse(_account(taken))


def _account(taken: Taken) -> dict[str, Any]:
    """The long answer, for when not everything could be taken as it was sent."""
    account: dict[str, Any] = {"success": True, "accepted": taken.accepted}
    if taken.dropped:
        account["rejected"] = [
            {"index": dropped.place, "code": dropped.drop.reason, "message": dropped.drop.sentence}
            for dropped in taken.dropped
        ]
    if taken.mended:
        account["mended"] = [{"index": place, "values": values} for place, values in taken.mended]
    return account


@answering("GET")
def settings(request: HttpRequest, write_key: str) -> HttpResponse:
    """What Segment's browser SDK asks first: where to send."""
    if ApiKey.find(write_key, ApiKey.Kind.WRITE) is None:
        return _failure(HTTPStatus.NOT_FOUND, Reason.BAD_KEY, "No workspace has this write key.")
    scheme, host = address_of(request.headers, scheme=request.scheme or "http", base_url=conf.BASE_URL)
    destination = {"apiKey": write_key, "apiHost": f"{host}/v1", "protocol": scheme}
    response = JsonResponse({"integrations": {"Segment.io": destination}})
    response["Cache-Control"] = "private, max-age=300"
    return response


@answering("GET")
def description(request: HttpRequest) -> HttpResponse:
    """All of this, in OpenAPI 3.1."""
    return JsonResponse(openapi.document())


@answering("GET", "POST")
def unknown(request: HttpRequest, path: str) -> HttpResponse:
    """Anything else under /v1/."""
    return _failure(
        HTTPStatus.NOT_FOUND, "unknown_call", f"There is no /v1/{path}; the calls are {', '.join(steps.CALLS)}."
    )


def body_of(request: HttpRequest, *, limit: int = MAX_BODY_BYTES) -> bytes:
    """The raw body, never more of it than `limit`. A body in chunks comes without its length."""
    in_chunks = not request.META.get("CONTENT_LENGTH") and request.META.get("HTTP_TRANSFER_ENCODING")
    read = request.META["wsgi.input"].read if in_chunks else request.read
    try:
        body = read(limit + 1)
        if len(body) <= limit:
            return body
        # A client that is still sending when the connection closes would see a reset, and not why.
        drained = len(body)
        while drained < MAX_DRAINED_BYTES and (rest := read(MAX_BODY_BYTES)):
            drained += len(rest)
    except (UnreadablePostError, OSError):
        raise Drop(Reason.BODY_UNREADABLE, "The body ended before its stated length; send it again.") from None
    raise Drop(Reason.BODY_TOO_LARGE, f"The body is larger than {limit // KB} KB; send smaller batches.")


def workspace_of(token: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(_WORKSPACE_OF, [digest(token), [ApiKey.Kind.WRITE, ApiKey.Kind.SECRET]])
        found = cursor.fetchone()
    if found is None:
        return None
    ApiKey.note_use(token)
    return found[0]
