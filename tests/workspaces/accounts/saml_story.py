"""A log-in by SAML, step by step, as tests tell it."""

from urllib.parse import urlsplit

from django.test import Client

from tests.workspaces.accounts.saml_provider import SamlIdp
from workspaces.accounts.models import Connection
from workspaces.tenants.models import User

ASK, GO = "/accounts/sso/", "/accounts/sso/go/"


def our_metadata(connection) -> str:
    return Client().get(f"/accounts/sso/saml/{connection.key}/metadata/").content.decode()


def met(connection, *providers: SamlIdp) -> Connection:
    """The providers are given our metadata, as their admins do it."""
    for provider in providers:
        provider.meets(our_metadata(connection))
    return connection


def ask(browser, idp) -> str:
    """Begin a log-in; where the browser is sent."""
    assert browser.post(ASK, {"email": idp.person}).status_code == 200
    return browser.get(GO)["Location"]


def send(browser, connection, response: str):
    """Bring the answer back, as the provider's page does it, and follow to the end."""
    kept = browser.post(f"/accounts/sso/saml/{connection.key}/acs/", {"SAMLResponse": response})
    return browser.get(urlsplit(kept["Location"]).path) if kept.status_code == 302 else kept


def is_in(browser, workspace) -> bool:
    return browser.get(f"/w/{workspace.slug}/people/").status_code == 200


def refused(browser, workspace, answer) -> None:
    assert answer.status_code in (400, 403), answer.content.decode()
    assert not is_in(browser, workspace)
    assert not User.objects.filter(email__endswith=f"@{workspace.slug}.example").exists()
