"""A new log-in by way of an invitation: the token waits in the session while its owner signs up or logs in."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from workspaces.team.inviting import NoSuchInvitation, behind, proves_address
from workspaces.team.models import Invitation

KEY = "invitation"


def remember(request: HttpRequest, token: str, invitation: Invitation) -> None:
    """Who has a link that was mailed has read the address's mail, so allauth takes it for verified."""
    request.session[KEY] = token
    if proves_address(token):
        get_adapter(request).stash_verified_email(request, invitation.address)


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def invited_address(request: HttpRequest) -> str:
    """The address whose open invitation this browser has come by; '' without one."""
    token = request.session.get(KEY, "")
    if not token:
        return ""
    try:
        with behind(token) as (_, invitation):
            return invitation.address if invitation.state == "open" else ""
    except NoSuchInvitation:
        return ""
