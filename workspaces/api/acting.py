"""Who acts when a program does: a key, where verbs expect the member who does something."""

from typing import cast

from workspaces.api.problems import Refused
from workspaces.keys.models import ApiKey
from workspaces.tenants.access import PERMISSIONS, Level
from workspaces.tenants.models import Member, User, Workspace


class KeyHolder:
    """Stands where a member would. It has no log-in (`user` is None); the audit log names the key."""

    user: User | None = None
    user_id: int | None = None
    pk: int | None = None

    def __init__(self, key: ApiKey, workspace: Workspace) -> None:
        self.key, self.workspace = key, workspace
        self.workspace_id = workspace.pk
        self.level = key.level

    def __str__(self) -> str:
        return f"key {self.key.name}"

    def may(self, permission: str) -> bool:
        """As Member.may, within the key's scopes."""
        if permission == "ladders.publish" and self.level < self.workspace.publishers:
            return False
        return self.key.may(permission) and self.level >= PERMISSIONS[permission]


def holder(key: ApiKey, workspace: Workspace) -> Member:
    """The key as verbs take it. (Typed as what they expect: they use `user`, `may` and str() of it, and no more.)"""
    return cast(Member, KeyHolder(key, workspace))


def vouched_for(by: Member) -> Member:
    """The same key at no more than the level that its maker has now. Raises Refused where the maker has gone.

    For what changes who gets in, and what cannot be undone: whoever was shown the door leaves no key behind that
    opens it again.
    """
    if not isinstance(by, KeyHolder):
        return by
    maker = by.workspace.member(user=by.key.made_by_id) if by.key.made_by_id else None
    if maker is None:
        raise Refused(
            "level_too_low", "Nobody vouches for this key: who made it is no member any more. Make a new one."
        )
    vouched = KeyHolder(by.key, by.workspace)
    vouched.level = Level(min(by.level, maker.level))
    return cast(Member, vouched)


def answers_for(by: Member) -> int | None:
    """The log-in that answers for what `by` does: the member's own, or that of whoever made the key."""
    return by.key.made_by_id if isinstance(by, KeyHolder) else by.user_id
