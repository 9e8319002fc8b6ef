import pytest

from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder
from tests.milestones.ladders.documents import two_rungs
from workspaces.scope import scope
from workspaces.tenants.access import Level


class Composer:
    """A member's browser on the composer of Acme's administrators; it remembers the base that its page has read."""

    def __init__(self, client, workspace, key="admins"):
        self.client, self.workspace, self.key = client, workspace, key
        self.root = f"/w/{workspace.slug}/ladders/{key}/"
        self.base = ""
        self.reload()

    def reload(self):
        text = self.client.get(self.root).content.decode()
        self.base = text.split('data-base="')[1].split('"')[0]
        return text

    def post(self, path, status=200, **data):
        response = self.client.post(self.root + path, {"base": self.base, **data}, headers={"HX-Request": "true"})
        assert response.status_code == status, response.content.decode()[:2000]
        if response.status_code == 200:
            self.base = response["Composer-Base"]
        return " ".join(response.content.decode().split())

    def save(self, rung, field, status=200, **data):
        return self.post(f"rungs/{rung}/", status, field=field, **(data or {}))

    @property
    def document(self):
        with scope(self.workspace):
            return Ladder.objects.get(key=self.key).newest.document

    @property
    def order(self):
        return [rung["milestone"]["key"] for rung in self.document["rungs"]]


@pytest.fixture
def ladder(workspace):
    """Administrators at Acme: version 1 is published, and there is no draft."""
    with scope(workspace):
        ladder = import_ladder(two_rungs(), by=None).ladder
        ladder.publish(by=None)
        return ladder


@pytest.fixture
def eve(workspace, make_member):
    """Editor in Acme."""
    return make_member(workspace, "eve", Level.EDITOR)


@pytest.fixture
def composer(ladder, workspace, ana, client_for):
    """Ana's."""
    return Composer(client_for(ana), workspace)


@pytest.fixture
def eves(ladder, workspace, eve, client_for):
    """Eve's."""
    return Composer(client_for(eve), workspace)
