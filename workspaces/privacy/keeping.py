"""What members and programs say of what is kept of people to come."""

from typing import Any

from django.forms.models import model_to_dict

from workspaces.audit.models import Entry
from workspaces.privacy import suppression
from workspaces.privacy.models import Keeping
from workspaces.tenants.models import Member, Workspace

FIELDS = ("addresses", "user_agents", "inactive_months")


def keep(kept: Keeping, before: dict[str, Any], *, workspace: Workspace, by: Member) -> Keeping:
    """Save it. It holds for messages that come from now on, within seconds. In the workspace's scope."""
    kept.save()
    after = model_to_dict(kept, fields=FIELDS)
    if after != before:
        Entry.record(by=by, action="privacy.keeping_changed", target=workspace, before=before, after=after)
        suppression.forget(workspace.pk)
    return kept


def take_again(key: str, *, workspace: Workspace, by: Member) -> bool:
    """Take what comes of this sender's key again. Returns whether nothing was taken before. In the scope."""
    if not suppression.lift(key):
        return False
    Entry.record(by=by, action="person.taken_again", target=workspace, digest=suppression.digest(key))
    return True
