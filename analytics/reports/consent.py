"""Who wants a report: outside addresses say yes by a signed link before they get anything, and anybody can stop.

Links carry which recipient they are for; only a POST does anything, since mail programs open links by themselves.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.reports import asking
from analytics.reports.asking import ASKED_EVERY
from analytics.reports.models import MOST_RECIPIENTS, Recipient, Report
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.models import Member, Workspace

SALT = "analytics.reports.consent"
CONFIRM, UNSUBSCRIBE = "confirm", "unsubscribe"


class NoSuchLink(Exception):
    """Nobody ever made this link, or what it is about is gone."""


class TooMany(ValueError):
    """The report has as many recipients as it may have."""


def add(report: Report, address: str, *, by: Member) -> Recipient:
    """Add an address, a member's or any other's. One that unsubscribed is asked for its consent. Raises TooMany.

    One that has said no to being asked stays unsubscribed.
    """
    address = address.strip().lower()
    if report.recipients.filter(removed_at=None).count() >= MOST_RECIPIENTS:
        raise TooMany(_("A report goes to %(most)d addresses at most; remove one first.") % {"most": MOST_RECIPIENTS})
    member = report.workspace.member(user__email=address)
    try:
        with transaction.atomic():
            recipient = Recipient.objects.create(report=report, address=address)
    except IntegrityError:
        recipient = Recipient.objects.select_for_update().get(report=report, address=address)
        if recipient.removed_at is None and recipient.unsubscribed_at is None:
            return recipient
    recipient.removed_at = None
    if member is not None and recipient.unsubscribed_at is None:
        recipient.user, recipient.as_member, recipient.confirmed_at = member.user, True, timezone.now()
    elif refused_at := asking.refused_at(address):
        recipient.confirmed_at, recipient.unsubscribed_at = None, refused_at
    elif recipient.unsubscribed_at is not None:
        recipient.confirmed_at, recipient.unsubscribed_at = None, None
        if recipient.asked_at is not None and timezone.now() - recipient.asked_at >= ASKED_EVERY:
            recipient.asked_at = None
    recipient.save()
    Entry.record(by=by, action="report.recipient_added", target=report, address=address)
    return recipient


def remove(recipient: Recipient, *, by: Member) -> None:
    if recipient.removed_at is None:
        recipient.removed_at = timezone.now()
        recipient.save(update_fields=["removed_at"])
        Entry.record(by=by, action="report.recipient_removed", target=recipient.report, address=recipient.address)


def let_go(workspace: Workspace) -> int:
    """Take out who got reports as a member and is none any more; returns how many."""
    with scope(workspace):
        members = set(workspace.members.values_list("user_id", flat=True))
        theirs = Recipient.objects.filter(as_member=True, removed_at=None)
        gone = [pk for pk, user in theirs.values_list("pk", "user_id") if user not in members]
        return Recipient.objects.filter(pk__in=gone).update(removed_at=timezone.now()) if gone else 0


def may_be_asked_again(recipient: Recipient, now: datetime) -> bool:
    asked = recipient.asked_at
    return recipient.state == "waiting" and asked is not None and now - asked >= ASKED_EVERY


def ask_again(recipient: Recipient, *, now: datetime) -> bool:
    """Have the question sent once more; False when it was asked lately, or needs not be."""
    if not may_be_asked_again(recipient, now):
        return False
    recipient.asked_at = None
    recipient.save(update_fields=["asked_at"])
    return True


def link(recipient: Recipient, purpose: str) -> str:
    """The whole address at which the recipient says yes, or stops."""
    token = signing.dumps([recipient.workspace_id, recipient.pk, purpose], salt=SALT, compress=True)
    return settings.BASE_URL + reverse(f"mailed:{purpose}", args=[token])


@contextmanager
def behind(token: str, purpose: str) -> Iterator[tuple[Workspace, Recipient]]:
    """The workspace and the recipient of a link, inside the workspace's scope. Raises NoSuchLink."""
    try:
        workspace_id, pk, said = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as bad:
        raise NoSuchLink from bad
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if said != purpose or workspace is None:
        raise NoSuchLink
    with scope(workspace), timezone.override(workspace.zone):
        recipient = Recipient.objects.select_related("report").filter(pk=pk, removed_at=None).first()
        if recipient is None:
            raise NoSuchLink
        yield workspace, recipient


def confirm(recipient: Recipient) -> None:
    """Saying yes twice changes nothing; who has stopped since starts again."""
    recipient.confirmed_at = recipient.confirmed_at or timezone.now()
    recipient.unsubscribed_at = None
    recipient.save(update_fields=["confirmed_at", "unsubscribed_at"])
    asking.allow(recipient.address)


def unsubscribe(recipient: Recipient) -> None:
    """Of somebody who never said yes it is a no to the question, for good."""
    if recipient.unsubscribed_at is None:
        recipient.unsubscribed_at = timezone.now()
        recipient.save(update_fields=["unsubscribed_at"])
        if recipient.confirmed_at is None:
            asking.refuse(recipient.address, recipient.unsubscribed_at)
