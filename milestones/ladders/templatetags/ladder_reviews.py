"""What every page's frame says about reviews: how many wait for this member."""

from django import template

from milestones.ladders.models import Review
from milestones.ladders.versions.reviews import waiting_for
from workspaces.scope import OutsideScope
from workspaces.tenants.models import Member

register = template.Library()


@register.simple_tag(takes_context=True)
def reviews_waiting(context: template.Context) -> list[Review]:
    """The reviews asked of the page's member; none on pages that stand outside of a workspace's scope."""
    member = context.get("member")
    if not isinstance(member, Member):
        return []
    try:
        return list(waiting_for(member))
    except OutsideScope:
        return []
