"""The short way in: endpoints straight under the web server, for events come by the thousand a second.

What a page needs (sessions, log-in, CSRF, a template) an event does not, and it took two thirds of the time of storing
one. See docs/decisions/0051. Rooms above have such endpoints too, and hand in where they are.
"""

import logging
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from onboarding.intake import endpoint, routes
from onboarding.intake.body import read_bounded
from onboarding.intake.endpoint import Route
from workspaces.scope import cause

log = logging.getLogger(__name__)

SLOW_SECONDS = 1.0

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
Find = Callable[[str], Route | None]

_STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_ALWAYS = [*endpoint.FOR_ANY_SITE.items(), ("X-Content-Type-Options", "nosniff")]


def before(pages: Application, *, find: Find = routes.find) -> Application:
    """The application that answers by itself at the addresses that `find` knows (intake's), and hands everything else
    on to `pages`.
    """

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        route = find(environ["PATH_INFO"])
        return pages(environ, start_response) if route is None else _respond(environ, start_response, route)

    return application


def _respond(environ: Environ, start_response: StartResponse, route: Route) -> Iterable[bytes]:
    """A request that fails or is slow leaves a line in the log, others don't."""
    request_id = cause.sane_id(environ.get("HTTP_X_REQUEST_ID", ""))
    began = time.perf_counter()
    with cause.caused_by(request_id):
        answer = _answer(environ, route)
        seconds = time.perf_counter() - began
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or seconds >= SLOW_SECONDS:
            fields = {"status": int(answer.status), "milliseconds": round(seconds * 1000, 1)}
            log.warning("A short answer was %(status)s after %(milliseconds)s ms", fields, extra=fields)
    headers = [*_ALWAYS, ("X-Request-ID", request_id), *answer.headers.items()]
    if answer.status != HTTPStatus.NOT_MODIFIED:  # of the answer that this one stands for they would not be true
        headers += [("Content-Type", "application/json"), ("Content-Length", str(len(answer.body)))]
    start_response(_STATUS[answer.status], headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


def _answer(environ: Environ, route: Route) -> endpoint.Answer:
    return endpoint.answer(
        endpoint.Request(
            method=environ["REQUEST_METHOD"],
            path=environ["PATH_INFO"],
            query=environ.get("QUERY_STRING", ""),
            header=lambda name: environ.get(f"HTTP_{name.upper().replace('-', '_')}", ""),
            body=lambda limit: read_bounded(environ["wsgi.input"].read, limit=limit, length=_length(environ)),
            scheme=environ["wsgi.url_scheme"],
        ),
        route,
    )


def _length(environ: Environ) -> int | None:
    """The length that the client stated. A body in chunks has none; neither said, it is empty."""
    if environ.get("HTTP_TRANSFER_ENCODING"):
        return None
    stated = environ.get("CONTENT_LENGTH") or "0"
    return int(stated) if stated.isascii() and stated.isdecimal() else 0
