"""A workspace's identity provider, found by its key, in the form that django-allauth takes."""

from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.utils import timezone

from workspaces.accounts import domains
from workspaces.accounts.models import Connection
from workspaces.keys.sealed import unseal
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

# What identity providers call the address, beside allauth's own list: the names that their set-up pages propose.
EMAIL_ATTRIBUTES = [
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "email",
    "Email",
    "mail",
    "emailAddress",
]


def by_key(key: str) -> Connection | None:
    """The connection that a key names, whether it is switched on or not. Any text may be asked for."""
    number, hyphen, rest = key.partition("-")
    if not (hyphen and rest and number.isascii() and number.isdecimal() and len(number) <= 18):
        return None
    if not Workspace.objects.filter(pk=int(number)).exists():
        return None
    with scope(int(number)):
        return Connection.objects.filter(key=key).first()


def for_email(email: str) -> Connection | None:
    """The connection by which people of this address log in: their domain is verified and it is switched on."""
    owner = domains.owner_of(email)
    if owner is None:
        return None
    with scope(owner):
        return Connection.objects.filter(enabled=True).first()


def app_of(connection: Connection) -> SocialApp:
    """The connection as allauth's application, never saved: the secret is opened here and nowhere kept."""
    if connection.kind == Connection.Kind.OIDC:
        return SocialApp(
            provider="openid_connect",
            provider_id=connection.key,
            name=connection.issuer,
            client_id=connection.client_id,
            secret=unseal(connection.secret).decode(),
            settings={"server_url": connection.issuer.rstrip("/"), "oauth_pkce_enabled": True},
        )
    return SocialApp(
        provider="saml",
        provider_id=connection.key,
        name=connection.issuer,
        client_id=connection.key,
        settings={
            "idp": {
                "entity_id": connection.issuer,
                "sso_url": connection.sso_url,
                "x509cert": next(iter(connection.certificates), ""),
                "x509certs": connection.certificates,
            },
            "attribute_mapping": {"email": EMAIL_ATTRIBUTES},
            "advanced": {
                "strict": True,
                "want_name_id": True,
                "want_attribute_statement": False,
                "reject_deprecated_algorithm": True,
                "reject_idp_initiated_sso": True,
                "allow_single_label_domains": not settings.PRODUCTION,
                **own_pair(connection),
            },
            "former_key": former_key(connection),
        },
    )


def own_pair(connection: Connection) -> dict[str, str]:
    """What answers may be sealed for, and the key that opens them: as allauth's settings name them."""
    if not connection.own_key:  # set up before there was one
        return {}
    return {"x509cert": connection.own_certificate, "private_key": unseal(connection.own_key).decode()}


def former_key(connection: Connection) -> str:
    """What opens answers that are still sealed for the certificate of before; "" when that is over."""
    if not connection.former_key or connection.former_until is None or connection.former_until <= timezone.now():
        return ""
    return unseal(connection.former_key).decode()
