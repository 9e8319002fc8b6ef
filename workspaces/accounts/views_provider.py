"""Where identity providers send people back to: django-allauth's views, behind a page for whatever goes wrong."""

import functools
import logging
from importlib import import_module
from typing import Any

import requests
import xmlsec
from allauth.core import ratelimit
from allauth.socialaccount.providers.openid_connect import views as oidc
from allauth.socialaccount.providers.saml import views as saml
from allauth.socialaccount.providers.saml.utils import build_sp_config
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from onelogin.saml2.errors import OneLogin_Saml2_Error
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from workspaces.accounts import connections
from workspaces.accounts.models import Connection
from workspaces.keys.sealed import Unreadable
from workspaces.tenants.views_access import View

log = logging.getLogger("firstmile.log_ins")
engine = import_module(settings.SESSION_ENGINE)

MOST_BYTES = 256 * 1024  # of an answer; it is kept for a moment, and anybody can send one
ANSWER_SECONDS = 300
WRONG = (
    requests.RequestException,
    OneLogin_Saml2_Error,
    xmlsec.Error,
    PermissionDenied,
    ImproperlyConfigured,
    Unreadable,
    KeyError,
    SyntaxError,  # of XML
    TypeError,
    ValueError,
)


def _of_kind(kind: Connection.Kind, *, enabled: bool = True) -> Any:
    """404 unless the key in the address is a connection of this kind; a page that says so for whatever goes wrong."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def answered(request: HttpRequest, **names: str) -> HttpResponse:
            (key,) = names.values()
            connection = connections.by_key(key)
            if connection is None or connection.kind != kind or (enabled and not connection.enabled):
                raise Http404("No such connection")
            try:
                return view(request, **names)
            except WRONG as error:
                log.warning("What came back from SSO %s was not understood: %s", key, type(error).__name__)
                reason = "unreachable" if isinstance(error, requests.RequestException) else "failed"
                return render(request, "accounts/sso_refused.html", {"reason": reason}, status=403)

        return answered

    return decorate


@never_cache
@require_GET
@_of_kind(Connection.Kind.OIDC)
def oidc_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    return oidc.callback(request, provider_id)


@csrf_exempt
@never_cache
@require_POST
@_of_kind(Connection.Kind.SAML)
def saml_acs(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """The answer comes in a form from another site, without our cookies; it is kept and looked at by the next page."""
    if answer := ratelimit.consume_or_429(request, action="saml"):
        return answer
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES or "SAMLResponse" not in request.POST:
        return render(request, "accounts/sso_refused.html", {"reason": "failed"}, status=400)
    kept = engine.SessionStore()
    kept.set_expiry(ANSWER_SECONDS)
    request.saml_acs_session = kept  # type: ignore[attr-defined]  # where allauth looks for it
    answer = saml.acs(request, organization_slug=organization_slug)
    for cookie in answer.cookies.values():
        cookie["httponly"] = True
    return answer


@never_cache
@require_GET
@_of_kind(Connection.Kind.SAML)
def saml_finish(request: HttpRequest, organization_slug: str) -> HttpResponse:
    return saml.finish_acs(request, organization_slug=organization_slug)


@require_GET
@_of_kind(Connection.Kind.SAML, enabled=False)
def saml_metadata(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """What the identity provider wants to know of us, before anything is known of it: our certificate, too, for which
    it may seal its answers. What is not sealed is taken as well.
    """
    connection = connections.by_key(organization_slug)
    own = connections.own_pair(connection) if connection else {}
    security = {"allowSingleLabelDomains": not settings.PRODUCTION, "wantAssertionsEncrypted": bool(own)}
    told = OneLogin_Saml2_Settings(
        {
            "strict": True,
            "security": security,
            "sp": build_sp_config(request, {"advanced": own}, organization_slug),
        },
        sp_validation_only=True,
    )
    return HttpResponse(told.get_sp_metadata(), content_type="application/samlmetadata+xml")


@never_cache
def cancelled(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/sso_refused.html", {"reason": "cancelled"})


def nothing(request: HttpRequest, **_: str) -> HttpResponse:
    """django-allauth makes this address; there is nothing at it."""
    raise Http404
