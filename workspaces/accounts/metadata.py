"""What an identity provider says of itself: OpenID Connect's discovery document, SAML's metadata. Judged, not kept."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from django.conf import settings
from django.utils.translation import gettext as _
from onelogin.saml2.errors import OneLogin_Saml2_Error
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser

from workspaces.accounts import fetching
from workspaces.webhooks.addresses import Refused
from workspaces.webhooks.targets import parse

WELL_KNOWN = "/.well-known/openid-configuration"
LONGEST = 256 * 1024
MOST_CERTIFICATES = 5


class Unusable(Exception):
    """The message says what is wrong with it, to the member who set it up."""


@dataclass(frozen=True)
class Saml:
    entity_id: str
    sso_url: str
    certificates: tuple[str, ...]


def check_oidc(issuer: str) -> None:
    """Whether an OpenID provider is at this address. Raises Unusable."""
    try:
        document = fetching.get(issuer.rstrip("/") + WELL_KNOWN).json()
    except fetching.Unreachable as reason:
        raise Unusable(
            _("%(issuer)s was asked for its configuration: %(reason)s") % {"issuer": issuer, "reason": reason}
        ) from reason
    except ValueError as error:
        raise Unusable(_("%(url)s is no JSON.") % {"url": issuer + WELL_KNOWN}) from error
    if not isinstance(document, dict) or str(document.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
        said = document.get("issuer") if isinstance(document, dict) else None
        raise Unusable(
            _("It says that it is %(issuer)s; enter exactly that address.") % {"issuer": said}
            if said
            else _("It says that it is nobody; enter exactly that address.")
        )
    for what in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint"):
        _check_address(str(document.get(what, "")), what)


def fetch_saml(url: str) -> Saml:
    """Raises Unusable."""
    try:
        return read_saml(fetching.get(url).content)
    except fetching.Unreachable as reason:
        raise Unusable(_("%(url)s was asked for the metadata: %(reason)s") % {"url": url, "reason": reason}) from reason


def read_saml(document: bytes) -> Saml:
    """The entity, where its log-ins are sent, and the certificate that signs. Raises Unusable."""
    if len(document) > LONGEST:
        raise Unusable(_("The metadata are longer than 256 KB: choose those of one identity provider."))
    try:
        found: dict[str, Any] = OneLogin_Saml2_IdPMetadataParser.parse(document).get("idp", {})
    except (OneLogin_Saml2_Error, ValueError, SyntaxError) as error:
        raise Unusable(_("This is no SAML metadata.")) from error
    entity = str(found.get("entityId", ""))
    sso = str(found.get("singleSignOnService", {}).get("url", ""))
    several = found.get("x509certMulti", {}).get("signing", [])
    told = [found["x509cert"]] if found.get("x509cert") else several
    signing = tuple(dict.fromkeys("".join(str(one).split()) for one in told))
    if not (entity and sso and signing):
        raise Unusable(_("The metadata lack the entity id, the address for log-ins by redirect, or the certificate."))
    if len(signing) > MOST_CERTIFICATES:
        raise Unusable(
            _("The metadata have more than %(most)s signing certificates: leave the old ones out.")
            % {"most": MOST_CERTIFICATES}
        )
    _check_address(sso, _("The address for log-ins"))
    for certificate in signing:
        ends_at(certificate)
    return Saml(entity[:500], sso, signing)


def ends_at(certificate: str) -> datetime:
    """Until when it is good; what it says, as python3-saml takes keys out of certificates and nothing else. Raises
    Unusable.
    """
    try:
        return x509.load_der_x509_certificate(base64.b64decode(certificate)).not_valid_after_utc
    except (ValueError, binascii.Error) as error:
        raise Unusable(_("The certificate in the metadata cannot be read.")) from error


def _check_address(url: str, what: str) -> None:
    private = settings.SSO_ALLOW_PRIVATE
    try:
        parse(url, allow_private=private, allow_http=private)
    except Refused as refusal:
        raise Unusable(f"{what}: {refusal}") from refusal
