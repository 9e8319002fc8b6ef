"""The address of a questionnaire for somebody without a log-in: whoever holds it may answer that one, and nothing else.

The token names a link; whether it is still open stands in the link's row, so it can expire and be revoked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from milestones.discovery.models import Discovery, Link
from workspaces.scope import scope
from workspaces.tenants.models import Member, Workspace

SALT = "milestones.discovery.ask"
VALID_DAYS = (7, 14, 30, 90)
USUAL_DAYS = 14
MOST_LINKS = 50  # of one discovery


class NoSuchLink(Exception):
    """Nobody ever made this link."""


def make_link(discovery: Discovery, *, label: str, days: int, by: Member) -> Link:
    return Link.objects.create(
        discovery=discovery, label=label, made_by=by.user, expires_at=timezone.now() + timedelta(days=days)
    )


def ask_url(link: Link) -> str:
    """The path of the page behind the link."""
    return reverse("ask:page", args=[signing.dumps([link.workspace_id, link.pk], salt=SALT, compress=True)])


@contextmanager
def behind(token: str, *, lock: bool = False) -> Iterator[tuple[Workspace, Link]]:
    """The workspace and the link that the token names, inside the workspace's scope. Raises NoSuchLink.

    `lock`: nobody else may change the link or answer through it until the scope ends.
    """
    try:
        workspace_id, link_id = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as bad:
        raise NoSuchLink from bad
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace is None:
        raise NoSuchLink
    with scope(workspace), timezone.override(workspace.zone):
        links = Link.objects.select_for_update() if lock else Link.objects.all()
        link = links.filter(pk=link_id).first()
        if link is None:
            raise NoSuchLink
        yield workspace, link
