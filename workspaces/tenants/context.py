"""What every page's frame shows: the workspace, the member, and the other workspaces to switch to."""

from typing import Any

from django.http import HttpRequest


def workspace(request: HttpRequest) -> dict[str, Any]:
    """`workspace` and `member` are None outside of /w/…; `memberships` is empty for anonymous visitors."""
    user = getattr(request, "user", None)
    return {
        "workspace": getattr(request, "workspace", None),
        "member": getattr(request, "member", None),
        "memberships": user.memberships.select_related("workspace").order_by("workspace__name")
        if user is not None and user.is_authenticated
        else [],
    }
