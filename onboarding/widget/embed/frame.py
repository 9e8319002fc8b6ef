"""The frame that stands in the customer's page: a document under a Content-Security-Policy of its own.

The loader posts who reads, so that the first document shows the checklist. Where it cannot (a page that forbids forms
or hides its origin) the document comes without its reader, whom it then asks the page for.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from onboarding.widget import arrivals, theme
from onboarding.widget.embed import admission, passes, serving, session
from onboarding.widget.embed.admission import Asked
from onboarding.widget.embed.document import Document, Look, document
from onboarding.widget.embed.identity import Identity, Refused
from onboarding.widget.embed.origins import frame_ancestors
from onboarding.widget.embed.showing import Showing, View, look
from onboarding.widget.models import WidgetSettings
from onboarding.widget.words import Words, words_of
from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.tenants.languages import LONGEST_TAG


@csrf_exempt
@xframe_options_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def frame(request: HttpRequest) -> HttpResponse:
    """POST: key, user and token (may be empty) for the frame with its reader. GET: key, for the frame without.

    Both: `lang`, `scheme` (light or dark) and `inline` (1: the frame stands in the page's text, not over it).
    """
    asked = request.POST if request.method == "POST" else request.GET
    site = admission.site_of(request.headers.get("Origin", ""))
    try:
        key = admission.key_of(asked.get("key", ""))
    except Refused as refused:
        return _refusal(request, refused, site)
    workspace = key.workspace
    with scope(workspace), timezone.override(workspace.zone):
        settings = WidgetSettings.of(workspace)
        if request.method != "POST" or not site:
            sites = settings.allowed_origins
            hosts = [origin for origin in sites if "*" not in origin]
            return _document(request, settings, key=asked.get("key", ""), sites=sites, hosts=hosts)
        whom = Asked(asked.get("key", ""), site, asked.get("user", ""), asked.get("token", ""))
        try:
            begin = begun(settings, key, whom, _view(request))
        except Refused as refused:
            return _refusal(request, refused, site)
        sites = admission.sites(settings, whom)
        return _document(request, settings, key=whom.key, sites=sites, hosts=[site], begin=begin)


def begun(settings: WidgetSettings, key: ApiKey, asked: Asked, view: View) -> dict[str, Any]:
    """A new session, and what the frame begins with. Counted, also when refused."""
    tried_out = passes.is_pass(asked.token)
    try:
        identity = admission.admit(settings, asked)
    except Refused as refused:
        if not tried_out:
            admission.count(None)
            arrivals.note(key.workspace_id, asked.origin, refused.code)
        raise
    reader = session.Reader(key.workspace, settings, session.begin(key, identity, origin=asked.origin))
    showing = look(reader, view)
    if not tried_out:
        admission.count(identity)
        arrivals.note_admitted(key.workspace_id, asked.origin, identity, shown=showing.climb is not None)
    return beginning(showing, reader.session, identity)


def beginning(showing: Showing, begun: session.Session, identity: Identity) -> dict[str, Any]:
    """What the frame begins with. Raises NotAtHand."""
    return {
        **showing.data(),
        "session": begun.token(),
        "user": identity.user,
        "account": identity.account,
        "known": showing.known,
    }


def _document(
    request: HttpRequest,
    settings: WidgetSettings,
    *,
    key: str,
    sites: list[str],
    hosts: list[str],
    begin: dict[str, Any] | None = None,
) -> HttpResponse:
    """The frame, which may stand on `sites` and speaks with `hosts`; without `begin` it knows no reader yet."""
    asked = request.POST if request.method == "POST" else request.GET
    view = _view(request)
    words = words_of(begin["words"]["lang"]) if begin else view.words_for_nobody(settings.workspace)
    begin = dict(begin or {"html": "", "state": {}})
    made = made_of(words, asked, settings.theme, begin=begin, key=key, hosts=hosts, lang=view.asked)
    compressed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(made.compressed() if compressed else made.plain())
    for name, value in headers(made.nonce, frame_ancestors(sites), compressed=compressed):
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


def headers(nonce: str, ancestors: str, *, compressed: bool = False) -> list[tuple[str, str]]:
    """Of the frame in any state."""
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
        f"form-action 'none'; base-uri 'none'; {ancestors}"
    )
    always = [
        ("Content-Security-Policy", policy),
        # Pages that isolate themselves may only hold what says that it may be held.
        ("Cross-Origin-Resource-Policy", "cross-origin"),
        ("Cross-Origin-Embedder-Policy", "require-corp"),
        ("X-Robots-Tag", "noindex"),
        ("Vary", "Accept-Encoding"),
    ]
    return [*always, ("Content-Encoding", "gzip")] if compressed else always


def _view(request: HttpRequest) -> View:
    asked = request.POST if request.method == "POST" else request.GET
    return View(asked=asked.get("lang", "")[:LONGEST_TAG], accepts=request.headers.get("Accept-Language", ""))


def _refusal(request: HttpRequest, refused: Refused, site: str) -> HttpResponse:
    """Why there is no checklist, for the site that asked: it holds nothing but that. Without a site nobody is told."""
    context = {
        "refusal": {"to": site, "code": refused.code, "message": refused.sentence},
        "js": serving.refusal_script(),
    }
    nonce = secrets.token_urlsafe(16)
    response = render(request, "widget/embed/refused.html", {**context, "nonce": nonce}, status=403)
    for name, value in headers(nonce, frame_ancestors([site] if site else [])):
        response[name] = value
    return response
