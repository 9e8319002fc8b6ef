"""The short way in: intake's endpoint straight under the web server, for events come by the thousand a second.

What a page needs (sessions, log-in, CSRF, a template) an event does not, and it took two thirds of the time of storing
one. See docs/decisions/0051.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.core.handlers.wsgi import WSGIRequest

from onboarding.intake import endpoint
from onboarding.intake.body import read_bounded

PREFIX = "/v1/"

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_ALWAYS = [("Content-Type", "application/json"), *endpoint.FOR_ANY_SITE.items(), ("X-Content-Type-Options", "nosniff")]


def before(pages: Application) -> Application:
    """The application that answers events by itself and hands everything else on to `pages`."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(PREFIX):
            return _answer(environ, start_response)
        return pages(environ, start_response)

    return application


def _answer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    answer = endpoint.answer(
        endpoint.Request(
            environ["REQUEST_METHOD"],
            environ["PATH_INFO"][len(PREFIX) :],
            environ.get("HTTP_AUTHORIZATION", ""),
            lambda: read_bounded(environ["wsgi.input"].read, length=_length(environ)),
            lambda: _origin(environ),
        )
    )
    headers = [*_ALWAYS, ("Content-Length", str(len(answer.body))), *answer.headers.items()]
    start_response(_STATUS[answer.status], headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


def _length(environ: Environ) -> int | None:
    """The length that the client stated. A body in chunks has none; neither said, it is empty."""
    if environ.get("HTTP_TRANSFER_ENCODING"):
        return None
    stated = environ.get("CONTENT_LENGTH") or "0"
    return int(stated) if stated.isascii() and stated.isdecimal() else 0


def _origin(environ: Environ) -> tuple[str, str]:
    """As Django tells it behind a proxy. Raises DisallowedHost."""
    request = WSGIRequest(environ)
    return request.scheme or "http", request.get_host()
