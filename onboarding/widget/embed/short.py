"""The poll of an open checklist that finds nothing new, answered straight under the web server: one round trip.

Only that: whatever else is to be said (something changed, the session grows old or has ended, features that come by
accounts, a sandbox's pass, a database in trouble) is left to the page, which says the same of the same tag.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from django.db import DatabaseError, InterfaceError

from onboarding.widget.embed import glance, session
from onboarding.widget.embed.identity import Refused
from onboarding.widget.embed.origins import allows
from workspaces.scope import cause
from workspaces.tenants.languages import LONGEST_TAG

PATH = "/widget/v1/steps"

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

_HEADERS = [("Cache-Control", "max-age=0, no-cache, no-store, must-revalidate, private"), ("Vary", "Accept-Encoding")]


def before(pages: Application) -> Application:
    """The application that answers such polls by itself, and hands everything else on to `pages`."""

    def application(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "GET" or not is_unchanged(environ):
            return pages(environ, start_response)
        request_id = cause.sane_id(environ.get("HTTP_X_REQUEST_ID", ""))
        start_response("304 Not Modified", [*_HEADERS, ("X-Request-ID", request_id)])
        return []

    return application


def is_unchanged(environ: Environ) -> bool:
    """Whether the tag that the frame sends is certainly still right, and its session in order for a while."""
    sent = environ.get("HTTP_IF_NONE_MATCH", "").strip('"')
    if not sent:
        return False
    try:
        reader, age = session.read(environ.get("HTTP_AUTHORIZATION", ""))
        if age > session.RENEWED_AFTER or reader.secret_id < 0:
            return False
        found = glance.take_short(reader.workspace_id, reader.sender, key_id=reader.key_id, secret_id=reader.secret_id)
    except (Refused, DatabaseError, InterfaceError):
        return False
    if not found.bound or found.by_accounts or found.settings is None:
        return False
    allowed, enforced, *_ = found.settings
    if not allows(allowed, reader.origin) or not (found.secret_lives if reader.secret_id else not enforced):
        return False
    asked = parse_qs(environ.get("QUERY_STRING", ""))
    language = found.language(
        asked=asked.get("lang", [""])[0][:LONGEST_TAG], accepts=environ.get("HTTP_ACCEPT_LANGUAGE", "")
    )
    now = datetime.now(ZoneInfo(found.workspace[2]))
    view = "all" if asked.get("all", [""])[0] == "1" else ""
    return sent == glance.tag_of(found, language=language, view=view, began=reader.began, now=now)
