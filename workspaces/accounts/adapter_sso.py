"""What django-allauth asks about SSO: which identity providers there are, and whose word is good for which addresses.

A workspace's identity provider is somebody else's server. It is believed about one thing: who the people of the
domains are that this workspace has verified. Everything else it says is refused, here, before anybody is looked up.
"""

import logging
from typing import Any, NoReturn

import requests
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.http import HttpRequest
from django.shortcuts import render

from workspaces.accounts import connections, domains, fetching
from workspaces.accounts.models import Connection
from workspaces.tenants.lines import one_line
from workspaces.tenants.models import User

log = logging.getLogger("firstmile.log_ins")


class SsoAdapter(DefaultSocialAccountAdapter):
    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """The one connection of this key (allauth names it by provider or, with SAML, by client_id), if switched on."""
        connection = connections.by_key(str(client_id or provider or ""))
        return [connections.app_of(connection)] if connection is not None and connection.enabled else []

    def get_requests_session(self) -> requests.Session:
        return fetching.session()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """pre_social_login has let in people of verified domains alone; these may, whatever sign-up is."""
        return True

    def is_email_verified(self, provider: Any, email: str) -> bool:
        connection = connections.by_key(provider.app.provider_id)
        return connection is not None and domains.is_own(connection.home, email)

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """The log-in that an address belongs to: where it is verified, or else whose first address it is.

        An address that somebody merely typed into their account never leads there.
        """
        connection = connections.by_key(sociallogin.account.provider)
        email = address_of(sociallogin)
        if connection is None or not connection.enabled or not domains.is_own(connection.home, email):
            return None
        proven = EmailAddress.objects.filter(email=email, verified=True).select_related("user").first()
        user = proven.user if proven else User.objects.filter(email=email).first()
        return (user, email) if user else None

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The wall: see above. Raises what ends the log-in with a page that says why."""
        connection = connections.by_key(sociallogin.account.provider)
        if connection is None or not connection.enabled:
            _refuse(request, connection, "off")
        email = address_of(sociallogin)
        if not email:
            _refuse(request, connection, "no_email")
        if not domains.is_own(connection.home, email):
            _refuse(request, connection, "domain")
        if sociallogin.is_existing and not domains.is_own(connection.home, sociallogin.user.email):
            _refuse(request, connection, "domain")
        claims = sociallogin.account.extra_data.get("userinfo") or sociallogin.account.extra_data.get("id_token") or {}
        if str(claims.get("email_verified", True)).lower() == "false":
            _refuse(request, connection, "unverified")  # it says itself that it does not know
        sociallogin.state["process"] = AuthProcess.LOGIN  # never tie it to whoever happens to be logged in
        # What else it says of the person is none of our business.
        sociallogin.account.extra_data = {}
        if sociallogin.account.pk:
            sociallogin.account.save(update_fields=["extra_data"])

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Any:
        """A User has one name, and an address in lower case."""
        user = super().populate_user(request, sociallogin, data)
        parts = (data.get("first_name") or "", data.get("last_name") or "")
        user.name = one_line(str(data.get("name") or " ".join(part for part in parts if part)))[:120]
        user.email = user.email.lower()
        return user

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        reason = type(exception).__name__ if exception else str(error)
        log.warning("A log-in by SSO %s failed: %s", provider.app.provider_id, reason)
        unreachable = isinstance(exception, requests.RequestException)
        _refuse(request, connections.by_key(provider.app.provider_id), "unreachable" if unreachable else "failed")


def address_of(sociallogin: SocialLogin) -> str:
    """The address that the identity provider names, in lower case; "" where it names none or several."""
    named = {address.email.lower() for address in sociallogin.email_addresses if address.email}
    return named.pop() if len(named) == 1 else ""


def _refuse(request: HttpRequest, connection: Connection | None, reason: str) -> NoReturn:
    log.info("A log-in by SSO %s was refused: %s", connection.key if connection else "that is none", reason)
    answer = render(request, "accounts/sso_refused.html", {"reason": reason, "connection": connection}, status=403)
    raise ImmediateHttpResponse(answer)
