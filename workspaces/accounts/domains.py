"""Domains of e-mail addresses: claimed by a workspace, verified by what only their owner can do."""

import logging
import re
import secrets

import idna
from django.core import signing
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from workspaces.accounts import names
from workspaces.accounts.models import Domain
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member, Workspace

log = logging.getLogger(__name__)

RECORD = "_firstmile"  # the TXT record stands at this name below the domain
# The addresses that nobody but a domain's owner has: those by which certificates are given out (CA/Browser Forum's
# Baseline Requirements, 3.2.2.4.4).
ADDRESSES = ("admin", "administrator", "webmaster", "hostmaster", "postmaster")
LINK_SECONDS = 48 * 3600
SALT = "firstmile.domain"
# Anybody can have an address there.
PUBLIC = frozenset(
    (
        *("aol.com", "fastmail.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com"),
        *("live.com", "mail.com", "mail.ru", "me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com"),
        *("qq.com", "t-online.de", "web.de", "yahoo.com", "yandex.ru", "zoho.com"),
    )
)
_NAME = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")


KEPT = {Domain.Way.DNS: "by a DNS record", Domain.Way.MAIL: "by e-mail"}  # how the audit log calls them


class Refused(Exception):
    """The message says why, to the member."""


def normal(text: str) -> str:
    """A domain as the network knows it, "" where it is none: lower case, other scripts in their ASCII form."""
    name = text.strip().rstrip(".").lower()
    try:
        # As browsers and mail servers write it (IDNA 2008): Python's own codec takes straße.de for strasse.de.
        name = name if name.isascii() else idna.encode(name, uts46=True, std3_rules=True).decode()
    except UnicodeError:
        return ""
    return name if _NAME.fullmatch(name) and len(name) <= 253 else ""


def domain_of(email: str) -> str:
    """The domain of an address; "" where it has none."""
    return normal(email.rpartition("@")[2]) if "@" in email else ""


def owner_of(email: str) -> Workspace | None:
    """The workspace that has verified the address's domain."""
    found = Domain.objects.filter(name=domain_of(email), verified_at__isnull=False).select_related("workspace").first()
    return found.workspace if found else None


def is_own(workspace_id: int, email: str) -> bool:
    """Whether the address is of a domain that this workspace has verified. Subdomains are domains of their own."""
    name = domain_of(email)
    return (
        bool(name) and Domain.objects.filter(workspace_id=workspace_id, name=name, verified_at__isnull=False).exists()
    )


def claim(workspace: Workspace, text: str, *, by: Member) -> Domain:
    """Raises Refused."""
    name = normal(text)
    if not name:
        raise Refused(_("Write a domain such as example.com, without @ and without https://."))
    if name in PUBLIC:
        raise Refused(_("Anybody can have an address at %(domain)s: it is nobody's own.") % {"domain": name})
    domain, made = Domain.objects.get_or_create(workspace=workspace, name=name)
    if made:
        Entry.record(by=by, action="domain.claimed", target=domain)
    return domain


def verify_by_dns(domain: Domain, *, by: Member) -> None:
    """Look for the record. Raises Refused, with what was found instead."""
    if domain.verified_at is not None and domain.lost_at is None:
        return
    try:
        found = texts_of(domain)
    except names.Unanswered as reason:
        raise Refused(
            _("The record could not be looked up: %(reason)s. Try again in a few minutes.") % {"reason": reason}
        ) from reason
    if not proves(domain, found):
        if found:
            raise Refused(_("The record there says something else. Changes of DNS can take up to an hour to be seen."))
        raise Refused(_("There is no such record yet. Changes of DNS can take up to an hour to be seen."))
    _verify(domain, Domain.Way.DNS, by=by)


def texts_of(domain: Domain) -> list[str]:
    """What stands where the record belongs. Raises names.Unanswered."""
    return names.texts(f"{RECORD}.{domain.name}")


def proves(domain: Domain, texts: list[str]) -> bool:
    return any(secrets.compare_digest(text.strip().encode(), domain.token.encode()) for text in texts)


def send_link(domain: Domain, to: str, message: EmailMessage) -> None:
    """Send the mail with the link to one of the domain's addresses."""
    if to not in ADDRESSES:
        raise Refused(_("Choose one of the addresses."))
    message.to = [f"{to}@{domain.name}"]
    message.send()


def link_token(domain: Domain) -> str:
    return signing.dumps([domain.workspace_id, domain.pk, domain.token], salt=SALT)


def by_link(token: str) -> Domain | None:
    """The claim that a mailed link is for; None when it is too old, or none of ours, or the claim is gone."""
    try:
        workspace_id, pk, secret = signing.loads(token, salt=SALT, max_age=LINK_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Domain.objects.select_related("workspace").filter(workspace_id=workspace_id, pk=pk, token=secret).first()


def verify_by_mail(domain: Domain) -> None:
    """Somebody who reads the domain's mail says yes. Inside the scope. Raises Refused."""
    _verify(domain, Domain.Way.MAIL, by=None)


def remove(domain: Domain, *, by: Member) -> None:
    Entry.record(by=by, action="domain.removed", target=domain)
    domain.delete()


def _verify(domain: Domain, way: Domain.Way, *, by: Member | None) -> None:
    try:
        with transaction.atomic():
            open_ = Domain.objects.filter(Q(verified_at=None) | Q(lost_at__isnull=False), pk=domain.pk)
            now = timezone.now()
            changed = open_.update(verified_at=now, verified_by=way, checked_at=now, lost_at=None)
    except IntegrityError:
        raise Refused(
            _("Another workspace has verified %(domain)s. Its admins can remove it there; then it can be yours.")
            % {"domain": domain.name}
        ) from None
    if changed:
        Entry.record(
            by=by, action="domain.verified", target=domain, actor=gettext_noop("the domain's mail"), way=KEPT[way]
        )
