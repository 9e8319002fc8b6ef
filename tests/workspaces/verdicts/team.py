from datetime import timedelta

from django.utils import timezone

from tests.workspaces.verdicts import FORBIDDEN

VERDICTS = {
    "team:members": ("get", {}, 200, 200),
    "team:levels": ("get", {}, 200, 200),
    "team:leaving": ("post", {}, 302, 302),
    "team:level": ("post", {"pk": "colleague"}, FORBIDDEN, 302),
    "team:removal": ("post", {"pk": "colleague"}, FORBIDDEN, 302),
    "team:ownership": ("post", {"pk": "colleague"}, FORBIDDEN, 302),
    "team:invite": ("post", {}, FORBIDDEN, 422),
    "team:again": ("post", {"pk": "invitation"}, FORBIDDEN, 302),
    "team:link": ("post", {"pk": "invitation"}, FORBIDDEN, 200),
    "team:revocation": ("post", {"pk": "invitation"}, FORBIDDEN, 302),
}


def things(workspace, ana) -> dict:
    """A colleague without a level to speak of, and an address that was invited."""
    from workspaces.team.models import Invitation
    from workspaces.tenants.access import Level
    from workspaces.tenants.models import User

    uma = workspace.join(User.objects.create_user(f"uma@{workspace.slug}.example"), Level.VIEWER)
    week = timezone.now() + timedelta(days=7)
    invitation = Invitation.objects.create(address=f"vic@{workspace.slug}.example", level=Level.VIEWER, expires_at=week)
    return {"colleague": uma.pk, "invitation": invitation.pk}
