"""Asking an identity provider's server, whose address a customer chose: bounded in reach, time and size.

As with webhooks (docs/decisions/0061) a host is looked up once, every address is checked, and the connection goes to
one that was checked, under the host's own name. Redirects are not followed, proxies of the environment not used.
"""

import functools
import http.client
import ssl
from typing import Any

import requests
from django.conf import settings
from django.utils.translation import gettext
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers

from workspaces.webhooks import addresses
from workspaces.webhooks.addresses import Refused
from workspaces.webhooks.deadline import Deadline, TooLate
from workspaces.webhooks.targets import Target, parse
from workspaces.webhooks.transport import Rules, connect

SECONDS = 10.0  # for everything: the look-up, the connection, the answer to its last byte
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
        raise Unreachable(gettext("It answers with a redirect. Enter the address that it leads to.")) from error
    except requests.exceptions.SSLError as error:
        raise Unreachable(gettext("No secure connection could be made: its certificate is not valid.")) from error
    except requests.Timeout as error:
        raise Unreachable(gettext("It did not answer in time.")) from error
    except (requests.RequestException, ValueError) as error:
        raise Unreachable(gettext("It could not be reached.")) from error
    if answer.status_code != requests.codes.ok:
        raise Unreachable(gettext("It answered %(status)s.") % {"status": answer.status_code})
    return answer


class Guarded(BaseAdapter):
    """Connects to checked addresses only, and cuts the connection when its time is up, whatever is under way."""

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        target = _target(str(request.url))
        try:
            with Deadline(SECONDS) as deadline:
                return _asked(request, target, deadline)
        except Refused as refusal:
            raise Unreachable(str(refusal)) from refusal
        except TooLate as error:
            raise Unreachable(gettext("It did not answer in time.")) from error
        except Unreachable:  # which is an OSError, too
            raise
        except ssl.SSLError as error:
            raise requests.exceptions.SSLError(error, request=request) from error
        except (OSError, http.client.HTTPException) as error:
            raise requests.ConnectionError(error, request=request) from error

    def close(self) -> None:
        """Each connection ends with its answer."""


def _asked(request: requests.PreparedRequest, target: Target, deadline: Deadline) -> requests.Response:
    rules = Rules(allow_private=settings.SSO_ALLOW_PRIVATE, tls=_tls())
    found = deadline.wait_for(
        lambda: addresses.checked(
            target.host, target.port, resolve=addresses.resolve, allow_private=rules.allow_private
        )
    )
    connection = http.client.HTTPConnection(target.host, target.port)
    try:
        connection.sock = connect(target, found, rules, deadline)
        said = {**request.headers, "Host": target.authority, "Accept-Encoding": "identity", "Connection": "close"}
        with deadline.tells():
            body: Any = request.body
            connection.request(str(request.method), target.path, body, said)
            answer = connection.getresponse()
            content = answer.read(MOST_BYTES + 1)
    finally:
        connection.close()
    if len(content) > MOST_BYTES:
        raise Unreachable(gettext("Its answer is too long."))
    made = requests.Response()
    made.request, made.url = request, str(request.url)
    made.status_code, made.reason, made._content = answer.status, answer.reason, content
    made.headers = CaseInsensitiveDict(answer.getheaders())
    made.encoding = get_encoding_from_headers(made.headers)
    return made


@functools.cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=requests.certs.where())


def _target(url: str) -> Target:
    private = settings.SSO_ALLOW_PRIVATE
    try:
        return parse(url, allow_private=private, allow_http=private)
    except Refused as refusal:
        raise Unreachable(str(refusal)) from refusal
