"""How one workspace's data is kept from another's: the scope, the tenant model, row-level security, wake-up calls."""

from typing import Any

from workspaces.scope.current import CrossScope, OutsideScope, current_workspace_id, scope

__all__ = [
    "CrossScope",
    "OutsideScope",
    "TenantForeignKey",
    "TenantModel",
    "TenantRow",
    "current_workspace_id",
    "scope",
]


def __getattr__(name: str) -> Any:
    # Models can't be imported while Django still loads its apps, and this package is itself an app.
    if name in {"TenantForeignKey", "TenantModel", "TenantRow"}:
        from workspaces.scope import tenant

        return getattr(tenant, name)
    raise AttributeError(name)
