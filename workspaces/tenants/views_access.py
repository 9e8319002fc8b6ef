"""The first wall: a page of a workspace is entered through a membership, or it does not exist."""

import functools
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext

from workspaces.scope import scope
from workspaces.tenants.models import Member, User, Workspace

View = Callable[..., HttpResponse]


class WorkspaceRequest(HttpRequest):
    """What a view behind workspace_view receives."""

    workspace: Workspace
    member: Member


def member_at(slug: str, user: User) -> Member | None:
    """`user` as a member in the workspace or environment for tests that has this slug; None for strangers."""
    here = Q(workspace__slug=slug) | Q(workspace__test_environment__slug=slug)
    joined = Member.objects.select_related("workspace__test_environment", "user", *settings.MEMBER_WITH)
    member = joined.filter(here, user=user).first()
    if member is None:
        return None
    return member.in_environment(next(one for one in member.workspace.environments if one.slug == slug))


@functools.cache
def _gates() -> list[Callable[[WorkspaceRequest], HttpResponse | None]]:
    """What turns members away after all: while the workspace is suspended, or their session does not meet its sign-in
    policy. Rooms above know it; what they rest on comes with the member (MEMBER_WITH), so asking costs no query.
    """
    return [import_string(path) for path in settings.WORKSPACE_GATES]


def workspace_view(permission: str, *, scoped: bool = True) -> Callable[[View], View]:
    """Let a member whose level suffices into the workspace of the URL, inside its scope.

    `scoped=False` is for the few views that have to do with both environments: they enter one scope after the other.

    Anonymous visitors are sent to log in (an htmx request gets 401, so that no log-in page lands in a fragment),
    strangers get 404 as if the workspace did not exist, members of too low a level 403.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def enter(request: Any, *args: Any, workspace_slug: str, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                if request.headers.get("HX-Request"):
                    return HttpResponse(gettext("Your session has ended; log in again."), status=401)
                return redirect_to_login(request.get_full_path())
            member = member_at(workspace_slug, request.user)
            if member is None:
                raise Http404("No such workspace")
            if not member.may(permission):
                raise PermissionDenied
            request.member, request.workspace = member, member.workspace
            for gate in _gates():
                if refusal := gate(request):
                    return refusal
            if not request.headers.get("HX-Request"):  # an open page that asks for news is nobody
                member.seen()
            inside = scope(member.workspace) if scoped else nullcontext()
            with inside, timezone.override(member.zone):
                response = view(request, *args, **kwargs)
                # A lazily rendered template would run its queries outside of the scope.
                if hasattr(response, "render") and callable(response.render):
                    response.render()
            return response

        enter.permission = permission  # type: ignore[attr-defined]
        return enter

    return decorate
