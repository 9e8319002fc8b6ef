"""Changing a workspace's settings, noted in the audit log."""

from workspaces.audit.models import Entry
from workspaces.environments.making import test_name
from workspaces.scope.wakes import announce
from workspaces.settings.forms import WorkspaceForm
from workspaces.tenants.models import Member, Workspace

STATE = (
    "name",
    "time_zone",
    "language",
    "languages",
    "segments",
    "values",
    "publishers",
    "review_needed",
    "keep_events_months",
)


def change(form: WorkspaceForm, before: dict[str, object], *, by: Member) -> Workspace:
    """Save a form that is valid; `before` is what the settings were."""
    workspace = form.save()
    if workspace.test is not None:  # which is called after it
        Workspace.objects.filter(pk=workspace.test.pk).update(name=test_name(workspace))
    if (after := state_of(workspace)) != before:
        Entry.record(by=by, action="workspace.changed", target=workspace, before=before, after=after)
        announce("workspace.changed", workspace.pk)
    return workspace


def state_of(workspace: Workspace) -> dict[str, object]:
    return {field: getattr(workspace, field) for field in STATE}
