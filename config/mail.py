"""Where mail goes, from the environment: to a mail server, to a folder, or, for development, to the terminal."""

import os
from dataclasses import dataclass
from email.utils import parseaddr

from django.core.exceptions import ImproperlyConfigured

CONSOLE = "django.core.mail.backends.console.EmailBackend"
FOLDER = "django.core.mail.backends.filebased.EmailBackend"
SERVER = "django.core.mail.backends.smtp.EmailBackend"
PORTS = {"starttls": 587, "tls": 465, "none": 25}
NEEDS_HOST = ("PORT", "USER", "PASSWORD", "TLS")


@dataclass(frozen=True)
class Mail:
    """Django's settings; `goes_out` is whether anybody gets it."""

    backend: str
    sender: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    tls: str = "none"
    folder: str = ""

    @property
    def goes_out(self) -> bool:
        return self.backend == SERVER


def mail(*, in_production: bool) -> Mail:
    """FIRSTMILE_EMAIL_*: nothing of it, or all that a mail server needs. Half of it is refused, everywhere."""
    said = {name: _said(name) for name in ("HOST", "FROM", "FOLDER", *NEEDS_HOST)}
    sender = said["FROM"] or "Firstmile <firstmile@localhost>"
    if "@" not in parseaddr(sender)[1] or "\n" in sender or "\r" in sender:
        raise ImproperlyConfigured(f"FIRSTMILE_EMAIL_FROM is {sender!r}; write Name <address@example.com>.")
    if not said["HOST"]:
        for name in NEEDS_HOST:
            if said[name]:
                raise ImproperlyConfigured(f"FIRSTMILE_EMAIL_{name} is set and FIRSTMILE_EMAIL_HOST names no server.")
        if said["FOLDER"]:
            return Mail(FOLDER, sender, folder=said["FOLDER"])
        return Mail(CONSOLE, sender)
    if said["FOLDER"]:
        raise ImproperlyConfigured("FIRSTMILE_EMAIL_FOLDER and FIRSTMILE_EMAIL_HOST: mail goes to one of them only.")
    if in_production and not said["FROM"]:
        raise ImproperlyConfigured("FIRSTMILE_EMAIL_FROM must say who mail is from: Name <address@example.com>.")
    if bool(said["USER"]) != bool(said["PASSWORD"]):
        raise ImproperlyConfigured("FIRSTMILE_EMAIL_USER and FIRSTMILE_EMAIL_PASSWORD belong together; set both.")
    tls = said["TLS"].lower() or "starttls"
    if tls not in PORTS:
        raise ImproperlyConfigured(f"FIRSTMILE_EMAIL_TLS is {said['TLS']!r}; write starttls, tls or none.")
    if in_production and tls == "none" and said["PASSWORD"]:
        raise ImproperlyConfigured(
            "FIRSTMILE_EMAIL_TLS is none, so FIRSTMILE_EMAIL_PASSWORD would go over the network in the clear."
        )
    return Mail(SERVER, sender, said["HOST"], _port(said["PORT"], tls), said["USER"], said["PASSWORD"], tls)


def _said(name: str) -> str:
    return os.environ.get(f"FIRSTMILE_EMAIL_{name}", "").strip()


def _port(text: str, tls: str) -> int:
    if not text:
        return PORTS[tls]
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text) < 65_536:
        raise ImproperlyConfigured(f"FIRSTMILE_EMAIL_PORT is {text!r}; write a port, such as 587.")
    return int(text)
