"""Under which address a client reached this server, so that it can be told to send there too. Pure."""

import re
from collections.abc import Mapping

_HOST = re.compile(r"[A-Za-z0-9.\-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]{1,100}){1,10}")


HEADERS = ("Host", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix")


def address_of(headers: Mapping[str, str], *, scheme: str, base_url: str) -> tuple[str, str]:
    """The scheme, and the host with a path before /v1 where there is one: behind a proxy, the proxy's.

    What a proxy says (X-Forwarded-Host, -Proto, -Prefix) is believed: the answer goes back to whoever said it, and no
    shared cache may keep it. `base_url` is the operator's word on the scheme of the host that it names.
    """
    stated = _first(headers, "X-Forwarded-Host") or headers.get("Host", "")
    own = base_url.partition("://")[2]
    host = stated if _HOST.fullmatch(stated) else own
    prefix = _first(headers, "X-Forwarded-Prefix").rstrip("/")
    if _PREFIX.fullmatch(prefix):
        host += prefix
    proto = _first(headers, "X-Forwarded-Proto").lower()
    if proto in ("http", "https"):
        scheme = proto
    elif host == own:
        scheme = base_url.partition("://")[0]
    return scheme, host


def _first(headers: Mapping[str, str], name: str) -> str:
    """Of several proxies, the one nearest to the client."""
    return headers.get(name, "").partition(",")[0].strip()
