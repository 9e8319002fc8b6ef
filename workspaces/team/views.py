"""The team's page: members and open invitations; what happens to members."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from workspaces.keys.models import ApiKey
from workspaces.team import changing
from workspaces.team.forms import InviteForm, LevelForm, levels_up_to
from workspaces.team.models import Invitation
from workspaces.team.views_team import team_view
from workspaces.tenants.access import GROUPS, Level
from workspaces.tenants.models import Member
from workspaces.tenants.templatetags.ui import noun
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@team_view("team.read")
@require_GET
def members(request: WorkspaceRequest) -> HttpResponse:
    return page(request, InviteForm(by=request.member))


@workspace_view("team.read")
@require_GET
def levels(request: WorkspaceRequest) -> HttpResponse:
    return render(request, "team/levels.html", {"groups": GROUPS, "levels": list(Level)})


@team_view("team.change")
@require_POST
def level(request: WorkspaceRequest, pk: int) -> HttpResponse:
    get_object_or_404(request.workspace.members, pk=pk)
    form = LevelForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the levels."))
        return _back(request)
    given = form.cleaned_data["level"]

    def act() -> str:
        member = changing.change_level(pk, given, by=request.member)
        return _("%(member)s is now %(level)s.") % {"member": member, "level": noun(given.label)}

    return _do(request, act)


@team_view("team.change")
@require_POST
def removal(request: WorkspaceRequest, pk: int) -> HttpResponse:
    return _do(request, lambda: _said_of_removed(changing.remove(pk, by=request.member)))


@team_view("team.transfer")
@require_POST
def ownership(request: WorkspaceRequest, pk: int) -> HttpResponse:
    return _do(
        request,
        lambda: (
            _("%(member)s is owner now, and you are admin.") % {"member": changing.hand_over(pk, by=request.member)}
        ),
    )


@team_view("team.read")
@require_POST
def leaving(request: WorkspaceRequest) -> HttpResponse:
    try:
        changing.leave(by=request.member)
    except changing.Refused as refused:
        messages.error(request, str(refused))
        return _back(request)
    messages.success(request, _("You have left %(workspace)s.") % {"workspace": request.workspace.name})
    return redirect("home")


def page(request: WorkspaceRequest, form: InviteForm, *, link: str = "", status: int = 200) -> HttpResponse:
    rows = list(request.workspace.members.select_related("user").order_by("-level", "user__name", "user__email"))
    owners = sum(row.level == Level.OWNER for row in rows)
    context = {
        "rows": rows,
        "last_owner": owners == 1,
        "levels": levels_up_to(request.member),
        "owner_level": Level.OWNER,
        "invitations": Invitation.waiting().select_related("invited_by").order_by("-made_at"),
        "form": form,
        "link": link,
    }
    return render(request, "team/members.html", context, status=status)


def _said_of_removed(member: Member) -> str:
    """With the keys that they made: programs go on with those, and they may have them still."""
    theirs = {"workspace__in": member.workspace.environments, "made_by": member.user, "kind": ApiKey.Kind.SECRET}
    left = ApiKey.live().filter(**theirs).count()
    said = gettext("%(name)s is no longer a member.") % {"name": member}
    if not left:
        return said
    keys = ngettext(
        "%(n)d secret key that they made works for 30 days more: rotate it under Keys, or take it over.",
        "%(n)d secret keys that they made work for 30 days more: rotate them under Keys, or take them over.",
        left,
    )
    return f"{said} {keys % {'n': left}}"


def _do(request: WorkspaceRequest, act: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, act())
    except changing.Refused as refused:
        messages.error(request, str(refused))
    except changing.NoSuchMember:
        raise Http404("Nobody of this team") from None
    return _back(request)


def _back(request: WorkspaceRequest) -> HttpResponse:
    return redirect("team:members", workspace_slug=request.workspace.slug)
