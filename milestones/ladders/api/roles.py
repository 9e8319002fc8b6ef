"""Roles: the kinds of end users that ladders are for, in the order in which they are asked."""

from typing import Any

from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404

from milestones.ladders.api import shapes
from milestones.ladders.models import Role
from milestones.ladders.roles import writing
from milestones.ladders.roles.order import put_in_order
from milestones.ladders.roles.standing import in_order
from milestones.library.content import read_key
from milestones.library.criteria import CriterionError, parse_rule, to_data
from milestones.library.problems import Problems
from milestones.library.shapes import unwritable
from workspaces.api.operations import Answer, Call, operation
from workspaces.api.paging import Page, page_of_list
from workspaces.api.problems import Refused
from workspaces.api.views import KeyedView


class Roles(KeyedView):
    @operation(
        "roles_list",
        "ladders.read",
        "The roles, in the order in which they are asked",
        answer=shapes.RoleInFull,
        pages=True,
    )
    def get(self, call: Call) -> Page:
        return page_of_list(in_order(), call.asked)

    @operation(
        "roles_create",
        "ladders.edit",
        "A new role, asked last unless its precedence says otherwise",
        answer=shapes.RoleInFull,
        body=shapes.NewRole,
        status=201,
        refuses=(409,),
    )
    def post(self, call: Call) -> Answer:
        said, problems = call.body, Problems()
        read_key(said["key"], "key", problems)
        if problems:
            raise unwritable(problems)
        try:
            with transaction.atomic():
                role = writing.make(
                    key=said["key"],
                    name=said["name"],
                    rule=_rule(said["rule"]),
                    precedence=said.get("precedence"),
                    by=call.by,
                )
        except IntegrityError:
            raise Refused("conflict", f"There is a role with the key {said['key']} already.") from None
        return Answer(role, headers={"Location": f"/api/v1/roles/{role.key}"})


class OneRole(KeyedView):
    @operation("roles_read", "ladders.read", "One role", answer=shapes.RoleInFull)
    def get(self, call: Call, key: str) -> Role:
        return get_object_or_404(Role, key=key)

    @operation(
        "roles_change",
        "ladders.edit",
        "Change a role; it takes effect with the next publication of its ladders",
        answer=shapes.RoleInFull,
        body=shapes.RoleBody,
        matches=True,
    )
    def put(self, call: Call, key: str) -> Role:
        role = get_object_or_404(Role, key=key)
        writing.change(role, name=call.body["name"], rule=_rule(call.body["rule"]), by=call.by)
        return role

    @operation("roles_delete", "ladders.edit", "Delete a role that no ladder has", refuses=(409,))
    def delete(self, call: Call, key: str) -> None:
        role = get_object_or_404(Role, key=key)
        try:
            writing.delete(role, by=call.by)
        except writing.InUse as error:
            raise Refused("conflict", str(error)) from None


class Order(KeyedView):
    @operation(
        "roles_order",
        "ladders.edit",
        "Ask the roles in this order; those that are not named keep their place",
        answer=shapes.RoleList,
        body=shapes.OrderBody,
    )
    def put(self, call: Call) -> dict[str, Any]:
        put_in_order(call.body["order"], by=call.by)
        return {"data": in_order()}


def _rule(said: Any) -> dict[str, Any]:
    try:
        rule: dict[str, Any] = to_data(parse_rule(said))
    except CriterionError as error:
        raise unwritable(error.problems, below="rule", at="/rule") from None
    return rule
