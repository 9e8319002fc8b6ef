from django import template

from workspaces.privacy.models import Deletion
from workspaces.tenants.models import Workspace

register = template.Library()


@register.simple_tag
def deletion_of(workspace: Workspace | None) -> Deletion | None:
    """The deletion of the workspace that is to come, if there is one."""
    return Deletion.of(workspace.pk) if workspace else None
