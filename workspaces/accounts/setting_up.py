"""Setting up a workspace's identity provider and its sign-in policy: what admins do, each noted. Inside the scope."""

from datetime import datetime, timedelta
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from workspaces.accounts import metadata, own_certificate
from workspaces.accounts.models import Connection, Domain, Policy
from workspaces.audit.models import Entry
from workspaces.keys.sealed import seal
from workspaces.tenants.models import Member

OVERLAP = timedelta(days=30)


class Refused(Exception):
    """The message says why, to the member."""


def begin(kind: str, *, by: Member) -> Connection:
    """A connection that is not set up yet: its key makes the addresses that identity providers want to know first."""
    found = Connection.objects.first()
    return found or Connection.objects.create(key=Connection.new_key(by.workspace_id), kind=kind, **_pair(kind))


def set_up_oidc(
    connection: Connection, *, issuer: str, client_id: str, secret: str, joins: bool, level: int, by: Member
) -> None:
    """`secret` may be empty to keep the one there is. Raises metadata.Unusable, Refused."""
    same = (connection.issuer, connection.client_id) == (issuer, client_id)
    if not secret and not (same and connection.secret):
        raise Refused(_("Enter the client’s secret, too."))
    metadata.check_oidc(issuer)
    told = {"issuer": issuer, "client_id": client_id, "joins": joins, "level": level}
    _save(connection, {**told, "secret": seal(secret.encode())} if secret else told, by=by)


def set_up_saml(
    connection: Connection, found: metadata.Saml, *, joins: bool, level: int, by: Member, url: str = ""
) -> None:
    """With every certificate that its metadata name: it may sign with any of them. `url`: where to read them again."""
    told = {"issuer": found.entity_id, "sso_url": found.sso_url, "certificate": "\n".join(found.certificates)}
    now = timezone.now() if url else None
    told |= {"metadata_url": url, "tried_at": now, "read_at": now, "read_problem": ""}  # type: ignore[dict-item]
    pair = {} if connection.own_key else _pair(connection.kind)
    _save(connection, {**told, **pair, "joins": joins, "level": level}, by=by)


def rotate_key(connection: Connection, *, by: Member) -> None:
    """A new pair of ours. Whatever is sealed for the old one is opened for OVERLAP, until the provider has our new
    metadata. Raises Refused while an older one still is: whoever has not come along would be kept out.
    """
    now = timezone.now()
    if connection.kind != Connection.Kind.SAML or not connection.own_key:
        raise Refused(_("There is no key of ours yet: set the identity provider up first."))
    if connection.former_until is not None and connection.former_until > now:
        raise Refused(_("The key before this one is still in use. Wait until its time is over."))
    connection.former_key, connection.former_until = connection.own_key, now + OVERLAP
    for name, value in _pair(connection.kind).items():
        setattr(connection, name, value)
    connection.save(update_fields=["former_key", "former_until", "own_key", "own_certificate"])
    until = connection.former_until.isoformat()
    Entry.record(by=by, action="sso.key_rotated", target=connection, until=until)


def forget_former_key(now: datetime) -> None:
    """Inside the scope."""
    over = Connection.objects.filter(former_until__lte=now).exclude(former_key="")
    over.update(former_key="", former_until=None)


def _pair(kind: str) -> dict[str, str]:
    if kind != Connection.Kind.SAML:
        return {}
    made = own_certificate.make("Firstmile")
    return {"own_certificate": made.certificate, "own_key": seal(made.private_key)}


def last_set_up(connection: Connection) -> Entry | None:
    """Who said last which provider it is, so that whoever switches it on sees whose word that was: a program's, say."""
    about = {"action": "sso.set_up", "target_type": "connection", "target_id": str(connection.pk)}
    return Entry.objects.filter(**about).order_by("-at", "-pk").first()


def enable(connection: Connection, *, by: Member) -> None:
    """Raises Refused while nobody could log in by it."""
    if not connection.issuer:
        raise Refused(_("Set the identity provider up first."))
    if not Domain.objects.filter(workspace_id=connection.home, verified_at__isnull=False).exists():
        raise Refused(_("Verify a domain first: SSO is for people of your own domains only."))
    if Connection.objects.filter(pk=connection.pk, enabled=False).update(enabled=True):
        Entry.record(by=by, action="sso.enabled", target=connection)


def disable(connection: Connection, *, by: Member) -> None:
    """A policy that asks for SSO asks no more: nobody could meet it."""
    if Connection.objects.filter(pk=connection.pk, enabled=True).update(enabled=False):
        connection.enabled = False
        Entry.record(by=by, action="sso.disabled", target=connection)
        policy = Policy.of(connection.workspace)
        methods = [way for way in policy.methods if way != Policy.Method.SSO]
        if policy.sso_required or methods != policy.methods:
            change_policy(policy.two_factor_from, sso_required=False, methods=methods, by=by)


@transaction.atomic
def remove(connection: Connection, *, by: Member) -> None:
    disable(connection, by=by)
    Entry.record(by=by, action="sso.removed", target=connection)
    SocialAccount.objects.filter(provider=connection.key).delete()
    connection.delete()


def change_policy(two_factor_from: Any, *, sso_required: bool, methods: list[str], by: Member) -> Policy:
    policy = Policy.of(by.workspace)
    before = policy.state()
    policy.two_factor_from, policy.sso_required, policy.methods = two_factor_from, sso_required, methods
    if policy.state() != before:
        policy.save()
        Entry.record(by=by, action="sign_in_policy.changed", target=policy, before=before, after=policy.state())
    return policy


def _save(connection: Connection, told: dict[str, Any], *, by: Member) -> None:
    """Who somebody was at another provider than now means nothing any more."""
    if connection.issuer != told["issuer"]:
        SocialAccount.objects.filter(provider=connection.key).delete()
    for name, value in told.items():
        setattr(connection, name, value)
    connection.save()
    said: dict[str, Any] = {name: told[name] for name in ("issuer", "client_id", "joins", "level") if name in told}
    if "certificate" in told:
        said["certificates"] = len(told["certificate"].split())
    Entry.record(by=by, action="sso.set_up", target=connection, kind=connection.get_kind_display(), **said)
