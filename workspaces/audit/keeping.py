"""How long entries of the audit log are kept."""

from workspaces.audit.models import Entry
from workspaces.tenants.models import Member, Workspace


def keep(workspace: Workspace, months: int | None, *, by: Member) -> None:
    """Keep entries for so many months from now on, None: for ever. Older ones go within a day. Inside the scope."""
    before = workspace.keep_audit_months
    if months == before:
        return
    workspace.keep_audit_months = months
    workspace.save(update_fields=["keep_audit_months"])
    Entry.record(
        by=by,
        action="audit.retention_changed",
        target=workspace,
        before={"months": before},
        after={"months": months},
    )
