"""The shapes of members and invitations for the REST API."""

from rest_framework import serializers

from workspaces.api.shapes import Body, Text
from workspaces.team.models import Invitation
from workspaces.tenants.access import Level
from workspaces.tenants.models import Member

LEVELS = {level.name.lower(): level for level in Level}


class MemberTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    email = serializers.CharField(source="user.email")
    name = serializers.CharField(source="user.name", allow_blank=True)
    level = serializers.SerializerMethodField()
    joined_at = serializers.DateTimeField()

    def get_level(self, member: Member) -> str:
        return Level(member.level).name.lower()


class LevelBody(Body):
    example = {"level": "editor"}

    level = serializers.ChoiceField(list(LEVELS), help_text="At most that of your key, and of who made it.")


class InvitationTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    address = serializers.CharField()
    level = serializers.SerializerMethodField()
    state = serializers.ChoiceField(["open", "expired", "accepted", "revoked"])
    invited_by = serializers.CharField(
        source="invited_by.email", allow_null=True, default=None, help_text="A member, or who made the key that did it."
    )
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    mailed_at = serializers.DateTimeField(allow_null=True, help_text="Null until a worker has sent the mail.")
    problem = serializers.CharField(allow_blank=True, help_text="Why the mail could not be sent.")

    def get_level(self, invitation: Invitation) -> str:
        return Level(invitation.level).name.lower()


class InvitationBody(Body):
    example = {"address": "olga@example.com", "level": "viewer"}

    address = Text(max_length=254, help_text="An e-mail address; a link goes there that is good for it alone.")
    level = serializers.ChoiceField(list(LEVELS), help_text="At most that of your key, and of who made it.")


class InvitationFilters(serializers.Serializer):
    address = serializers.CharField(required=False, max_length=254)
    waiting = serializers.BooleanField(
        required=False, default=False, help_text="Only those that were neither accepted nor revoked."
    )


class InvitationLink(serializers.Serializer):
    link = serializers.CharField(help_text="It is told this once.")
