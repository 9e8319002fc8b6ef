"""The door of a workspace: a member whose session does not meet its sign-in policy is led to what is missing."""

import logging

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from workspaces.accounts import facts
from workspaces.accounts.facts import Missing
from workspaces.accounts.models import Connection, Policy
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.models import Workspace
from workspaces.tenants.views_access import WorkspaceRequest

log = logging.getLogger(__name__)


def what_is_missing(request: WorkspaceRequest, policy: Policy) -> set[Missing]:
    """What `policy` would miss of this session."""
    shown = facts.of(request, request.member.user)
    # Which one is the workspace's own matters to sessions alone that came by some SSO.
    connection = own_connection(policy.workspace) if shown.connections else None
    return facts.missing(
        policy,
        shown,
        level=request.member.level,
        connection=connection.key if connection else "",
        now=timezone.now(),
    )


def own_connection(workspace: Workspace) -> Connection | None:
    """The workspace's identity provider, as long as it is switched on."""
    with scope(workspace):
        return Connection.objects.filter(enabled=True).first()


def turned_away(request: WorkspaceRequest) -> HttpResponse | None:
    """The answer to a session that is not let in, or None. Asked before the workspace's scope is entered."""
    policy = getattr(request.workspace.team, "sign_in_policy", None)  # it came with the member
    if policy is None or policy.asks_nothing:
        return None
    lacks = what_is_missing(request, policy)
    if not lacks:
        return None
    if request.headers.get("HX-Request"):
        return HttpResponse(gettext("This workspace asks for more before it lets you in; reload the page."), status=401)
    log.info("Member %s is asked for %s", request.member.pk, ", ".join(sorted(what.value for what in lacks)))
    user = request.member.user
    context = {
        "lacks": {what.value for what in lacks},
        "policy": policy,
        "way_names": [str(Policy.Method(way).label) for way in policy.methods],
        "connection": own_connection(policy.workspace),
        "has_factor": is_mfa_enabled(user),
        "owner": request.member.level >= Level.OWNER,
        "by_password": Policy.Method.PASSWORD in facts.of(request, user).methods,
        "next": request.get_full_path() if request.method == "GET" else "/",
    }
    return render(request, "accounts/turned_away.html", context, status=403)
