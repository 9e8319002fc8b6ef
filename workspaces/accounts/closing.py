"""Closing one's own log-in: whoever it was is forgotten, and what they did stays signed as it was.

The row stays, as a number that rows of workspaces refer to, without anything that says whose it was.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from workspaces.accounts.models import SignUp
from workspaces.scope import scope
from workspaces.team import changing
from workspaces.tenants.access import Level
from workspaces.tenants.models import User, Workspace

CLOSED = "Closed account"


def held_by(user: User) -> list[Workspace]:
    """The workspaces whose last owner they are: each must have another, or be deleted, first."""
    owned = user.memberships.filter(level=Level.OWNER).select_related("workspace").order_by("workspace__name")
    return [
        member.workspace
        for member in owned
        if not member.workspace.members.filter(level=Level.OWNER).exclude(user=user).exists()
    ]


@transaction.atomic
def close(user: User) -> None:
    """Leave every workspace and forget who it is. Outside of any scope. Raises changing.Refused for a last owner."""
    User.objects.select_for_update().get(pk=user.pk)
    for member in user.memberships.select_related("workspace").order_by("workspace"):
        with scope(member.workspace):
            changing.leave(by=member)
    theirs = UserSession.objects.filter(user=user)
    Session.objects.filter(pk__in=list(theirs.values_list("session_key", flat=True))).delete()
    for model in (UserSession, Authenticator, SocialAccount, EmailAddress, SignUp):
        model._default_manager.filter(user=user).delete()
    nobody = User(pk=user.pk, email=f"closed-{user.pk}@closed.invalid", name=CLOSED, is_active=False)
    nobody.set_unusable_password()
    nobody.joined_at = user.joined_at
    nobody.save(force_update=True)
