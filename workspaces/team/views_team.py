"""The team belongs to the live workspace; from its environment for tests one is led there."""

import functools
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from workspaces.tenants.views_access import View, WorkspaceRequest, workspace_view


def team_view(permission: str, *, lands: str = "team:members") -> Any:
    """As workspace_view, and always in the live workspace: from elsewhere one lands on that page of it."""

    def decorate(view: View) -> Any:
        @functools.wraps(view)
        def in_live(request: WorkspaceRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.workspace.is_test:
                return redirect(lands, workspace_slug=request.workspace.team.slug)
            return view(request, *args, **kwargs)

        return workspace_view(permission)(in_live)

    return decorate
