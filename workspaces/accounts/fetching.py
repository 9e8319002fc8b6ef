"""Asking an identity provider's server, whose address a customer chose: bounded in reach, time and size.

As with webhooks (docs/decisions/0061) a host is looked up once, every address is checked, and the connection goes to
one that was checked, under the host's own name. Redirects are not followed, proxies of the environment not used.
"""

import time
from typing import Any

import requests
from django.conf import settings
from django.utils.translation import gettext as _
from requests.adapters import HTTPAdapter

from workspaces.webhooks import addresses
from workspaces.webhooks.addresses import Refused
from workspaces.webhooks.targets import Target, parse

SECONDS = 5.0  # of silence
WHOLE_SECONDS = 10.0
MOST_BYTES = 512 * 1024


class Unreachable(requests.RequestException):
    """It was not asked, or did not answer well. The message says why, to the customer."""


def session() -> requests.Session:
    made = requests.Session()
    made.trust_env = False
    made.max_redirects = 0
    for scheme in ("https://", "http://"):
        made.mount(scheme, Guarded())
    return made


def get(url: str) -> requests.Response:
    """A document. Raises Unreachable with a sentence."""
    _target(url)
    try:
        with session() as asking:
            answer = asking.get(url, headers={"Accept": "application/json, application/samlmetadata+xml, */*"})
    except Unreachable:
        raise
    except requests.TooManyRedirects as error:
        raise Unreachable(_("It answers with a redirect. Enter the address that it leads to.")) from error
    except requests.exceptions.SSLError as error:
        raise Unreachable(_("No secure connection could be made: its certificate is not valid.")) from error
    except requests.Timeout as error:
        raise Unreachable(_("It did not answer in time.")) from error
    except (requests.RequestException, ValueError) as error:
        raise Unreachable(_("It could not be reached.")) from error
    if answer.status_code != requests.codes.ok:
        raise Unreachable(_("It answered %(status)s.") % {"status": answer.status_code})
    return answer


class Guarded(HTTPAdapter):
    """Connects to checked addresses only. One for each session."""

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        target, address = _checked(str(request.url))
        host, pool = self.build_connection_pool_key_attributes(request, verify, cert)
        host["host"] = address
        if target.tls:
            pool |= {"server_hostname": target.host, "assert_hostname": target.host}
        request.headers["Host"] = target.authority
        return self.poolmanager.connection_from_host(**host, pool_kwargs=pool)

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        answer = super().send(request, **{**options, "stream": True, "timeout": SECONDS})
        until, read = time.monotonic() + WHOLE_SECONDS, b""
        for piece in answer.iter_content(16 * 1024):
            read += piece
            if len(read) > MOST_BYTES:
                raise Unreachable(_("Its answer is too long."))
            if time.monotonic() > until:
                raise Unreachable(_("It did not answer in time."))
        answer._content = read
        return answer


def _checked(url: str) -> tuple[Target, str]:
    target = _target(url)
    try:
        found = addresses.checked(
            target.host, target.port, resolve=addresses.resolve, allow_private=settings.SSO_ALLOW_PRIVATE
        )
    except Refused as refusal:
        raise Unreachable(str(refusal)) from refusal
    return target, found[0]


def _target(url: str) -> Target:
    private = settings.SSO_ALLOW_PRIVATE
    try:
        return parse(url, allow_private=private, allow_http=private)
    except Refused as refusal:
        raise Unreachable(str(refusal)) from refusal
