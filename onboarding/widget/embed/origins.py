"""The sites on which a workspace's widget may stand: origins, as browsers write them. Pure."""

import functools
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

LONGEST = 200
MOST = 50

_HOST = re.compile(r"(?=.{1,190}$)(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*")
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_USUAL_PORT = {"https": 443, "http": 80}


class BadOrigin(ValueError):
    """What was typed is no origin that the widget may stand on; the message says what to write."""


def origin_of(typed: str) -> str:
    """The origin that somebody means by an address: scheme, host, and a port that isn't the usual one.

    A first label `*` stands for every subdomain. Without encryption only the developer's own machine will do: a token
    would be readable on its way. Raises BadOrigin.
    """
    typed = typed.strip()
    try:
        parts = urlsplit(typed if "://" in typed else f"https://{typed}")
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode() if "*" not in typed else parts.hostname or ""
    except (ValueError, UnicodeError):
        raise BadOrigin(_say(typed, "is no address of a site")) from None
    if len(typed) > LONGEST or parts.scheme not in _USUAL_PORT or parts.username is not None:
        raise BadOrigin(_say(typed, "is no address of a site"))
    host = f"[{host}]" if ":" in host else host
    plain = host.removeprefix("*.")
    if host != "[::1]" and not _HOST.fullmatch(plain):
        raise BadOrigin(_say(typed, "is no address of a site"))
    if host != plain and "." not in plain:
        raise BadOrigin(f"“{typed}” would let in every site under .{plain}; write for example https://*.example.com.")
    if parts.scheme == "http" and not is_loopback(plain):
        raise BadOrigin(_say(typed, "is not encrypted"))
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != _USUAL_PORT[parts.scheme] else "")


def is_loopback(host: str) -> bool:
    """Whether the name can only mean the machine that the browser runs on."""
    return host in _LOOPBACK or host.endswith(".localhost")


@functools.lru_cache(maxsize=2_000)
def is_origin(said: str) -> bool:
    """Whether this is one site's origin as a browser writes it; "null" is none."""
    try:
        return len(said) <= LONGEST and "*" not in said and _spelled(said) == said
    except BadOrigin:
        return False


def _spelled(said: str) -> str:
    """Like `origin_of`, but also of a site without encryption: what a browser says is to be understood at least."""
    if said.startswith("http://"):
        return "http" + origin_of("https" + said[4:]).removeprefix("https")
    return origin_of(said)


def allows(allowed: Iterable[str], origin: str) -> bool:
    """Whether `origin`, as a browser says it, is among the allowed ones."""
    return is_origin(origin) and any(_matches(pattern, origin) for pattern in allowed)


def _matches(pattern: str, origin: str) -> bool:
    if "://*." not in pattern:
        return pattern == origin
    scheme, _, rest = pattern.partition("://*")
    return origin.startswith(f"{scheme}://") and origin.endswith(rest) and len(origin) > len(scheme) + 3 + len(rest)


def frame_ancestors(allowed: Iterable[str]) -> str:
    """The directive by which browsers themselves hold the frame back from every other site."""
    return "frame-ancestors " + (" ".join(allowed) or "'none'")


def _say(typed: str, wrong: str) -> str:
    return f"“{typed[:80]}” {wrong}. Write an origin such as https://app.example.com, or http://localhost:3000."
