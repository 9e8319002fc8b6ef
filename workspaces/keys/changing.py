"""What members (and keys that may) do to keys, each noted in the audit log, never with a token."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from workspaces.audit.models import Entry
from workspaces.keys import left
from workspaces.keys.models import ApiKey
from workspaces.tenants.access import Level
from workspaces.tenants.models import Member, User, Workspace


def issue(
    workspace: Workspace,
    *,
    kind: str,
    name: str,
    by: Member,
    scopes: Iterable[str] | None = None,
    expires_at: datetime | None = None,
    made_by: User | None = None,
) -> tuple[ApiKey, str]:
    """A new key, which may never do more than who makes it may. Returns it and its token, told this once.

    Of a key that a key makes, `made_by` is the member who made that one.
    """
    maker = made_by or by.user
    key, token = ApiKey.issue(
        workspace, kind=kind, name=name, scopes=scopes, level=by.level, expires_at=expires_at, made_by=maker
    )
    ends = expires_at.isoformat() if expires_at else ""
    Entry.record(by=by, action="key.issued", target=key, kind=key.kind, scopes=key.scopes, expires_at=ends)
    return key, token


def rotate(key: ApiKey, *, overlap: timedelta, by: Member, made_by: User | None = None) -> tuple[ApiKey, str]:
    """A new key in its place; the old one lives on for `overlap`. Returns the new one and its token.

    Where the old one's maker has left, whoever rotates it vouches for the new one: see `issue`.
    """
    vouches, level = key.made_by, key.level
    if left.without_maker().filter(pk=key.pk).exists():
        vouches, level = made_by or by.user, Level(min(key.level, by.level))
    made, token = key.rotate(overlap=overlap, made_by=vouches, level=level)
    assert key.expires_at is not None
    Entry.record(by=by, action="key.rotated", target=key, kind=key.kind, old_until=key.expires_at.isoformat())
    return made, token


def revoke(key: ApiKey, *, by: Member) -> None:
    """End it at once. Revoking twice changes nothing."""
    if key.revoked_at is None:
        key.revoke()
        Entry.record(by=by, action="key.revoked", target=key, kind=key.kind)
