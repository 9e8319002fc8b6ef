"""What an operator can do. Each act is written down in the transaction that does it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from workspaces.keys.models import ApiKey
from workspaces.operator import gate
from workspaces.operator.models import Act, Suspension
from workspaces.privacy.models import Deletion
from workspaces.tenants.models import Member, User, Workspace


class Listed(NamedTuple):
    """A workspace as an operator sees it: nothing of what is in it."""

    workspace: Workspace
    members: int
    keys: int
    state: str


class NotSuspended(ValueError):
    """There is nothing to lift."""


def note(operator: str, action: str, workspace: Workspace | None = None, **details: Any) -> Act:
    slug = workspace.slug if workspace else ""
    return Act.objects.create(operator=operator[:100], action=action, workspace=slug, details=details)


def listed() -> Iterator[Listed]:
    """Every workspace of the installation, by name."""
    suspended = set(Suspension.objects.filter(lifted_at=None).values_list("workspace_id", flat=True))
    going = dict(Deletion.objects.filter(undone_at=None, finished_at=None).values_list("workspace_id", "due_at"))
    keys = dict(ApiKey.objects.filter(revoked_at=None).values_list("workspace").annotate(n=Count("pk")))
    for workspace in Workspace.objects.annotate(n=Count("members")).order_by("slug"):
        state = "suspended" if workspace.pk in suspended else ""
        if workspace.pk in going:
            state = f"to be deleted on {going[workspace.pk]:%Y-%m-%d}"
        yield Listed(workspace, workspace.n, keys.get(workspace.pk, 0), state)


def suspend(workspace: Workspace, *, reason: str, operator: str) -> Suspension:
    """Let nobody in, and end the workspace's keys, until it is lifted. One that is suspended stays as it is."""
    with transaction.atomic():
        Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
        found = Suspension.objects.filter(workspace_id=workspace.pk, lifted_at=None).first()
        if found is not None:
            return found
        keys = list(workspace.keys.filter(revoked_at=None).values_list("pk", flat=True))
        ApiKey.objects.filter(pk__in=keys).update(revoked_at=timezone.now())
        made = Suspension.objects.create(workspace_id=workspace.pk, reason=reason[:200], keys=keys)
        note(operator, "suspended", workspace, reason=reason[:200], keys=len(keys))
    gate.forget()
    return made


def lift(workspace: Workspace, *, operator: str) -> None:
    """Let everybody in again; the keys that were in force are again. Raises NotSuspended."""
    with transaction.atomic():
        found = Suspension.objects.select_for_update().filter(workspace_id=workspace.pk, lifted_at=None).first()
        if found is None:
            raise NotSuspended(f"{workspace.slug} is not suspended.")
        ApiKey.objects.filter(pk__in=found.keys, workspace=workspace).update(revoked_at=None)
        found.lifted_at = timezone.now()
        found.save(update_fields=["lifted_at"])
        note(operator, "lifted the suspension", workspace)
    gate.forget()


def sign_out(users: "list[User]", *, operator: str, workspace: Workspace | None = None) -> int:
    """End every session of these log-ins. Returns how many sessions that were."""
    wanted = {str(user.pk) for user in users}
    with transaction.atomic():
        open_sessions = Session.objects.filter(expire_date__gt=timezone.now())
        theirs = [one.pk for one in open_sessions.iterator() if one.get_decoded().get("_auth_user_id") in wanted]
        ended, _ = Session.objects.filter(pk__in=theirs).delete()
        note(operator, "signed out", workspace, log_ins=len(wanted), sessions=ended)
    return ended


def members_of(workspace: Workspace) -> list[User]:
    return [member.user for member in Member.objects.filter(workspace=workspace).select_related("user")]
