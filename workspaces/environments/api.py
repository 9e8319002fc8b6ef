"""The environments of a workspace for programs: which there are, and making the one for tests with its first key."""

from typing import Any

from rest_framework import serializers

from workspaces.api.operations import Answer, Call, operation
from workspaces.api.problems import At, Refused
from workspaces.api.shapes import Body, Text
from workspaces.api.views import KeyedView
from workspaces.environments.making import make_test_from_within
from workspaces.keys import changing
from workspaces.keys.models import ApiKey
from workspaces.keys.scopes import SCOPES, completed
from workspaces.tenants.models import Workspace


class EnvironmentTold(serializers.Serializer):
    slug = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(["live", "test"])
    yours = serializers.BooleanField(help_text="Whether it is the one that your key opens.")


class Environments(serializers.Serializer):
    live = EnvironmentTold()
    test = EnvironmentTold(allow_null=True)


class EnvironmentMade(EnvironmentTold):
    token = serializers.CharField(allow_null=True, help_text="Of its first key; it is told this once.")


class TestBody(Body):
    example = {"key": "CI", "scopes": ["people:read"]}

    key = Text(
        max_length=ApiKey.LONGEST_NAME, required=False, help_text="The name of a secret key there; none: no key."
    )
    scopes = serializers.ListField(
        child=serializers.ChoiceField(list(SCOPES)), required=False, help_text="Of that key; no more than yours has."
    )


class TheEnvironments(KeyedView):
    @operation("environments_read", "settings.read", "Live and test", answer=Environments, plain=True)
    def get(self, call: Call) -> dict[str, Any]:
        team = call.workspace.team
        return {"live": _told(team, call), "test": _told(team.test, call) if team.test else None}


class TestEnvironment(KeyedView):
    @operation(
        "environments_make",
        "environments.make",
        "Make the environment for tests; a key of live may have a first key of it",
        answer=EnvironmentMade,
        body=TestBody,
        status=201,
        plain=True,
        vouched=True,
        refuses=(409,),
    )
    def post(self, call: Call) -> Answer:
        if call.workspace.is_test:
            raise Refused("conflict", "This is the environment for tests; use a key of live.")
        scopes = completed(call.body.get("scopes", call.key.scopes))
        if more := [one for one in scopes if one not in call.key.scopes]:
            raise Refused("invalid", errors=[At(f"Your own key lacks {', '.join(more)}.", pointer="/scopes")])
        test = make_test_from_within(by=call.by)
        if test is None:
            raise Refused("conflict", "There is one already. Keys of it are made in it.")
        token = None
        if "key" in call.body:
            made = {"kind": ApiKey.Kind.SECRET, "name": call.body["key"], "scopes": scopes}
            _, token = changing.issue(test, **made, by=call.by, made_by=call.key.made_by)
        return Answer({**_told(test, call), "token": token}, headers={"Location": "/api/v1/environments"})


def _told(environment: Workspace, call: Call) -> dict[str, Any]:
    kind = "test" if environment.is_test else "live"
    yours = environment.pk == call.workspace.pk
    return {"slug": environment.slug, "name": environment.name, "kind": kind, "yours": yours}
