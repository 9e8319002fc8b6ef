"""What python3-saml is told beyond what django-allauth passes on: that a provider has several signing certificates.

Providers change what they sign with by announcing the next certificate beside the one in force, and changing over some
day. allauth hands on one alone; everything else of its configuration stays as it is.
"""

from typing import Any

from allauth.socialaccount.providers.saml import utils, views
from django.http import HttpRequest
from onelogin.saml2.auth import OneLogin_Saml2_Auth


def build_auth(request: HttpRequest, provider: Any) -> OneLogin_Saml2_Auth:
    """As allauth's function of this name, with all certificates of the settings’ `idp.x509certs`."""
    config = utils.build_saml_config(request, provider.app.settings, provider.app.client_id)
    certificates = provider.app.settings["idp"].get("x509certs", [])
    if len(certificates) > 1:
        config["idp"]["x509certMulti"] = {"signing": certificates}
    return OneLogin_Saml2_Auth(utils.prepare_django_request(request), config)


def take_the_place() -> None:
    """Of allauth's function, where it is looked up: its views, and its provider each time a log-in begins."""
    utils.build_auth = views.build_auth = build_auth
