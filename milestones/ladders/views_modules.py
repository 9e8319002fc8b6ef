"""What ladders tell the library's page of a module: where it is used, and which drafts could take it over."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milestones.ladders import modules
from milestones.ladders.enumeration import listed
from milestones.library.models import Milestone
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("ladders.read")
@require_GET
def uses(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Fragment for library/milestone.html."""
    milestone = get_object_or_404(Milestone, key=key)
    context = {
        "milestone": milestone,
        "versions": modules.versions_with(milestone),
        "copies": modules.other_copies(milestone),
    }
    return render(request, "ladders/_uses.html", context)


@workspace_view("ladders.edit")
@require_POST
def take_module(request: WorkspaceRequest, key: str) -> HttpResponse:
    """`ladder`: the keys of the ladders whose drafts take it over, as often as there are any."""
    milestone = get_object_or_404(Milestone, key=key)
    changed = modules.update(milestone, request.POST.getlist("ladder"), by=request.member)
    names = listed([draft.ladder.name for draft in changed])
    messages.success(
        request,
        _("%(name)s is now the same in the draft of %(names)s. It can be undone there.")
        % {"name": milestone.name, "names": names}
        if changed
        else _("No draft was changed: they say the same as the library."),
    )
    return redirect(milestone)
