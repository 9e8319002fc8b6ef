"""The frame that stands in the customer's page: a document under a Content-Security-Policy of its own.

The loader posts who reads, so that the first document shows the checklist. Where it cannot (a page that forbids forms
or hides its origin) the document comes without its reader, whom it then asks the page for.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from onboarding.intake.reasons import Drop
from onboarding.widget import arrivals, theme
from onboarding.widget.embed import admission, limits, passes, serving, session
from onboarding.widget.embed.admission import Asked
from onboarding.widget.embed.document import Document, Look, document
from onboarding.widget.embed.identity import Identity, Refused
from onboarding.widget.embed.origins import frame_ancestors
from onboarding.widget.embed.showing import Showing, View, look
from onboarding.widget.models import WidgetSettings
from onboarding.widget.videos import Player, directives
from onboarding.widget.words import Words, words_of
from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.tenants.languages import LONGEST_TAG

MOST_BYTES = 64 * 1024  # of the form: a token has 4 KB at most, an id 255 characters


@csrf_exempt
@xframe_options_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def frame(request: HttpRequest) -> HttpResponse:
    """POST: key, user and token (may be empty) for the frame with its reader. GET: key, for the frame without.

    Both: `lang`, `scheme` (light or dark) and `inline` (1: the frame stands in the page's text, not over it).
    """
    site = admission.site_of(request.headers.get("Origin", ""))
    try:
        return _frame(request, site)
    except Drop as drop:
        return _refusal(request, Refused("rate_limited", drop.sentence), site, after=drop.retry_after or 1)
    except Refused as refused:
        return _refusal(request, refused, site)


def _frame(request: HttpRequest, site: str) -> HttpResponse:
    limits.admit_address(request.META)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise Refused("too_large", f"The form is larger than {MOST_BYTES // 1024} KB.")
    asked = request.POST if request.method == "POST" else request.GET
    key = admission.key_of(asked.get("key", ""))
    workspace = key.workspace
    with scope(workspace), timezone.override(workspace.zone):
        settings = WidgetSettings.of(workspace)
        if request.method != "POST" or not site:
            sites = settings.allowed_origins
            limits.admit_nobody(workspace.pk)
            hosts = [origin for origin in sites if "*" not in origin]
            return _document(request, settings, key=asked.get("key", ""), sites=sites, hosts=hosts)
        whom = Asked(asked.get("key", ""), site, asked.get("user", ""), asked.get("token", ""))
        try:
            entered = begun(settings, key, whom, _view(request))
        except Refused as refused:  # and that it was is counted: the transaction is not to be rolled back
            return _refusal(request, refused, site)
        sites = admission.sites(settings, whom)
        return _document(request, settings, key=whom.key, sites=sites, hosts=[site], begun=entered)


class Begun(NamedTuple):
    """What a frame begins with, and what its reader's videos are played by."""

    data: dict[str, Any]
    players: Sequence[Player]


def begun(settings: WidgetSettings, key: ApiKey, asked: Asked, view: View) -> Begun:
    """A new session, and what the frame begins with. Counted, also when refused. Raises Refused, and intake's Drop."""
    tried_out = passes.is_pass(asked.token)
    try:
        identity = admission.admit(settings, asked)
    except Refused as refused:
        limits.admit_nobody(key.workspace_id)
        if not tried_out:
            admission.count(None)
            arrivals.note(key.workspace_id, asked.origin, refused.code)
        raise
    limits.admit_reader(key.workspace_id, identity.user)
    reader = session.Reader(key.workspace, settings, session.begin(key, identity, origin=asked.origin))
    showing = look(reader, view)
    if not tried_out:
        admission.count(identity)
        arrivals.note_admitted(key.workspace_id, asked.origin, identity, shown=showing.climb is not None)
    return beginning(showing, reader.session, identity)


def beginning(showing: Showing, begun: session.Session, identity: Identity) -> Begun:
    """What the frame begins with. Raises NotAtHand."""
    data = {
        **showing.data(),
        "session": begun.token(),
        "user": identity.user,
        "account": identity.account,
        "known": showing.known,
    }
    return Begun(data, showing.checklist.players if showing.checklist else ())


def _document(
    request: HttpRequest,
    settings: WidgetSettings,
    *,
    key: str,
    sites: list[str],
    hosts: list[str],
    begun: Begun | None = None,
) -> HttpResponse:
    """The frame, which may stand on `sites` and speaks with `hosts`; without `begun` it knows no reader yet."""
    asked = request.POST if request.method == "POST" else request.GET
    view = _view(request)
    begin: dict[str, Any] = dict(begun.data) if begun else {"html": "", "state": {}}
    words = words_of(begin["words"]["lang"]) if begun else view.words_for_nobody(settings.workspace)
    made = made_of(words, asked, settings.theme, begin=begin, key=key, hosts=hosts, lang=view.asked)
    compressed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(made.compressed() if compressed else made.plain())
    for name, value in headers(
        made.nonce, frame_ancestors(sites), compressed=compressed, players=begun.players if begun else ()
    ):
        response[name] = value
    return response


def made_of(
    words: Words,
    asked: Mapping[str, str],
    colours: Mapping[str, Any],
    *,
    begin: dict[str, Any],
    key: str,
    hosts: list[str],
    lang: str,
) -> Document:
    """The document, as it was `asked` for. `colours`: the theme as it is kept; `lang`: the language asked for."""
    scheme, inline = asked.get("scheme", ""), asked.get("inline") == "1"
    chosen = theme.Theme.read(colours)
    panel, title = begin.pop("html"), begin["state"].get("label") or "Firstmile"
    style = theme.in_pill(serving.pill_style(), chosen)
    more = {"key": key, "hosts": hosts, "inline": inline, "lang": lang, "style": style}
    look = Look(words.tag, scheme if scheme in ("light", "dark") else "", inline, chosen)
    return document(words, look, title=title, panel=panel, begin={**begin, **more})


def headers(
    nonce: str, ancestors: str, *, compressed: bool = False, players: Sequence[Player] = ()
) -> list[tuple[str, str]]:
    """Of the frame in any state. Only where there are videos may it hold another one, and only their hosts'."""
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
        f"{directives(players)}form-action 'none'; base-uri 'none'; {ancestors}"
    )
    always = [
        ("Content-Security-Policy", policy),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
        ("X-Robots-Tag", "noindex"),
        ("Vary", "Accept-Encoding"),
    ]
    # Pages that isolate themselves may only hold what says that it may be held, and that it holds nothing that does not
    # say so. The hosts of videos don't; so in such a page the loader gets the frame without its reader, and no video.
    if not players:
        always.append(("Cross-Origin-Embedder-Policy", "require-corp"))
    return [*always, ("Content-Encoding", "gzip")] if compressed else always


def _view(request: HttpRequest) -> View:
    asked = request.POST if request.method == "POST" else request.GET
    return View(asked=asked.get("lang", "")[:LONGEST_TAG], accepts=request.headers.get("Accept-Language", ""))


def _refusal(request: HttpRequest, refused: Refused, site: str, *, after: int = 0) -> HttpResponse:
    """Why there is no checklist, for the site that asked: it holds nothing but that. Without a site nobody is told.

    `after`: the loader may ask again after so many seconds.
    """
    context = {
        "refusal": {"to": site, "code": refused.code, "message": refused.sentence, "after": after},
        "js": serving.refusal_script(),
    }
    nonce = secrets.token_urlsafe(16)
    status = 429 if after else 403
    response = render(request, "widget/embed/refused.html", {**context, "nonce": nonce}, status=status)
    for name, value in headers(nonce, frame_ancestors([site] if site else [])):
        response[name] = value
    if after:
        response["Retry-After"] = str(after)
    return response
