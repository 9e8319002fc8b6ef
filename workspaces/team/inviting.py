"""Inviting by e-mail. A link begins with the workspace's number, by which it is looked up behind the tenant's own wall.

The link goes to one address and is worth nothing to a log-in of another one. Whoever comes by one that was mailed has
read that address's mail, so for a new log-in the address counts as verified. A link that a member was shown, to hand
over, says so in itself, and proves nothing: else anybody could make a log-in of any address that counts as proved.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspaces.audit.models import Entry
from workspaces.keys.models import digest
from workspaces.scope import scope
from workspaces.scope.wakes import announce
from workspaces.team.changing import Refused, locked
from workspaces.team.models import VALID_FOR, Invitation
from workspaces.tenants.access import Level
from workspaces.tenants.models import Member, User, Workspace

LONGEST_TOKEN = 64
HANDED = "~"  # before the secret of a link that is handed over; no secret begins so
MOST_LINKS = 5  # of one invitation that lead in, the newest ones
MOST_WAITING = 200
MOST_A_DAY = 100
AGAIN_AFTER = timedelta(minutes=5)
STATES = {  # as they stand within a sentence
    "open": gettext_lazy("open"),
    "accepted": gettext_lazy("accepted"),
    "revoked": gettext_lazy("revoked"),
    "expired": gettext_lazy("expired"),
}


class NoSuchInvitation(Exception):
    """Nobody ever made this link."""


class AnotherAddress(Exception):
    """The log-in's address is not the one that was invited."""


def invite(address: str, level: Level, *, by: Member, answering: User | None = None) -> Invitation:
    """Ask an address to join; one that was asked already is asked anew, at this level. Inside the scope.

    Where a key invites, `answering` is who made it: when they go, so does what they could no longer invite to.
    Raises Refused: of a member, above the inviter's own level, or of too many.
    """
    address = address.strip().lower()
    _refuse_who_may_not(by)
    if level > by.level:
        raise Refused(_("Nobody can invite to a level above their own."))
    if by.workspace.member(user__email=address):
        raise Refused(_("%(address)s is a member already.") % {"address": address})
    waiting = Invitation.waiting().select_for_update().filter(address=address).first()
    if waiting is not None:
        if waiting.level > by.level:
            raise Refused(
                _("%(address)s was invited to a level above yours; who did that can withdraw it.")
                % {"address": address}
            )
        return _renew(waiting, level=level, by=by, answering=answering)
    _refuse_too_many()
    try:
        with transaction.atomic():
            made = Invitation.objects.create(
                address=address, level=level, invited_by=answering or by.user, expires_at=timezone.now() + VALID_FOR
            )
    except IntegrityError:  # somebody else was first, this very moment
        return Invitation.waiting().get(address=address)
    Entry.record(by=by, action="invitation.made", target=made, level=Level(level).english)
    announce("team.invited", by.workspace_id)
    return made


def send_again(invitation: Invitation, *, by: Member, answering: User | None = None) -> Invitation:
    """The mail once more, good for as long again. Inside the scope. Raises Refused."""
    _refuse_who_may_not(by)
    if invitation.state not in ("open", "expired"):
        raise Refused(
            _("%(address)s cannot be asked again: the invitation is %(state)s.")
            % {"address": invitation.address, "state": STATES[invitation.state]}
        )
    last = max(filter(None, (invitation.mailed_at, invitation.mail_wanted_at)), default=None)
    if last is not None and timezone.now() - last < AGAIN_AFTER and not invitation.problem:
        raise Refused(_("%(address)s was written to just now; wait some minutes.") % {"address": invitation.address})
    return _renew(invitation, level=Level(invitation.level), by=by, answering=answering)


def revoke(invitation: Invitation, *, by: Member) -> None:
    """At once: its links lead nowhere. Revoking twice, or what was accepted, changes nothing. Inside the scope."""
    now = timezone.now()
    if Invitation.waiting().filter(pk=invitation.pk).update(revoked_at=now, mail_wanted_at=None):
        Entry.record(by=by, action="invitation.revoked", target=invitation)


def new_link(invitation: Invitation, *, mailed: bool = False) -> str:
    """A further link of an invitation, which can never be shown again. Inside the scope.

    `mailed`: it goes to the invited address's mail and is told to nobody else, so whoever has it has read that.
    """
    token = f"{invitation.workspace_id:x}-{'' if mailed else HANDED}{secrets.token_urlsafe(24)}"
    kept = [*invitation.digests, digest(token)][-MOST_LINKS:]
    Invitation.objects.filter(pk=invitation.pk).update(digests=kept)
    return settings.BASE_URL + reverse("invited:invitation", args=[token])


def proves_address(token: str) -> bool:
    """Whether only the mail of the invited address could have told this token. (Its mark is part of what is hashed.)"""
    return HANDED not in token


@contextmanager
def behind(token: str) -> Iterator[tuple[Workspace, Invitation]]:
    """The workspace and the invitation of a link, whatever its state, inside the scope. Raises NoSuchInvitation."""
    number, _dash, secret = token.partition("-")
    if len(token) > LONGEST_TOKEN or not secret or not token.isascii() or not number.isalnum() or len(number) > 15:
        raise NoSuchInvitation
    try:
        workspace = Workspace.objects.filter(pk=int(number, 16)).first()
    except ValueError:
        raise NoSuchInvitation from None
    if workspace is None:
        raise NoSuchInvitation
    with scope(workspace), timezone.override(workspace.zone):
        found = Invitation.objects.select_related("invited_by").filter(digests__contains=[digest(token)]).first()
        if found is None:
            raise NoSuchInvitation
        yield workspace, found


def accept(token: str, user: User) -> Workspace:
    """Make the log-in a member. Twice is harmless, and nobody's level is lowered by it.

    Raises NoSuchInvitation, AnotherAddress, or Refused when it is no longer open.
    """
    with behind(token) as (workspace, found):
        locked(workspace.pk)
        invitation = Invitation.objects.select_for_update().get(pk=found.pk)
        if user.email.lower() != invitation.address:
            raise AnotherAddress
        member = workspace.member(user=user)
        if invitation.state != "open":
            if invitation.state == "accepted" and member is not None:
                return workspace
            raise Refused(_("This invitation is %(state)s.") % {"state": STATES[invitation.state]})
        if member is None or member.level < invitation.level:
            member = workspace.join(user, Level(invitation.level))
        Invitation.objects.filter(pk=invitation.pk).update(accepted_at=timezone.now(), mail_wanted_at=None)
        Entry.record(by=member, action="invitation.accepted", target=invitation, level=Level(member.level).english)
        return workspace


def _renew(invitation: Invitation, *, level: Level, by: Member, answering: User | None) -> Invitation:
    now = timezone.now()
    invitation.level, invitation.expires_at, invitation.mail_wanted_at = level, now + VALID_FOR, now
    invitation.invited_by, invitation.problem = answering or by.user, ""
    invitation.save(update_fields=["level", "expires_at", "mail_wanted_at", "invited_by", "problem"])
    Entry.record(by=by, action="invitation.sent_again", target=invitation, level=level.english)
    announce("team.invited", by.workspace_id)
    return invitation


def _refuse_who_may_not(by: Member) -> None:
    """Of a member who was removed or lowered while this request was on its way. A key (which has no pk) is not one."""
    if by.pk is None:
        return
    now = locked(by.workspace.team.pk).members.filter(pk=by.pk).values_list("level", flat=True).first()
    if now is None or now < by.level:
        raise Refused("Your own level was changed meanwhile; load the page again.")


def _refuse_too_many() -> None:
    if Invitation.waiting().count() >= MOST_WAITING:
        raise Refused(_("%(n)s invitations wait for an answer; withdraw some first.") % {"n": MOST_WAITING})
    if Invitation.objects.filter(made_at__gt=timezone.now() - timedelta(days=1)).count() >= MOST_A_DAY:
        raise Refused(_("%(n)s people were invited within a day; go on tomorrow.") % {"n": MOST_A_DAY})
