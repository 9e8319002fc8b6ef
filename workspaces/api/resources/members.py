"""The members of a workspace for programs, to read."""

from rest_framework import serializers

from workspaces.api.operations import Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.views import KeyedView
from workspaces.tenants.access import Level
from workspaces.tenants.models import Member


class MemberTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    email = serializers.CharField(source="user.email")
    name = serializers.CharField(source="user.name", allow_blank=True)
    level = serializers.SerializerMethodField()
    joined_at = serializers.DateTimeField()

    def get_level(self, member: Member) -> str:
        return Level(member.level).name.lower()


class Members(KeyedView):
    @operation("members_list", "settings.read", "Who is a member, and at which level", answer=MemberTold, pages=True)
    def get(self, call: Call) -> Page:
        found = call.workspace.members.select_related("user")
        return page(found, call.asked, order=("joined_at", "pk"))
