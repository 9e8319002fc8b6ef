import re

import pytest
from django.core import mail
from django.urls import reverse

from tests.workspaces.accounts.conftest import visitor  # noqa: F401
from workspaces.scope import scope
from workspaces.team import inviting
from workspaces.team.mail import send_invitations
from workspaces.tenants.access import Level


@pytest.fixture
def page_of():
    return lambda workspace, name="members", **kwargs: reverse(
        f"team:{name}", kwargs={"workspace_slug": workspace.slug, **kwargs}
    )


@pytest.fixture
def invited(workspace, ana):
    """Invite an address to Acme, send the mail, and return the path that its link leads to."""

    def invite(address: str, level: Level = Level.EDITOR, *, by=ana) -> str:
        with scope(workspace):
            inviting.invite(address, level, by=by)
        mail.outbox.clear()
        assert send_invitations(workspace.pk) == 1
        (letter,) = mail.outbox
        assert letter.to == [address.lower()]
        return re.search(r"https?://[^/\s]+(/invitations/\S+/)", letter.body)[1]

    return invite
