"""The members of a workspace: who they are, another level, removal."""

from collections.abc import Callable

from django.http import Http404
from django.shortcuts import get_object_or_404

from workspaces.api.operations import Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import Refused
from workspaces.api.views import KeyedView
from workspaces.team import changing
from workspaces.team.api.shapes import LEVELS, LevelBody, MemberTold
from workspaces.tenants.models import Member


class Members(KeyedView):
    @operation("members_list", "team.read", "Who is a member, and at which level", answer=MemberTold, pages=True)
    def get(self, call: Call) -> Page:
        found = call.workspace.members.select_related("user")
        return page(found, call.asked, order=("joined_at", "pk"))


class OneMember(KeyedView):
    @operation("members_read", "team.read", "One member", answer=MemberTold)
    def get(self, call: Call, pk: int) -> Member:
        return get_object_or_404(call.workspace.members.select_related("user"), pk=pk)

    @operation(
        "members_change_level",
        "team.change",
        "Give a member another level; a workspace keeps at least one owner",
        answer=MemberTold,
        body=LevelBody,
        matches=True,
        vouched=True,
        refuses=(409,),
    )
    def patch(self, call: Call, pk: int) -> Member:
        return changed(call, lambda: changing.change_level(pk, LEVELS[call.body["level"]], by=call.by))

    @operation(
        "members_remove",
        "team.change",
        "Take a member out of the team, at once; a workspace keeps at least one owner",
        vouched=True,
        refuses=(409,),
    )
    def delete(self, call: Call, pk: int) -> None:
        changed(call, lambda: changing.remove(pk, by=call.by))


def changed(call: Call, act: Callable[[], Member]) -> Member:
    """What a verb of the team comes to. A key of the environment for tests changes nothing of live's team."""
    refuse_in_test(call)
    try:
        return act()
    except changing.NoSuchMember:
        raise Http404("Nobody of this team") from None
    except changing.Refused as refusal:
        raise Refused("conflict", str(refusal)) from None


def refuse_in_test(call: Call) -> None:
    if call.workspace.is_test:
        raise Refused("conflict", "The team belongs to the live workspace; use a key of that one.")
