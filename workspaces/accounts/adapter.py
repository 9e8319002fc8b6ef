"""What django-allauth asks of Firstmile about log-ins: who may sign up, what follows once somebody is in, and mail."""

import logging
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.template.loader import render_to_string

from workspaces.accounts import client, facts, founding, joining
from workspaces.team.signing_up import invited_address
from workspaces.tenants.letters import letter
from workspaces.tenants.models import User

log = logging.getLogger("firstmile.log_ins")


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed or not, whoever was invited signs up."""
        return settings.SIGN_UP_OPEN or bool(invited_address(request))

    def get_client_ip(self, request: HttpRequest) -> str:
        return client.address_of(request)

    def pre_login(self, request: HttpRequest, user: Any, **details: Any) -> HttpResponse | None:
        """A log-in without any address on record was made by the operator, who vouches for the one it has.

        (Whoever signs up has an address on record from the beginning, and nobody can remove the last one.)
        """
        vouch(user)
        return super().pre_login(request, user, **details)

    def login(self, request: HttpRequest, user: Any) -> None:
        """Every step is passed. What follows from it once: a workspace, or membership by SSO."""
        super().login(request, user)
        shown = facts.of(request, user)
        joining.join_by_sso(request, user, shown)
        request.session["founded"] = founding.found(user, by_sso=bool(shown.connections))
        ways = sorted(shown.methods | ({"sso"} if shown.connections else set())) or ["sign-up"]
        log.info("Log-in %s by %s%s", user.pk, ", ".join(ways), " and second factor" if shown.second_factor else "")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has just logged in need not prove it again to set up a second factor."""
        required: bool = super().is_reauthentication_required(app=app, **kwargs)
        return required and not facts.is_fresh(self.request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        log.info("A log-in was refused: wrong address or password")

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Into the workspace that has just been made, where there is one."""
        slug = request.session.pop("founded", "")
        if slug:
            return resolve_url(settings.FIRST_PAGE, workspace_slug=slug)
        return super().get_login_redirect_url(request)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("accounts:account")

    def render_mail(
        self, template_prefix: str, email: Any, context: dict[str, Any], headers: dict[str, str] | None = None
    ) -> EmailMessage:
        """Each mail is written once, as text (…_message.txt); the HTML is the same words: see letters."""
        context = at_home(context, self.request)
        subject = render_to_string(f"{template_prefix}_subject.txt", context)
        text = render_to_string(f"{template_prefix}_message.txt", context, self.request)
        return letter(subject, text, [email] if isinstance(email, str) else email, headers=headers)


def at_home(context: dict[str, Any], request: HttpRequest | None) -> dict[str, Any]:
    """A mail's words with the installation's own address, whatever host or port the request named.

    Whoever asks for somebody else's mail chooses the Host header, and with it where the links would lead.
    """
    home = settings.BASE_URL
    here = request.build_absolute_uri("/").rstrip("/") if request is not None else home

    def led_home(value: Any) -> Any:
        return home + value[len(here) :] if isinstance(value, str) and value.startswith(f"{here}/") else value

    site = {"domain": urlsplit(home).netloc, "name": "Firstmile"}
    return {**{name: led_home(value) for name, value in context.items()}, "current_site": site}


def vouch(user: User) -> None:
    """Put the address of a log-in that the operator made on record, as verified."""
    if not EmailAddress.objects.filter(user=user).exists():
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
