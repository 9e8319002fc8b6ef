"""A webhook's URL, taken apart and judged before anything is looked up."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django.utils.translation import gettext as _

from workspaces.webhooks.addresses import Refused, is_public

LONGEST = 500
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?")
_LOCAL = (".localhost", ".local", ".internal", ".home.arpa")


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect, and what to ask there. `host` is what the certificate and the Host header must name."""

    tls: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The Host header: the port stands in it unless it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS["https" if self.tls else "http"] else f"{host}:{self.port}"


def parse(url: str, *, allow_private: bool, allow_http: bool) -> Target:
    """The target of a URL. Raises Refused, with a sentence that says what to write instead."""
    if len(url) > LONGEST:
        raise Refused(_("The address is longer than %(n)s characters.") % {"n": LONGEST})
    if any(character.isspace() or not character.isprintable() for character in url):
        raise Refused(_("The address has a space or a character in it that cannot be shown."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused(_("This is no address. Write for example https://hooks.example.com/firstmile.")) from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise Refused(_("Write the whole address, such as https://hooks.example.com/firstmile."))
    if parts.scheme == "http" and not allow_http:
        raise Refused(_("Write https://: over http, anybody on the way could read what is sent."))
    if parts.username is not None or parts.password is not None:
        raise Refused(_("Leave the user and the password out; the signature says who sends."))
    if parts.fragment:
        raise Refused(_("Leave out what follows the #; it would not be sent."))
    host = _host(parts.hostname)
    port = _PORTS[parts.scheme] if port is None else port
    if port == 0 or (port < 1024 and port not in _PORTS.values()):
        raise Refused(_("Port %(port)s belongs to another service. Use 443, or one from 1024 on.") % {"port": port})
    if not allow_private:
        _refuse_inside(host)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return Target(parts.scheme == "https", host, port, path + (f"?{query}" if query else ""))


def _host(given: str) -> str:
    """The host as the network knows it: names of other scripts in their ASCII form."""
    try:
        return str(ipaddress.ip_address(given))
    except ValueError:
        pass
    try:
        host = given.encode("idna").decode() if not given.isascii() else given
    except UnicodeError:
        host = ""
    if not _HOST.fullmatch(host) or len(host) > 253:
        raise Refused(_("“%(name)s” is no name of a host.") % {"name": given})
    return host


def _refuse_inside(host: str) -> None:
    """What can be told without looking it up; the rest is refused when it is sent to (addresses.checked)."""
    name = host.rstrip(".")
    try:
        inside = not is_public(str(ipaddress.ip_address(name)))
    except ValueError:
        inside = "." not in name or name.endswith(_LOCAL)
    if inside:
        raise Refused(
            _("%(host)s is not on the public internet. Firstmile speaks to public addresses only.") % {"host": host}
        )
