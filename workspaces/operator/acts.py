"""What an operator can do. Each act is written down in the transaction that does it."""

from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from workspaces.keys.models import ApiKey
from workspaces.operator import gate
from workspaces.operator.models import Act, Suspension
from workspaces.tenants.models import User, Workspace


class NotSuspended(ValueError):
    """There is nothing to lift."""


def note(operator: str, action: str, workspace: Workspace | None = None, **details: Any) -> Act:
    """What has nothing in it is left out of the details."""
    slug = workspace.slug if workspace else ""
    said = {name: value for name, value in details.items() if value not in ("", None)}
    return Act.objects.create(operator=operator[:100], action=action, workspace=slug, details=said)


def suspend(workspace: Workspace, *, reason: str, operator: str, because: str = "") -> Suspension:
    """Let nobody in, and end the keys of all environments, until it is lifted. What is suspended stays as it is.

    Members read the `reason`; the log has it, and why the operator did it, which is theirs to know.
    """
    workspace = workspace.team
    with transaction.atomic():
        Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
        found = Suspension.objects.filter(workspace_id=workspace.pk, lifted_at=None).first()
        if found is not None:
            return found
        theirs = ApiKey.objects.filter(workspace__in=workspace.environments, revoked_at=None)
        keys = list(theirs.values_list("pk", flat=True))
        ApiKey.objects.filter(pk__in=keys).update(revoked_at=timezone.now())
        made = Suspension.objects.create(workspace_id=workspace.pk, reason=reason[:200], keys=keys)
        note(operator, "suspended", workspace, reason=reason[:200], keys=len(keys), because=because)
    gate.forget()
    return made


def lift(workspace: Workspace, *, operator: str, because: str = "") -> None:
    """Let everybody in again; the keys that were in force are again. Raises NotSuspended."""
    workspace = workspace.team
    with transaction.atomic():
        found = Suspension.objects.select_for_update().filter(workspace_id=workspace.pk, lifted_at=None).first()
        if found is None:
            raise NotSuspended(f"{workspace.slug} is not suspended.")
        ApiKey.objects.filter(pk__in=found.keys, workspace__in=workspace.environments).update(revoked_at=None)
        found.lifted_at = timezone.now()
        found.save(update_fields=["lifted_at"])
        note(operator, "lifted the suspension", workspace, because=because)
    gate.forget()


def sign_out(users: "list[User]", *, operator: str, workspace: Workspace | None = None, because: str = "") -> int:
    """End every session of these log-ins. Returns how many sessions that were."""
    wanted = {str(user.pk) for user in users}
    with transaction.atomic():
        open_sessions = Session.objects.filter(expire_date__gt=timezone.now())
        theirs = [one.pk for one in open_sessions.iterator() if one.get_decoded().get("_auth_user_id") in wanted]
        ended, _ = Session.objects.filter(pk__in=theirs).delete()
        note(operator, "signed out", workspace, log_ins=len(wanted), sessions=ended, because=because)
    return ended


def members_of(workspace: Workspace) -> list[User]:
    return [member.user for member in workspace.members.select_related("user")]
