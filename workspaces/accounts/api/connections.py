"""The identity provider: begun, set up, switched off, removed. Only somebody who is logged in switches it on."""

from collections.abc import Mapping
from typing import Any

from django.shortcuts import get_object_or_404

from workspaces.accounts import metadata, setting_up
from workspaces.accounts.api import shapes, telling
from workspaces.accounts.api.policy import MANAGE
from workspaces.accounts.models import Connection
from workspaces.api.operations import Answer, Call, operation
from workspaces.api.problems import At, Refused
from workspaces.api.views import KeyedView
from workspaces.team.api.members import refuse_in_test


class TheConnection(KeyedView):
    @operation("sign_in_connection", MANAGE, "The identity provider", answer=shapes.ConnectionTold, refuses=(409,))
    def get(self, call: Call) -> Connection:
        return _connection(call)

    @operation(
        "sign_in_connect",
        MANAGE,
        "Begin with an identity provider, to learn which addresses it wants to know",
        answer=shapes.ConnectionTold,
        body=shapes.KindBody,
        status=201,
        vouched=True,
        refuses=(409,),
    )
    def post(self, call: Call) -> Answer:
        refuse_in_test(call)
        if Connection.objects.exists():
            raise Refused("conflict", "There is one already; remove it first.")
        made = setting_up.begin(call.body["kind"], by=call.by)
        return Answer(made, headers={"Location": "/api/v1/sign-in/connection"})

    @operation(
        "sign_in_set_up",
        MANAGE,
        "Say which identity provider it is; not while it is switched on",
        answer=shapes.ConnectionTold,
        body=shapes.ConnectionBody,
        matches=True,
        vouched=True,
        refuses=(409,),
    )
    def put(self, call: Call) -> Connection:
        connection = _connection(call, lock=True)
        if connection.enabled:
            raise Refused("conflict", "SSO is on: switch it off first, or let somebody who is logged in change it.")
        try:
            if connection.kind == Connection.Kind.OIDC:
                _set_up_oidc(connection, call)
            else:
                _set_up_saml(connection, call)
        except setting_up.Refused as reason:
            raise Refused("invalid", errors=[At(str(reason), pointer="/secret")]) from None
        telling.owners(call)
        return connection

    @operation(
        "sign_in_disconnect",
        MANAGE,
        "Remove the identity provider; a policy that asks for SSO asks no more, members stay",
        vouched=True,
        refuses=(409,),
    )
    def delete(self, call: Call) -> None:
        setting_up.remove(_connection(call, lock=True), by=call.by)
        telling.owners(call)


class Disabling(KeyedView):
    @operation(
        "sign_in_disable",
        MANAGE,
        "Switch SSO off: nobody logs in by it, and nothing asks for it",
        answer=shapes.ConnectionTold,
        vouched=True,
        refuses=(409,),
    )
    def post(self, call: Call) -> Connection:
        connection = _connection(call, lock=True)
        if connection.enabled:
            setting_up.disable(connection, by=call.by)
            telling.owners(call)
        return _connection(call)


class NewKey(KeyedView):
    @operation(
        "sign_in_rotate_key",
        MANAGE,
        "Make a new key of ours for SAML; what is sealed for the old one is opened for 30 days more",
        answer=shapes.ConnectionTold,
        vouched=True,
        refuses=(409,),
    )
    def post(self, call: Call) -> Connection:
        connection = _connection(call, lock=True)
        try:
            setting_up.rotate_key(connection, by=call.by)
        except setting_up.Refused as reason:
            raise Refused("conflict", str(reason)) from None
        return connection


def _connection(call: Call, *, lock: bool = False) -> Connection:
    refuse_in_test(call)
    return get_object_or_404(Connection.objects.select_for_update() if lock else Connection)


def _set_up_oidc(connection: Connection, call: Call) -> None:
    said = _only(call.body, needs=("issuer", "client_id"), may=("secret",))
    issuer = said["issuer"].strip().rstrip("/")
    try:
        setting_up.set_up_oidc(
            connection,
            issuer=issuer,
            client_id=said["client_id"],
            secret=said.get("secret", ""),
            joins=call.body["joins"],
            level=shapes.LEVELS[call.body["level"]],
            by=call.by,
        )
    except metadata.Unusable as reason:
        raise Refused("invalid", errors=[At(str(reason), pointer="/issuer")]) from None


def _set_up_saml(connection: Connection, call: Call) -> None:
    said = _only(call.body, needs=(), may=("metadata_url", "metadata_xml"))
    if len(said) != 1:
        raise Refused("invalid", errors=[At("Give metadata_url or metadata_xml, one of them.")])
    ((name, text),) = said.items()
    url = text.strip() if name == "metadata_url" else ""
    try:
        found = metadata.fetch_saml(url) if url else metadata.read_saml(text.encode())
    except metadata.Unusable as reason:
        raise Refused("invalid", errors=[At(str(reason), pointer=f"/{name}")]) from None
    level = shapes.LEVELS[call.body["level"]]
    setting_up.set_up_saml(connection, found, joins=call.body["joins"], level=level, by=call.by, url=url)


def _only(body: Mapping[str, Any], *, needs: tuple[str, ...], may: tuple[str, ...]) -> dict[str, str]:
    """What a connection of its kind takes. Raises Refused for what is missing, and for what is the other kind's."""
    both = {"joins", "level", *needs, *may}
    wrong = [At("Another kind of connection takes this.", pointer=f"/{name}") for name in body if name not in both]
    wrong += [At("This field is required.", pointer=f"/{name}") for name in needs if name not in body]
    if wrong:
        raise Refused("invalid", errors=wrong)
    return {name: body[name] for name in (*needs, *may) if name in body}
