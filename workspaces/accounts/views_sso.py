"""Log in with SSO: by the e-mail address to the company's identity provider. And a domain's own yes, from its mail."""

import logging
from typing import Any
from urllib.parse import urlsplit

import requests
from allauth.core import ratelimit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from workspaces.accounts import connections, domains
from workspaces.accounts.forms import SsoForm
from workspaces.accounts.models import Connection
from workspaces.keys.sealed import Unreadable
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

log = logging.getLogger("firstmile.log_ins")

ASKED = "sso_asked"


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The address says which company it is. What follows is a link, not a redirect: pages let forms lead nowhere else
    (form-action), and people see where they are going.
    """
    next_page = _own_place(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.method == "GET":
        return render(request, "accounts/sso.html", {"form": SsoForm(), "next": next_page})
    if answer := ratelimit.consume_or_429(request, action="sso"):
        return answer
    form = SsoForm(request.POST)
    connection = connections.for_email(form.cleaned_data["email"]) if form.is_valid() else None
    if connection is None:
        if form.is_valid():
            domain = domains.domain_of(form.cleaned_data["email"])
            said = _("%(domain)s has not set up SSO here. Log in another way, or ask an admin of yours.")
            form.add_error("email", said % {"domain": domain})
        return render(request, "accounts/sso.html", {"form": form, "next": next_page}, status=422)
    request.session[ASKED] = {"key": connection.key, "next": next_page}
    workspace = Workspace.objects.get(pk=connection.home)
    return render(request, "accounts/sso_go.html", {"workspace_name": workspace.name, "provider": _host(connection)})


@never_cache
@require_GET
def go(request: HttpRequest) -> HttpResponse:
    """To the identity provider, for whoever has just asked to: a link from elsewhere leads nowhere."""
    asked = request.session.pop(ASKED, None)
    if asked is None:
        return redirect("sso:ask")
    connection = connections.by_key(asked["key"])
    if connection is None or not connection.enabled:
        return render(request, "accounts/sso_refused.html", {"reason": "off"}, status=403)
    try:
        name = connection.key if connection.kind == Connection.Kind.OIDC else "saml"
        provider = get_adapter().get_provider(request, provider=name, client_id=_client(connection))
        return _redirect(request, provider, asked["next"])
    except (requests.RequestException, KeyError, ValueError, Unreadable, ImproperlyConfigured) as error:
        log.warning("SSO %s cannot be gone to: %s", connection.key, type(error).__name__)
        return render(request, "accounts/sso_refused.html", {"reason": "unreachable"}, status=502)


@never_cache
@require_http_methods(["GET", "POST"])
def domain(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever reads the domain's mail says that a workspace may speak for it. Looking is not yet saying yes."""
    claimed = domains.by_link(token)
    if claimed is None:
        return render(request, "accounts/domain_mailed.html", {"domain": None}, status=410)
    refusal = ""
    if request.method == "POST":
        try:
            with scope(claimed.workspace):
                domains.verify_by_mail(claimed)
            claimed.refresh_from_db()
        except domains.Refused as reason:
            refusal = str(reason)
    context = {"domain": claimed, "owner": claimed.workspace, "refusal": refusal}
    return render(request, "accounts/domain_mailed.html", context, status=409 if refusal else 200)


def _redirect(request: HttpRequest, provider: Any, next_page: str) -> HttpResponse:
    answer: HttpResponse = provider.redirect(request, AuthProcess.LOGIN, next_url=next_page or None)
    return answer


def _client(connection: Connection) -> str | None:
    return connection.key if connection.kind == Connection.Kind.SAML else None


def _own_place(request: HttpRequest, place: str) -> str:
    return place if url_has_allowed_host_and_scheme(place, allowed_hosts={request.get_host()}) else ""


def _host(connection: Connection) -> str:
    """The name of the server that the log-in goes to."""
    return urlsplit(connection.sso_url or connection.issuer).hostname or str(connection)
