"""Where a request comes from, and on what: shown to people beside their sessions, and counted against guessing."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

UNKNOWN = "0.0.0.0"  # noqa: S104

# The first that is found names it; many call themselves by the names of others as well.
_BROWSERS = [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]
_SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
]


def address_of(request: HttpRequest) -> str:
    """The address, as the last proxy that is ours tells it; what a client says of itself stands further left."""
    said = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    proxies = settings.PROXIES
    told = said[-proxies] if proxies and len(said) >= proxies else ""
    try:
        return str(ipaddress.ip_address(told or request.META.get("REMOTE_ADDR") or ""))
    except ValueError:
        return UNKNOWN


def device_of(agent: str) -> str:
    """A browser's name of itself in words: "Chrome on Windows"."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if re.search(rf"\b{mark}", agent)), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")
