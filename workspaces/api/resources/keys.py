"""Keys for programs: a key with the scope may list, make, rotate and revoke keys, none of which may do more than it."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers

from workspaces.api.operations import Answer, Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import At, Refused
from workspaces.api.shapes import Body, Text
from workspaces.api.views import KeyedView
from workspaces.keys import changing, left
from workspaces.keys.models import ApiKey
from workspaces.keys.scopes import SCOPES, completed

MANAGE = "keys.manage"
LONGEST_OVERLAP_HOURS = 24 * 30


class KeyTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    kind = serializers.ChoiceField(ApiKey.Kind.values)
    hint = serializers.CharField(help_text="Its first and last characters.")
    scopes = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    replaces = serializers.IntegerField(
        source="replaces_id", allow_null=True, help_text="The key that it was rotated from."
    )
    left_at = serializers.DateTimeField(
        allow_null=True, help_text="When it was seen that who made it is no member any more; then it ends soon."
    )


class KeyMade(KeyTold):
    token = serializers.CharField(help_text="It is told this once.")


class KeyBody(Body):
    example = {"name": "Warehouse", "kind": "secret", "scopes": ["people:read"]}

    name = Text(max_length=80)
    kind = serializers.ChoiceField(ApiKey.Kind.values)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(list(SCOPES)),
        required=False,
        help_text="Of a secret key; no more than yours has.",
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True)


class RotationBody(Body):
    example = {"overlap_hours": 24}

    overlap_hours = serializers.IntegerField(
        min_value=0, max_value=LONGEST_OVERLAP_HOURS, default=24, help_text="For how long the old one lives on."
    )


class Keys(KeyedView):
    @operation("keys_list", MANAGE, "The workspace's keys", answer=KeyTold, pages=True)
    def get(self, call: Call) -> Page:
        return page(_keys(call), call.asked, order=("created_at", "pk"))

    @operation(
        "keys_create",
        MANAGE,
        "A new key; its token is told this once",
        answer=KeyMade,
        body=KeyBody,
        status=201,
        plain=True,
        vouched=True,
    )
    def post(self, call: Call) -> Answer:
        said = call.body
        scopes = completed(said.get("scopes", call.key.scopes)) if said["kind"] == ApiKey.Kind.SECRET else []
        if more := [scope for scope in scopes if scope not in call.key.scopes]:
            raise Refused("invalid", errors=[At(f"Your own key lacks {', '.join(more)}.", pointer="/scopes")])
        ends = said.get("expires_at")
        if ends is not None and ends <= timezone.now():
            raise Refused("invalid", errors=[At("This is over already.", pointer="/expires_at")])
        made = {"kind": said["kind"], "name": said["name"], "scopes": scopes, "expires_at": ends}
        key, token = changing.issue(call.workspace, **made, by=call.by, made_by=call.key.made_by)
        return Answer(_told(key, token), headers={"Location": f"/api/v1/keys/{key.pk}"})


class OneKey(KeyedView):
    @operation("keys_read", MANAGE, "One key", answer=KeyTold)
    def get(self, call: Call, pk: int) -> ApiKey:
        return get_object_or_404(_keys(call), pk=pk)


class Rotation(KeyedView):
    @operation(
        "keys_rotate",
        MANAGE,
        "A new token in a key's place, told this once; the old one lives on for a while",
        answer=KeyMade,
        body=RotationBody,
        refuses=(409,),
        plain=True,
        vouched=True,
    )
    def post(self, call: Call, pk: int) -> dict[str, Any]:
        key = get_object_or_404(_keys(call).select_for_update(), pk=pk)
        if not key.is_live:
            raise Refused("conflict", "The key is over; make a new one.")
        if set(key.scopes) - set(call.key.scopes) or key.level > call.key.level:
            raise Refused("level_too_low", "The key may do more than yours.")
        overlap = timedelta(hours=call.body["overlap_hours"])
        return _told(*changing.rotate(key, overlap=overlap, by=call.by, made_by=call.key.made_by))


class Adoption(KeyedView):
    @operation(
        "keys_adopt",
        MANAGE,
        "Vouch for a key whose maker has left: whoever made yours does from now on, and it ends when it would have",
        answer=KeyTold,
        refuses=(409,),
        vouched=True,
    )
    def post(self, call: Call, pk: int) -> ApiKey:
        key = get_object_or_404(_keys(call), pk=pk)
        if set(key.scopes) - set(call.key.scopes):
            raise Refused("level_too_low", "The key may do more than yours.")
        if not left.adopt([key], by=call.by, maker=call.key.made_by):
            raise Refused("conflict", "Its maker is a member, or it is over, or it is no secret key.")
        return _keys(call).get(pk=pk)


class Revocation(KeyedView):
    @operation("keys_revoke", MANAGE, "End a key at once", answer=KeyTold, vouched=True)
    def post(self, call: Call, pk: int) -> ApiKey:
        key = get_object_or_404(_keys(call), pk=pk)
        changing.revoke(key, by=call.by)
        return key


def _keys(call: Call) -> "QuerySet[ApiKey]":
    return ApiKey.objects.filter(workspace=call.workspace)


def _told(key: ApiKey, token: str) -> dict[str, Any]:
    return {**KeyTold(key).data, "token": token}
