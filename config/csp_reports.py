"""Where browsers report what a page's Content-Security-Policy refused: to find our own mistakes.

Anybody may send anything here. So little is read, little of it is logged, and nothing that could be about a person: the
directive, the scheme and host of what was refused, and the path of the page as far as a path may be logged at all.
"""

import json
import logging
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

log = logging.getLogger("firstmile.csp")

PATH = "/csp-reports"
MOST_BYTES = 16 * 1024
MOST_IN_ONE = 5
MOST_A_MINUTE = 20  # lines of a process
TYPES = {"application/csp-report", "application/reports+json", "application/json"}

_DIRECTIVE = re.compile(r"[a-z-]{3,40}")
_HOST = re.compile(r"[a-z0-9.-]{1,100}(:\d{1,5})?")
_KEYWORDS = {"inline", "eval", "wasm-eval", "data", "blob", "self", "trusted-types-policy", "trusted-types-sink"}

_minute = 0
_said = 0


@csrf_exempt  # a browser sends no token along
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """204, whatever was sent; 413 and 415 for what is no report at all."""
    if request.content_type not in TYPES:
        return HttpResponse(status=415)
    if int(request.META.get("CONTENT_LENGTH") or MOST_BYTES + 1) > MOST_BYTES:
        return HttpResponse(status=413)
    for report in _reports(request.body):
        if not _may_say():
            break
        log.warning("The policy of %(page)s refused %(blocked)s by %(directive)s", report, extra=report)
    return HttpResponse(status=204)


def _reports(body: bytes) -> Iterator[dict[str, str]]:
    """What the body reports, in either of the two forms that browsers send."""
    try:
        sent: Any = json.loads(body)
    except (ValueError, RecursionError):
        return
    for one in (sent if isinstance(sent, list) else [sent])[:MOST_IN_ONE]:
        if not isinstance(one, dict):
            continue
        said = one.get("csp-report") or one.get("body")
        if isinstance(said, dict):
            yield {
                "directive": _directive(said.get("effective-directive") or said.get("effectiveDirective")),
                "blocked": _origin(said.get("blocked-uri") or said.get("blockedURL")),
                "page": _page(said.get("document-uri") or said.get("documentURL")),
            }


def _directive(value: Any) -> str:
    return value if isinstance(value, str) and _DIRECTIVE.fullmatch(value) else "an unnamed directive"


def _origin(value: Any) -> str:
    if isinstance(value, str) and value in _KEYWORDS:
        return value
    parts = _split(value)
    if parts is None or parts.scheme not in {"http", "https", "ws", "wss"} or not _HOST.fullmatch(parts.netloc):
        return "something"
    return f"{parts.scheme}://{parts.netloc}"


def _page(value: Any) -> str:
    """The pattern of the page's address, in which nothing stands that was chosen by anybody."""
    parts = _split(value)
    if parts is None:
        return "a page"
    try:
        return f"/{resolve(parts.path).route}"
    except Resolver404:
        return "a page"


def _split(value: Any) -> Any:
    try:
        return urlsplit(value.lower()) if isinstance(value, str) and len(value) < 2_000 else None
    except ValueError:
        return None


def _may_say() -> bool:
    global _minute, _said
    now = int(time.monotonic() // 60)
    if now != _minute:
        _minute, _said = now, 0
    _said += 1
    return _said <= MOST_A_MINUTE
