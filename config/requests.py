"""Every request gets an id, which its log lines and the tasks that follow from it carry; every page a line of log."""

import logging
import re
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.logs import without_secrets
from workspaces.scope import cause

log = logging.getLogger("firstmile.access")

SLOW_SECONDS = 1.0
# Asked for many times a second, or by machines: only what fails or is slow is worth a line.
QUIET = ("/static/", "/healthz", "/readyz", "/metrics")

# Of these rooms too; their paths may hold keys.
OF_SENDERS = {"intake", "ofrep", "posthog"}

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

Answer = Callable[[HttpRequest], HttpResponse]


def middleware(answer: Answer) -> Answer:
    """The outermost: it sees the status that the others came to."""

    def answered(request: HttpRequest) -> HttpResponse:
        request_id = cause.sane_id(request.META.get("HTTP_X_REQUEST_ID", ""))
        started = time.perf_counter()
        with cause.caused_by(request_id), cause.coming_from(origin(request)):
            response = answer(request)
            note(request, response.status_code, time.perf_counter() - started)
        response["X-Request-ID"] = request_id
        return response

    return answered


def origin(request: HttpRequest) -> cause.Origin:
    """For the audit log: which door was used, and from which address."""
    path = request.path_info
    means = "api" if path.startswith("/api/") else "page" if path.startswith(("/w/", "/accounts/")) else "link"
    return cause.Origin(means, "", cause.address_of(request.META, proxies=settings.PROXIES))


def note(request: HttpRequest, status: int, seconds: float) -> None:
    """The access line, at INFO; of polls that found nothing new, and of quiet paths that went well, at DEBUG."""
    bad = status >= 500 or seconds >= SLOW_SECONDS
    level = logging.INFO
    of_a_program = request.resolver_match is not None and request.resolver_match.namespace in OF_SENDERS
    if status == 304 or of_a_program or request.path_info.startswith(QUIET):
        level = logging.DEBUG
    if bad:
        level = logging.WARNING
    if not log.isEnabledFor(level):
        return
    fields = {
        "method": request.method,
        "path": place(request),
        "status": status,
        "milliseconds": round(seconds * 1000, 1),
    }
    workspace = getattr(request, "workspace", None)
    if workspace is not None:
        fields["workspace"] = workspace.pk
    log.log(level, "%(method)s %(path)s %(status)s in %(milliseconds)s ms", fields, extra=fields)


def place(request: HttpRequest) -> str:
    """The path as far as it may be logged: what a URL outside of workspaces names may be a secret.

    Never the query. Of a path that leads nowhere only the beginning: it may be a secret with a slip in it.
    """
    path, match = _CONTROL.sub("?", request.path_info), request.resolver_match
    if match is not None and match.namespace in OF_SENDERS:
        return without_secrets(path)
    if match is None:
        first, *rest = path.lstrip("/").split("/", 1)
        return f"/{first}/…" if rest and rest[0] else f"/{first}" if len(first) <= 20 else "/…"
    if not {"<", "("} & set(match.route) or path.startswith("/w/"):
        return path
    return f"/{match.route}"
