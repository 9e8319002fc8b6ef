"""Workspaces as an operator sees them: how many and how much there is, and nothing of what it is."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol, cast

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.module_loading import import_string

from workspaces.keys.models import ApiKey
from workspaces.operator.models import Suspension
from workspaces.privacy.models import Deletion
from workspaces.scope import scope
from workspaces.tenants.models import Member, Workspace


class Size(Protocol):
    """What the room that knows tells of a workspace (settings.WORKSPACE_SIZE)."""

    @property
    def people(self) -> int: ...

    @property
    def messages(self) -> int: ...

    @property
    def last_event_at(self) -> datetime | None: ...


class Listed(NamedTuple):
    """`members` and `suspended` are those of its team; `size`: None where nobody asked."""

    workspace: Workspace
    members: int
    keys: int
    suspended: bool
    deleted_on: datetime | None
    size: Size | None = None

    @property
    def state(self) -> str:
        if self.deleted_on is not None:
            return f"to be deleted on {self.deleted_on:%Y-%m-%d}"
        return "suspended" if self.suspended else ""


def workspaces(asked: str = "") -> "QuerySet[Workspace]":
    """Those whose name or address has this in it, by address; live before test."""
    found = Workspace.objects.select_related("live").order_by("slug")
    return found.filter(Q(name__icontains=asked) | Q(slug__icontains=asked)) if asked else found


def listed(found: Sequence[Workspace]) -> Iterator[Listed]:
    """Each with what stands outside of it."""
    suspended = set(Suspension.objects.filter(lifted_at=None).values_list("workspace_id", flat=True))
    going = dict(Deletion.objects.filter(undone_at=None, finished_at=None).values_list("workspace_id", "due_at"))
    teams = {workspace.live_id or workspace.pk for workspace in found}
    mine = ApiKey.live().filter(workspace__in=[workspace.pk for workspace in found])
    keys = dict(mine.values_list("workspace").annotate(n=Count("pk")))
    theirs = Member.objects.filter(workspace__in=teams)
    members = dict(theirs.values_list("workspace").annotate(n=Count("pk")))
    for workspace in found:
        team = workspace.live_id or workspace.pk
        deleted_on = going.get(workspace.pk)
        yield Listed(workspace, members.get(team, 0), keys.get(workspace.pk, 0), team in suspended, deleted_on)


def described(found: Sequence[Workspace]) -> list[Listed]:
    """Each with how much there is in it, counted inside of its own scope. Outside of any scope."""
    size_of = import_string(settings.WORKSPACE_SIZE)
    return [one._replace(size=_size(size_of, one.workspace)) for one in listed(found)]


def _size(size_of: Any, workspace: Workspace) -> Size:
    with scope(workspace):
        return cast(Size, size_of())
