"""Segment's HTTP API: what is sent is in the event log before the answer says so.

Plain functions from a request to an answer, without log-in, session or framework: `views` serves them under Django,
`gateway` straight under the web server. Whatever was wrong, the answer is JSON with a code and a message; 429 and 503
are for when nothing was stored, and the same body may be sent again.
"""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NamedTuple

import orjson
from django.core.exceptions import DisallowedHost
from django.db import Error, connection
from django.utils import timezone

from onboarding.intake import measures, rate, steps
from onboarding.intake.reasons import Drop, Reason
from onboarding.intake.taking import Taken, take
from workspaces.keys.known import KeyRevoked, sender_of
from workspaces.keys.models import ApiKey
from workspaces.scope.current import database_is_gone

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 5
STATUS = {
    Reason.BAD_KEY: HTTPStatus.UNAUTHORIZED,
    Reason.BODY_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Reason.RATE_LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
    Reason.OVERLOADED: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Request(NamedTuple):
    """What an answer is made from.

    `path` is the one below /v1/, `read` gives the raw body, bounded (body.py), and `origin` the scheme and the host
    that the client used, checked.
    """

    method: str
    path: str
    authorization: str
    read: Callable[[], bytes]
    origin: Callable[[], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    status: int = HTTPStatus.OK
    headers: dict[str, str] = field(default_factory=dict)


Act = Callable[[Request], Answer]

DONE = Answer(b'{"success": true}')
# Requests carry a key, never a cookie, so any site may send and read.
FOR_ANY_SITE = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}


def answer(request: Request) -> Answer:
    """The answer to anything under /v1/. Raises nothing."""
    methods, act = _route(request.path)
    if request.method == "OPTIONS":
        return _preflight(methods)
    if request.method not in methods:
        refusal = _failure(HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", f"Send {' or '.join(methods)}.")
        return Answer(refusal.body, refusal.status, {"Allow": ", ".join((*methods, "OPTIONS"))})
    began = time.perf_counter()
    found = _act(act, request)
    measures.answered(found.status, time.perf_counter() - began)
    return found


def _act(act: Act, request: Request) -> Answer:
    try:
        return act(request)
    except Drop as drop:
        measures.rejected(drop.reason)
        return _refusal(drop)
    except KeyRevoked:
        measures.rejected(Reason.BAD_KEY)
        return _refusal(steps.unknown_key())
    except DisallowedHost:
        return _failure(HTTPStatus.BAD_REQUEST, "unknown_host", "Nothing is served under this host name.")
    except Error as error:
        if database_is_gone():
            why = str(error).partition("\n")[0]
            logger.warning("The database is away (%s); the client is told to retry", why)
        else:
            logger.exception("The database did not take what was sent; the client is told to retry")
        connection.close_if_unusable_or_obsolete()
        return _failure(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "unavailable",
            "Nothing was stored; send the same again after a while.",
            retry_after=RETRY_AFTER_SECONDS,
        )
    except Exception:
        logger.exception("A defect while answering")
        return _failure(
            HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", "Something is wrong here, not with what was sent."
        )


_SETTINGS = re.compile(r"projects/([^/]+)/settings")


def _route(path: str) -> tuple[tuple[str, ...], Act]:
    """The methods that an address takes, and what they do."""
    call = path.removesuffix("/")  # SDKs are configured with a host and sometimes with a slash too many
    if call in steps.CALLS:
        return ("POST",), lambda request: receive(request, steps.CALLS[call])
    if found := _SETTINGS.fullmatch(path):
        write_key = found[1]
        return ("GET",), lambda request: settings(request, write_key)
    return ("GET", "POST"), unknown


def receive(request: Request, call: str) -> Answer:
    """A single call or a batch. 200 once everything good in it is durable; what was not taken is listed beside."""
    received_at = timezone.now()
    envelope = steps.decode(request.read(), call=call)
    sender = steps.authenticate(request.authorization, envelope, find=sender_of)
    rate.admit(sender.workspace_id, max(1, len(envelope.events)))
    taken = take(sender, envelope, received_at=received_at)
    measures.count(taken)
    if not taken.dropped and not taken.mended:
        return DONE
    if call != "batch" and taken.dropped:
        return _refusal(taken.dropped[0].drop)
    return Answer(orjson.dumps(_account(taken)))


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


def settings(request: Request, write_key: str) -> Answer:
    """What Segment's browser SDK asks first: where to send."""
    if ApiKey.find(write_key, ApiKey.Kind.WRITE) is None:
        return _failure(HTTPStatus.NOT_FOUND, Reason.BAD_KEY, "No workspace has this write key.")
    scheme, host = request.origin()
    destination = {"apiKey": write_key, "apiHost": f"{host}/v1", "protocol": scheme}
    return Answer(orjson.dumps({"integrations": {"Segment.io": destination}}))


def unknown(request: Request) -> Answer:
    """Anything else under /v1/."""
    return _failure(
        HTTPStatus.NOT_FOUND,
        "unknown_call",
        f"There is no /v1/{request.path}; the calls are {', '.join(steps.CALLS)}.",
    )


def _preflight(methods: tuple[str, ...]) -> Answer:
    headers = {
        "Access-Control-Allow-Methods": ", ".join((*methods, "OPTIONS")),
        "Access-Control-Allow-Headers": "authorization, content-encoding, content-type, x-retry-count",
        "Access-Control-Max-Age": "86400",
    }
    return Answer(b"", HTTPStatus.NO_CONTENT, headers)


def _refusal(drop: Drop) -> Answer:
    status = STATUS.get(drop.reason, HTTPStatus.BAD_REQUEST)
    return _failure(status, drop.reason, drop.sentence, retry_after=drop.retry_after)


def _failure(status: int, code: str, message: str, *, retry_after: int | None = None) -> Answer:
    headers = {"Retry-After": str(retry_after)} if retry_after is not None else {}
    return Answer(orjson.dumps({"code": code, "message": message}), status, headers)
