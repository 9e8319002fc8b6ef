"""The frame and the checklist in it, answered straight under the web server, nearly always in one round trip.

Only where all is well: whoever is not let in, whatever the process has not met yet (a key, a secret, what a version
says) or never keeps (the impact), a session that grows old or has ended, features that come by accounts, a sandbox's
pass, a database in trouble: all that is left to the page, which says the same of the same. Whether a key or a secret is
still good is looked up by the very statement that shows the checklist: what is kept never lets anybody in.
"""

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, parse_qsl
from zoneinfo import ZoneInfo

import orjson
from django.db import DatabaseError, InterfaceError
from django.utils import timezone
from django.utils.text import compress_string

from onboarding.intake.body import read_bounded
from onboarding.intake.reasons import Drop
from onboarding.widget import arrivals, kept
from onboarding.widget.checklist import Checklist
from onboarding.widget.embed import admission, document, frame, glance, limits, passes, session
from onboarding.widget.embed.glance import Climb, Glance
from onboarding.widget.embed.identity import Refused
from onboarding.widget.embed.origins import allows, frame_ancestors
from onboarding.widget.embed.session import Session
from onboarding.widget.embed.showing import NotAtHand, Showing, View
from onboarding.widget.kept import Said
from workspaces.scope import cause
from workspaces.tenants.languages import LONGEST_TAG

STEPS, FRAME = "/widget/v1/steps", "/widget/v1/frame"
MOST_BYTES = 16 * 1024
FORM = "application/x-www-form-urlencoded"

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

_ALWAYS = [
    ("Cache-Control", "max-age=0, no-cache, no-store, must-revalidate, private"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
]
_VARIES = ("Vary", "Accept-Encoding")


@dataclass(frozen=True)
class Answer:
    status: str
    headers: list[tuple[str, str]]
    body: bytes = b""


@dataclass(frozen=True)
class Process:
    """What the process has at hand, and one more round trip by the right of the session's key."""

    session: Session

    def said(self, key: kept.Key) -> Said:
        found = kept.known(key)
        if found is None:
            raise NotAtHand
        return found

    def told(self, ladder_id: int) -> set[str]:
        ours = self.session
        return glance.told_short(ours.workspace_id, ours.sender, ladder_id, key_id=ours.key_id)

    def values(self, climb: Climb, shown: Checklist, *, workspace: str) -> dict[str, str]:
        raise NotAtHand


def before(pages: Application) -> Application:
    """The application that answers these by itself, and hands everything else on to `pages`."""

    def application(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        act = _ACTS.get((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        if act is None:
            return pages(environ, start_response)
        try:
            answer = act(environ)
        except (Refused, NotAtHand, Drop, DatabaseError, InterfaceError):
            answer = None
        if answer is None:
            return pages(environ, start_response)
        headers = [*_ALWAYS, *answer.headers, ("X-Request-ID", cause.sane_id(environ.get("HTTP_X_REQUEST_ID", "")))]
        if answer.body:
            headers.append(("Content-Length", str(len(answer.body))))
        start_response(answer.status, headers)
        return [answer.body] if answer.body else []

    return application


def steps(environ: Environ) -> Answer | None:
    """The checklist as it is now, or that it is still the one of the tag that the frame sends."""
    reader, age = session.read(environ.get("HTTP_AUTHORIZATION", ""))
    if age > session.RENEWED_AFTER or reader.secret_id < 0:
        return None
    found = glance.take_short(reader.workspace_id, reader.sender, key_id=reader.key_id, secret_id=reader.secret_id)
    if not _lets_in(found, reader):
        return None
    asked = parse_qs(environ.get("QUERY_STRING", ""))
    view = _view(environ, asked.get("lang", [""])[-1], everything=asked.get("all", [""])[-1] == "1")
    with timezone.override(_zone(found)):
        showing = Showing(found, reader, view, Process(reader))
        if environ.get("HTTP_IF_NONE_MATCH") == f'"{showing.tag}"':
            return Answer("304 Not Modified", [_VARIES])
        limits.admit_asking(reader.workspace_id, reader.sender)
        body = orjson.dumps(showing.data())
    headers = [_VARIES, ("Content-Type", "application/json")]
    if not _takes_gzip(environ):
        return Answer("200 OK", headers, body)
    compressed = compress_string(body, max_random_bytes=document.MOST_PADDING)
    return Answer("200 OK", [*headers, ("Content-Encoding", "gzip")], compressed)


def framed(environ: Environ) -> Answer | None:
    """The frame's document with its reader's checklist."""
    limits.admit_address(environ)
    site = admission.site_of(environ.get("HTTP_ORIGIN", ""))
    asked = _form(environ)
    if not site or asked is None:
        return None
    user, token, key = asked.get("user", ""), asked.get("token", ""), admission.met(asked.get("key", ""))
    if key is None or passes.is_pass(token):
        return None
    identity = admission.identified_by_met(key.workspace_id, user, token)
    begun = session.begin(key, identity, origin=site)
    found = glance.take_short(key.workspace_id, begun.sender, key_id=key.pk, secret_id=begun.secret_id)
    if not _lets_in(found, begun):
        return None
    view = _view(environ, asked.get("lang", "")[:LONGEST_TAG])
    with timezone.override(_zone(found)):
        showing = Showing(found, begun, view, Process(begun))
        begin = frame.beginning(showing, begun, identity)
    limits.admit_reader(key.workspace_id, identity.user)
    glance.count_short(key.workspace_id, key_id=key.pk, signed=bool(identity.secret_id))
    arrivals.note_admitted(key.workspace_id, site, identity, shown=showing.climb is not None)
    allowed, _, _, colours = found.settings or ([], False, "", {})
    made = frame.made_of(
        showing.words, asked, colours, begin=dict(begin.data), key=asked["key"], hosts=[site], lang=view.asked
    )
    compressed = _takes_gzip(environ)
    headers = frame.headers(made.nonce, frame_ancestors(allowed), compressed=compressed, players=begin.players)
    body = made.compressed() if compressed else made.plain()
    return Answer("200 OK", [*headers, ("Content-Type", "text/html; charset=utf-8")], body)


_ACTS = {("GET", STEPS): steps, ("POST", FRAME): framed}


def _lets_in(found: Glance, reader: Session) -> bool:
    """Whether somebody is certainly let in, and a glance tells all of them."""
    if not found.bound or found.by_accounts or found.settings is None:
        return False
    allowed, enforced, *_ = found.settings
    return allows(allowed, reader.origin) and (found.secret_lives if reader.secret_id else not enforced)


def _view(environ: Environ, language: str, *, everything: bool = False) -> View:
    return View(everything, language, environ.get("HTTP_ACCEPT_LANGUAGE", ""))


def _zone(found: Glance) -> ZoneInfo:
    return ZoneInfo(found.workspace[2])


def _takes_gzip(environ: Environ) -> bool:
    return "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")


def _form(environ: Environ) -> Mapping[str, str] | None:
    """The form that was sent; None where it is not as the loader sends it. Read, it can be read again."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() or int(length) > MOST_BYTES or not environ.get("CONTENT_TYPE", "").startswith(FORM):
        return None
    body = read_bounded(environ["wsgi.input"].read, limit=MOST_BYTES, length=int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20))
    except ValueError:
        return None
