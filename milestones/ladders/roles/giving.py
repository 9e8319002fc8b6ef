"""Giving a ladder to another role."""

from milestones.ladders.models import Ladder, Role
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member


def give(ladder: Ladder, role: Role, *, by: Member) -> bool:
    """Make the ladder that role's, from its next publication on. Returns whether that is another one."""
    if role.pk == ladder.role_id:
        return False
    before = ladder.role
    ladder.role = role
    ladder.save(update_fields=["role"])
    Entry.record(by=by, action="ladder.given", target=ladder, before=before.name, after=role.name)
    return True
