from django.http import HttpRequest

from workspaces.team.signing_up import invited_address
from workspaces.tenants.adapter import ClosedSignUpAdapter


class InvitedSignUpAdapter(ClosedSignUpAdapter):
    """Log-ins are made by the operator, and by whoever was invited."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(invited_address(request))
