"""A workspace made for somebody on the server: the first one of an installation whose sign-up is closed."""

from django.db import transaction

from workspaces.accounts import founding
from workspaces.accounts.adapter import vouch
from workspaces.audit.models import Entry
from workspaces.operator.acts import note
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.models import User, Workspace


def found(name: str, *, owner: str, time_zone: str, operator: str) -> tuple[Workspace, User, bool]:
    """The workspace, its owner, and whether their log-in is new: then it has no password, and they get in by a code
    that is mailed to them. `owner` is an e-mail address, `time_zone` one such as Europe/Berlin; both were checked.
    """
    address = owner.strip().lower()
    with transaction.atomic():
        user = User.objects.filter(email=address).first()
        new = user is None
        if user is None:
            user = User.objects.create_user(address)
            vouch(user)
        workspace = founding.make(name, time_zone=time_zone)
        member = workspace.join(user, Level.OWNER)
        with scope(workspace):
            Entry.record(by=None, action="workspace.made", target=workspace, actor=operator)
        note(operator, "founded", workspace, owner=member.user.email)
    return workspace, user, new
