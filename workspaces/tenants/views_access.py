"""The first wall: a page of a workspace is entered through a membership, or it does not exist."""

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string

from workspaces.scope import scope
from workspaces.tenants.models import Member, Workspace

View = Callable[..., HttpResponse]


class WorkspaceRequest(HttpRequest):
    """What a view behind workspace_view receives."""

    workspace: Workspace
    member: Member


@functools.cache
def _gate() -> Callable[[WorkspaceRequest], HttpResponse | None]:
    """What turns members away whose session does not meet the workspace's sign-in policy; a room above knows it."""
    return import_string(settings.SIGN_IN_GATE)


def workspace_view(permission: str) -> Callable[[View], View]:
    """Let a member whose level suffices into the workspace of the URL, inside its scope.

    Anonymous visitors are sent to log in (an htmx request gets 401, so that no log-in page lands in a fragment),
    strangers get 404 as if the workspace did not exist, members of too low a level 403.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def enter(request: Any, *args: Any, workspace_slug: str, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                if request.headers.get("HX-Request"):
                    return HttpResponse("Your session has ended; log in again.", status=401)
                return redirect_to_login(request.get_full_path())
            member = (
                Member.objects.select_related("workspace", "user")
                .filter(user=request.user, workspace__slug=workspace_slug)
                .first()
            )
            if member is None:
                raise Http404("No such workspace")
            if not member.may(permission):
                raise PermissionDenied
            request.member, request.workspace = member, member.workspace
            if refusal := _gate()(request):
                return refusal
            with scope(member.workspace), timezone.override(member.workspace.zone):
                response = view(request, *args, **kwargs)
                # A lazily rendered template would run its queries outside of the scope.
                if hasattr(response, "render") and callable(response.render):
                    response.render()
            return response

        enter.permission = permission  # type: ignore[attr-defined]
        return enter

    return decorate
