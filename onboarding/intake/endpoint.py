"""From a request to an answer, the same for every call that takes events: routes.py says which there are. What rooms
above answer without log-in goes the same way.

Plain functions without log-in, session or framework: `views` serves them under Django, `gateway` straight under the web
server. Whatever was wrong, the answer is JSON with a code and a message; 429 and 503 are for when nothing was stored,
and the same body may be sent again.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple, TypeVar

import orjson
from django.db import Error, connection
from django.utils import timezone

from onboarding.intake import measures, pressure, rate, refusals, steps
from onboarding.intake.limits import MAX_BODY_BYTES
from onboarding.intake.reasons import Drop, Reason
from onboarding.intake.taking import Taken, take
from workspaces.keys.known import KeyRevoked, sender_of
from workspaces.scope.current import database_is_gone

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 5
STATUS = {
    Reason.BAD_KEY: HTTPStatus.UNAUTHORIZED,
    Reason.BODY_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Reason.RATE_LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
    Reason.OVERLOADED: HTTPStatus.SERVICE_UNAVAILABLE,
}
# The star stands for every header but authorization: pages may set headers of their own in their SDK.
ALLOWED_HEADERS = "authorization, content-encoding, content-type, if-none-match, x-api-key, x-retry-count, *"
# Requests carry a key, never a cookie, so any site may send and read.
FOR_ANY_SITE = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Retry-After"}


class Request(NamedTuple):
    """What an answer is made from.

    `header` gives a header by its name ("" where there is none), `body` the raw body up to a limit of bytes (body.py).
    """

    method: str
    path: str
    query: str
    header: Callable[[str], str]
    body: Callable[[int], bytes]
    scheme: str


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    status: int = HTTPStatus.OK
    headers: dict[str, str] = field(default_factory=dict)


Act = Callable[[Request], Answer]


class Route(NamedTuple):
    """The methods that an address takes, and what it does. `retell` puts a failure into the words of its clients;
    `measure` counts an answer, given its status and how many seconds it took.
    """

    methods: tuple[str, ...]
    act: Act
    retell: Callable[[Answer], Answer] = lambda answer: answer
    measure: Callable[[int, float], None] = measures.answered


def answer(request: Request, route: Route) -> Answer:
    """The answer to a request, whatever happens."""
    if request.method == "OPTIONS":
        return _preflight(route.methods)
    if request.method not in route.methods:
        refused = failure(HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", f"Send {' or '.join(route.methods)}.")
        return route.retell(Answer(refused.body, refused.status, {"Allow": ", ".join((*route.methods, "OPTIONS"))}))
    began = time.perf_counter()
    found = _act(request, route.act)
    route.measure(found.status, time.perf_counter() - began)
    return route.retell(found) if found.status >= HTTPStatus.BAD_REQUEST else found


def _act(request: Request, act: Act) -> Answer:
    try:
        return act(request)
    except Drop as drop:
        measures.rejected(drop.reason)
        return refusal(drop)
    except KeyRevoked:
        measures.rejected(Reason.BAD_KEY)
        return refusal(steps.unknown_key())
    except Error as error:
        if database_is_gone():
            logger.warning("The database is away (%s); the client is told to retry", str(error).partition("\n")[0])
        else:
            logger.exception("The database did not take what was sent; the client is told to retry")
        connection.close_if_unusable_or_obsolete()
        return failure(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "unavailable",
            "Nothing was stored; send the same again after a while.",
            retry_after=RETRY_AFTER_SECONDS,
        )
    except Exception:
        logger.exception("A defect while answering")
        return failure(
            HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", "Something is wrong here, not with what was sent."
        )


E = TypeVar("E", bound=steps.Envelope)


def take_sent(request: Request, decode: Callable[[bytes], E], *, limit: int = MAX_BODY_BYTES) -> tuple[E, Taken]:
    """What was sent, as `decode` reads the body, and what became of it. Raises Drop and KeyRevoked."""
    received_at, body = timezone.now(), b""
    try:
        body = request.body(limit)
        sent = decode(body)
    except Drop as drop:
        refusals.note(drop, body, authorization=request.header("Authorization"))
        raise
    with pressure.turn():
        sender = steps.authenticate(request.header("Authorization"), sent, find=sender_of)
        rate.admit(sender.workspace_id, max(1, len(sent.events)))
        taken = take(sender.workspace_id, sent, received_at=received_at, sender=sender)
    measures.count(taken)
    return sent, taken


def _preflight(methods: tuple[str, ...]) -> Answer:
    headers = {
        "Access-Control-Allow-Methods": ", ".join((*methods, "OPTIONS")),
        "Access-Control-Allow-Headers": ALLOWED_HEADERS,
        "Access-Control-Max-Age": "86400",
    }
    return Answer(b"", HTTPStatus.NO_CONTENT, headers)


def refusal(drop: Drop) -> Answer:
    """What tells the sender why nothing was taken."""
    status = STATUS.get(drop.reason, HTTPStatus.BAD_REQUEST)
    return failure(status, drop.reason, drop.sentence, retry_after=drop.retry_after)


def failure(status: int, code: str, message: str, *, retry_after: int | None = None) -> Answer:
    headers = {"Retry-After": str(retry_after)} if retry_after is not None else {}
    return Answer(orjson.dumps({"code": code, "message": message}), status, headers)
