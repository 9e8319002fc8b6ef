"""The one question to DNS: the texts that stand at a name. Tests answer it in its place."""

import dns.exception
import dns.resolver
from django.utils.translation import gettext as _

SECONDS = 5.0


class Unanswered(Exception):
    """No name server gave an answer; the message says why."""


def texts(name: str) -> list[str]:
    """The TXT records of a name; none where there is no such name. Raises Unanswered."""
    try:
        found = dns.resolver.Resolver().resolve(name, "TXT", lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.Timeout:
        raise Unanswered(_("no name server answered in time")) from None
    except (dns.exception.DNSException, OSError) as error:
        raise Unanswered(type(error).__name__) from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in found]
