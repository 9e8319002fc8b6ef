"""Administrators at Acme with version 1 live and a draft of version 2; eve is an editor beside ana, who owns Acme."""

import pytest

from milestones.ladders import drafts
from milestones.ladders.exchange import import_ladder
from tests.milestones.ladders.documents import changed, two_rungs
from workspaces.scope import scope
from workspaces.tenants.access import Level


@pytest.fixture
def eve(workspace, make_member):
    return make_member(workspace, "eve", Level.EDITOR)


@pytest.fixture
def ladder(workspace, ana):
    with scope(workspace):
        ladder = import_ladder(two_rungs(), by=ana).ladder
        ladder.publish(by=ana)
        draft = drafts.begin(ladder, by=ana)
        drafts.write(draft, changed(two_rungs(), title="Get going"), by=ana, words="Title", place="title")
        return ladder


@pytest.fixture
def other_ladder(other_workspace, cyd):
    """The same in Globex: whatever leaks shows in its numbers."""
    with scope(other_workspace):
        ladder = import_ladder(two_rungs(), by=cyd).ladder
        drafts.write(ladder.draft, changed(two_rungs(), title="Theirs"), by=cyd, words="Title", place="title")
        return ladder


@pytest.fixture
def edit():
    """Change the draft as somebody else would, meanwhile."""

    def edit(ladder, by, **fields):
        with scope(by.workspace):
            draft = drafts.begin(ladder, by=by)
            drafts.write(draft, changed(draft.document, **fields), by=by, words="Edited", place="title")

    return edit


class Page:
    """The pages of the ladder in one member's browser, by what stands behind ladders/admins/."""

    def __init__(self, client, member) -> None:
        self.client, self.base = client, f"/w/{member.workspace.slug}/ladders/admins/"

    def get(self, path="publication/", status=200) -> str:
        response = self.client.get(self.base + path)
        assert response.status_code == status, response.content
        return text(response)

    def post(self, path="publication/", status=302, **fields) -> str:
        """What the page says then; after a redirect, the page that it leads to."""
        response = self.client.post(self.base + path, fields)
        assert response.status_code == status, text(response)
        return text(self.client.get(response["Location"])) if status == 302 else text(response)

    def seen(self) -> str:
        return self.client.get(f"{self.base}publication/").context["page"].seen


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def pages(client_for):
    return lambda member: Page(client_for(member), member)
