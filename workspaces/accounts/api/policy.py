"""The sign-in policy. A program has no session that a policy could lock out, and owners always get in."""

from typing import Any

from workspaces.accounts import gate, setting_up
from workspaces.accounts.api import shapes, telling
from workspaces.accounts.models import Policy
from workspaces.api.operations import Call, operation
from workspaces.api.problems import At, Refused
from workspaces.api.views import KeyedView
from workspaces.team.api.members import refuse_in_test

MANAGE = "sign_in.manage"


class ThePolicy(KeyedView):
    @operation(
        "sign_in_policy", MANAGE, "What a session must have shown", answer=shapes.PolicyTold, plain=True, refuses=(409,)
    )
    def get(self, call: Call) -> dict[str, Any]:
        refuse_in_test(call)
        return _told(Policy.of(call.workspace))

    @operation(
        "sign_in_change_policy",
        MANAGE,
        "Change it; it holds for sessions that are open, too",
        answer=shapes.PolicyTold,
        body=shapes.PolicyBody,
        matches=True,
        plain=True,
        vouched=True,
        refuses=(409,),
    )
    def patch(self, call: Call) -> dict[str, Any]:
        refuse_in_test(call)
        before = _told(Policy.of(call.workspace))
        said = {**before, **call.body}
        if said["sso_required"] and gate.own_connection(call.workspace) is None:
            raise Refused("invalid", errors=[At("Switch SSO on first.", pointer="/sso_required")])
        methods = [way for way in Policy.Method.values if way in said["methods"]]
        changed = setting_up.change_policy(
            said["two_factor_from"], sso_required=said["sso_required"], methods=methods, by=call.by
        )
        if _told(changed) != before:
            telling.owners(call)
        return _told(changed)


def _told(policy: Policy) -> dict[str, Any]:
    return {
        "two_factor_from": policy.two_factor_from,
        "sso_required": policy.sso_required,
        "methods": list(policy.methods),
    }
