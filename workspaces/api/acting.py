"""Who acts when a program does: a key, where verbs expect the member who does something."""

from typing import cast

from workspaces.keys.models import ApiKey
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
        return self.key.may(permission)


def holder(key: ApiKey, workspace: Workspace) -> Member:
    """The key as verbs take it. (Typed as what they expect: they use `user`, `may` and str() of it, and no more.)"""
    return cast(Member, KeyHolder(key, workspace))
