"""Inviting: asking addresses, asking once more, a link to hand over by other means, and withdrawing."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from workspaces.audit.models import Entry
from workspaces.team import inviting
from workspaces.team.changing import Refused
from workspaces.team.forms import InviteForm
from workspaces.team.models import Invitation
from workspaces.team.views import page
from workspaces.team.views_team import team_view
from workspaces.tenants.views_access import WorkspaceRequest


@team_view("team.invite")
@require_POST
def invite(request: WorkspaceRequest) -> HttpResponse:
    form = InviteForm(request.POST, by=request.member)
    if not form.is_valid():
        return page(request, form, status=422)
    asked, refused = [], []
    for address in form.cleaned_data["addresses"]:
        try:
            asked.append(inviting.invite(address, form.cleaned_data["level"], by=request.member).address)
        except Refused as refusal:
            refused.append(str(refusal))
    if asked:
        messages.success(
            request,
            ngettext(
                "%(addresses)s will get an invitation by e-mail.",
                "%(addresses)s will get an invitation by e-mail.",
                len(asked),
            )
            % {"addresses": ", ".join(asked)},
        )
    for sentence in refused:
        messages.error(request, sentence)
    return redirect("team:members", workspace_slug=request.workspace.slug)


@team_view("team.invite")
@require_POST
def again(request: WorkspaceRequest, pk: int) -> HttpResponse:
    invitation = _waiting(request, pk)
    try:
        inviting.send_again(invitation, by=request.member)
        messages.success(request, _("%(address)s gets the invitation once more.") % {"address": invitation.address})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("team:members", workspace_slug=request.workspace.slug)


@team_view("team.invite")
@require_POST
def link(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """A link to hand over where mail doesn't arrive; shown once. It is good for the invited address alone."""
    invitation = _waiting(request, pk)
    Entry.record(by=request.member, action="invitation.link_made", target=invitation)
    return page(request, InviteForm(by=request.member), link=inviting.new_link(invitation))


@team_view("team.invite")
@require_POST
def revocation(request: WorkspaceRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk)
    inviting.revoke(invitation, by=request.member)
    messages.success(
        request,
        _("The invitation of %(address)s is withdrawn; its link leads nowhere now.") % {"address": invitation.address},
    )
    return redirect("team:members", workspace_slug=request.workspace.slug)


def _waiting(request: WorkspaceRequest, pk: int) -> Invitation:
    """Of one that is above the member's own level nobody makes a link, nor has it sent."""
    return get_object_or_404(Invitation.waiting(), pk=pk, level__lte=request.member.level)
