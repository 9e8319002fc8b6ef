"""What an invitation's link opens: for whom it is, and one button."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from workspaces.team import inviting, signing_up
from workspaces.team.changing import Refused
from workspaces.tenants.models import User

STATUS = {"open": 200, "nothing": 404, "another": 200}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """GET says what it is; POST, by the log-in of the invited address, joins."""
    user = request.user
    if request.method == "POST" and isinstance(user, User):
        try:
            workspace = inviting.accept(token, user)
        except (inviting.NoSuchInvitation, inviting.AnotherAddress, Refused):
            return _page(request, token)
        signing_up.forget(request)
        messages.success(request, _("Welcome to %(workspace)s.") % {"workspace": workspace.name})
        return redirect("tenants:entrance", workspace_slug=workspace.slug)
    return _page(request, token)


def _page(request: HttpRequest, token: str) -> HttpResponse:
    user = request.user
    context: dict[str, Any] = {"state": "nothing"}
    try:
        with inviting.behind(token) as (workspace, found):
            context = {"state": found.state, "invitation": found, "to": workspace, "inviter": found.invited_by}
            # Who has it from a member of some workspace learns nothing of who has a log-in here.
            known = inviting.proves_address(token) and User.objects.filter(email=found.address).exists()
    except inviting.NoSuchInvitation:
        return render(request, "team/invited.html", context, status=404)
    if context["state"] == "open":
        if not isinstance(user, User):
            context["known"] = known
            signing_up.remember(request, token, context["invitation"])
        elif user.email.lower() != context["invitation"].address:
            context["state"] = "another"
    elif isinstance(user, User):
        context["member"] = workspace.member(user=user)
    return render(request, "team/invited.html", context, status=STATUS.get(context["state"], 410))
