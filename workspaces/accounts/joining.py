"""Membership that comes with a log-in by SSO."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.http import HttpRequest

from workspaces.accounts import connections
from workspaces.accounts.facts import Facts
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.team.changing import locked
from workspaces.tenants.access import Level
from workspaces.tenants.models import User, Workspace


def join_by_sso(request: HttpRequest, user: User, shown: Facts) -> None:
    """Make whoever logged in by a workspace's SSO a member, where the workspace wants that.

    A membership that is there keeps its level. The identity provider has vouched for the address (adapter_sso lets in
    none but those of the workspace's own domains), so it counts as verified.
    """
    for key in shown.connections:
        connection = connections.by_key(key)
        if connection is None or not connection.enabled:
            continue
        EmailAddress.objects.filter(user=user, email=user.email, verified=False).update(verified=True)
        workspace = Workspace.objects.get(pk=connection.home)
        with scope(workspace), transaction.atomic():
            if not connection.joins or locked(workspace.pk).members.filter(user=user).exists():
                continue
            member = workspace.join(user, Level(connection.level))
            Entry.record(by=member, action="member.joined_by_sso", target=workspace, level=Level(member.level).english)
