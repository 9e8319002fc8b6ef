"""Whether the domains that workspaces verified still are theirs: looked at once a day each.

Domains change hands, and with them their people's addresses. A record that is gone, or a proof by mail that is a year
old, is said to the owners; Domain.GRACE later the domain counts as verified no more, so that nobody logs in by SSO with
an address of it and nobody becomes a member by it, until it is proved anew. Members stay, and sessions go on.

A name server that does not answer says nothing: neither loss nor proof.
"""

import logging
import smtplib
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from workspaces.accounts import domains, names
from workspaces.accounts.adapter import AccountAdapter
from workspaces.accounts.models import Domain
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.speaking import speaking_to

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
MAIL_HOLDS = timedelta(days=365)
AT_ONCE = 200  # lookups of one run: each may take seconds


def check(*, now: datetime) -> int:
    """Look at those that were not looked at for a day, the longest ago first; returns how many."""
    due = Domain.objects.filter(verified_at__isnull=False).filter(Q(checked_at=None) | Q(checked_at__lte=now - EVERY))
    found = list(due.select_related("workspace").order_by("checked_at", "pk")[:AT_ONCE])
    for domain in found:
        try:
            holds = still_holds(domain, now)
        except names.Unanswered as reason:
            log.info("The record of domain %s could not be looked up: %s", domain.pk, reason)
            Domain.objects.filter(pk=domain.pk).update(checked_at=now)
            continue
        try:
            note(domain, holds=holds, now=now)
        except (OSError, smtplib.SMTPException) as error:  # nothing of it was noted; an hour later once more
            log.warning("Owners could not be told of domain %s: %s", domain.pk, error)
    return len(found)


def still_holds(domain: Domain, now: datetime) -> bool:
    """Raises names.Unanswered."""
    if domain.verified_by == Domain.Way.MAIL:
        assert domain.verified_at is not None
        return now < domain.verified_at + MAIL_HOLDS or domains.proves(domain, domains.texts_of(domain))
    return domains.proves(domain, domains.texts_of(domain))


def note(domain: Domain, *, holds: bool, now: datetime) -> None:
    """What becomes of it. Owners are told in the transaction that notes it."""
    with scope(domain.workspace_id):
        mine = Domain.objects.select_for_update(of=("self",)).select_related("workspace")
        one = mine.filter(pk=domain.pk, verified_at=domain.verified_at).first()
        if one is None:  # removed, or proved anew, meanwhile
            return
        one.checked_at = now
        if holds:
            found_again, one.lost_at = one.lost_at is not None, None
            one.save(update_fields=["checked_at", "lost_at"])
            if found_again:
                Entry.record(by=None, action="domain.found_again", target=one, actor="check of domains")
        elif one.lost_at is None:
            one.lost_at = now
            one.save(update_fields=["checked_at", "lost_at"])
            until = now + Domain.GRACE
            Entry.record(by=None, action="domain.lost", target=one, actor="check of domains", until=_day(until))
            _tell(one, "domain_lost", until)
        elif now >= one.lost_at + Domain.GRACE:
            one.verified_at, one.verified_by, one.lost_at = None, "", None
            one.save(update_fields=["checked_at", "verified_at", "verified_by", "lost_at"])
            Entry.record(by=None, action="domain.unverified", target=one, actor="check of domains")
            _tell(one, "domain_unverified", now)
        else:
            one.save(update_fields=["checked_at"])


def _tell(domain: Domain, letter: str, until: datetime) -> None:
    workspace = domain.workspace
    page = settings.BASE_URL + reverse("signing_in:show", args=[workspace.slug])
    context = {"domain": domain, "workspace": workspace, "page": page, "until": until, "record": domains.RECORD}
    for member in workspace.members.filter(level=Level.OWNER).select_related("user").order_by("user__email"):
        with timezone.override(workspace.zone), speaking_to(member.user):
            AccountAdapter().render_mail(f"accounts/mail/{letter}", member.user.email, context).send()


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
