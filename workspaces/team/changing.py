"""What happens to members: another level, removal, leaving, and the ownership handed over.

Every change holds the team's lock and looks at both members anew under it, so that of two owners who step down at the
same time the second finds that they are the last. A removed member's next request finds no workspace.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone
from django.utils.translation import gettext as _

from workspaces.api.acting import vouched_for
from workspaces.audit.models import Entry
from workspaces.scope.wakes import announce
from workspaces.team.models import Invitation
from workspaces.tenants.access import Level, allows
from workspaces.tenants.models import Member, Workspace
from workspaces.tenants.templatetags.ui import noun


class Refused(Exception):
    """Why it was not done, as a sentence for whoever asked."""


class NoSuchMember(Exception):
    """Nobody of this team, or not any more."""


def change_level(pk: int, level: Level, *, by: Member) -> Member:
    """Give a member another level, at most the giver's own. Raises Refused or NoSuchMember. Inside the scope."""
    with _both(pk, by, "team.change") as (member, actor):
        before = Level(member.level)
        if before > actor.level:
            raise Refused(
                _("%(member)s is %(level)s; only who is at least that may change it.")
                % {"member": member, "level": noun(before.label)}
            )
        if level > actor.level:
            raise Refused(_("Nobody can give a level above their own."))
        if before == level:
            return member
        if before == Level.OWNER:
            _refuse_without_owner(member)
        member.level = level
        member.save(update_fields=["level"])
        _note(actor, "member.level_changed", member, before=before, after=level)
        _withdraw_invitations_above(member, level)
        return member


def remove(pk: int, *, by: Member) -> Member:
    """Take a member out of the team, at once. Raises Refused or NoSuchMember. Inside the scope."""
    with _both(pk, by, "team.change") as (member, actor):
        if member.level > actor.level:
            raise Refused(
                _("%(member)s is %(level)s; only who is at least that may remove them.")
                % {"member": member, "level": noun(member.get_level_display())}
            )
        _go(member, actor, "member.removed")
        return member


def leave(*, by: Member) -> None:
    """Raises Refused for the last owner. Inside the scope."""
    with _both(by.pk, by, "team.read") as (member, actor):
        _go(member, actor, "member.left")


def hand_over(pk: int, *, by: Member) -> Member:
    """Make another member an owner and the giver an admin. Raises Refused or NoSuchMember. Inside the scope."""
    with _both(pk, by, "team.transfer") as (member, actor):
        if member.pk == actor.pk:
            raise Refused(_("The ownership is yours already; choose another member."))
        before = Level(member.level)
        member.level, actor.level = Level.OWNER, Level.ADMIN
        member.save(update_fields=["level"])
        actor.save(update_fields=["level"])
        _note(actor, "member.made_owner", member, before=before, after=Level.OWNER)
        _withdraw_invitations_above(actor, Level.ADMIN)
        return member


def locked(team: int) -> Workspace:
    """The team of this workspace, whose members and invitations nobody else changes until the transaction ends."""
    return Workspace.objects.select_for_update(no_key=True).get(pk=team)


@contextmanager
def _both(pk: int, by: Member, permission: str) -> Iterator[tuple[Member, Member]]:
    """The member and who acts, as they are now, with the team locked until the transaction ends."""
    team = locked(by.workspace_id)
    members = team.members.select_related("user", "workspace")
    found = {member.pk: member for member in members.filter(pk__in={pk, by.pk} - {None})}
    # A key is vouched for by who made it, whose level may have been changed as well.
    actor = vouched_for(by) if by.pk is None else found.get(by.pk)
    if actor is None or not allows(Level(actor.level), permission):
        raise Refused(_("Your own level was changed meanwhile; load the page again."))
    if pk not in found:
        raise NoSuchMember
    yield found[pk], actor


def _go(member: Member, actor: Member, action: str) -> None:
    if member.level == Level.OWNER:
        _refuse_without_owner(member)
    _note(actor, action, member, before=Level(member.level), after=None)
    _withdraw_invitations_above(member, None)
    Member.objects.filter(pk=member.pk).delete()


def _refuse_without_owner(member: Member) -> None:
    if not member.workspace.members.filter(level=Level.OWNER).exclude(pk=member.pk).exists():
        raise Refused(_("A workspace has at least one owner: make another member owner first."))


def _note(actor: Member, action: str, member: Member, *, before: Level, after: Level | None) -> None:
    Entry.record(
        by=actor,
        action=action,
        target=member,
        address=member.user.email,
        before={"level": before.english},
        after={"level": after.english} if after else {},
    )
    for environment in member.workspace.environments:
        announce("team.changed", environment.pk)


def _withdraw_invitations_above(member: Member, level: Level | None) -> None:
    """What somebody may no longer give, no mail of theirs gives either: nobody comes back by a second address."""
    theirs = Invitation.waiting().filter(invited_by=member.user)
    if level is not None and allows(level, "team.invite"):
        theirs = theirs.filter(level__gt=level)
    theirs.update(revoked_at=timezone.now(), mail_wanted_at=None)
