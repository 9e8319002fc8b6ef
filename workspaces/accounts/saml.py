"""Where python3-saml, and what django-allauth passes on to it, fall short of what identity providers do."""

import secrets
from copy import copy, deepcopy
from typing import Any

import xmlsec
from allauth.socialaccount.providers.saml import utils, views
from django.http import HttpRequest
from lxml import etree
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
SEALED = "/samlp:Response/saml:EncryptedAssertion"


class Response(OneLogin_Saml2_Response):
    _settings: Any

    def _decrypt_assertion(self, xml: Any) -> Any:
        """The answer with its sealed assertion opened, letter for letter as it was signed.

        The library moves the assertion into the tree of the answer, where lxml gives it the answer's prefixes; prefixes
        are signed, so providers that use others inside than outside were refused. Here it is opened by itself, and put
        in as text.
        """
        found = OneLogin_Saml2_XML.query(xml, SEALED)
        if not found:
            return super()._decrypt_assertion(xml)
        alone = etree.Element(f"{{{PROTOCOL}}}Response", nsmap={"samlp": PROTOCOL})
        alone.append(deepcopy(found[0]))
        opened = etree.tostring(self._opened(alone)[0], with_tail=False)
        place = etree.Comment(secrets.token_hex(16))
        xml.replace(found[0], place)
        return OneLogin_Saml2_XML.to_etree(
            etree.tostring(xml).replace(etree.tostring(place, with_tail=False), opened, 1)
        )

    def _opened(self, alone: Any) -> Any:
        """With our key, or the one before it while that is good."""
        former = getattr(self._settings, "former_key", "")
        try:
            return super()._decrypt_assertion(deepcopy(alone))
        except xmlsec.Error:
            if not former:
                raise
        now, self._settings = self._settings, copy(self._settings)
        self._settings._sp = {**now.get_sp_data(), "privateKey": former}
        try:
            return super()._decrypt_assertion(alone)
        finally:
            self._settings = now


class Auth(OneLogin_Saml2_Auth):
    response_class = Response


def build_auth(request: HttpRequest, provider: Any) -> OneLogin_Saml2_Auth:
    """As allauth's function of this name, with all certificates of the settings’ `idp.x509certs`.

    Providers change what they sign with by announcing the next certificate beside the one in force, and changing over
    some day. allauth hands on one alone; everything else of its configuration stays as it is.
    """
    config = utils.build_saml_config(request, provider.app.settings, provider.app.client_id)
    certificates = provider.app.settings["idp"].get("x509certs", [])
    if len(certificates) > 1:
        config["idp"]["x509certMulti"] = {"signing": certificates}
    made = Auth(utils.prepare_django_request(request), config)
    made.get_settings().former_key = provider.app.settings.get("former_key", "")
    return made


def take_the_place() -> None:
    """Of allauth's function, where it is looked up: its views, and its provider each time a log-in begins."""
    utils.build_auth = views.build_auth = build_auth
