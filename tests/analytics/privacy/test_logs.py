"""A person's whole story, and the log of it: no line says who it was."""

import base64
import json
import logging

import pytest
from django.utils import timezone

from config import logs
from tests.analytics.privacy import world
from workspaces.privacy import asking, erasing
from workspaces.scope import scope


@pytest.fixture
def lines():
    """Every line as production writes it, from INFO on."""
    written = []

    class Keep(logging.Handler):
        def emit(self, record):
            written.append(self.format(record))

    handler = Keep(logging.INFO)
    handler.setFormatter(logs.Json())
    handler.addFilter(logs.Cause())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def test_no_line_of_a_persons_story_says_who_it_was(workspace, ana, write_key, client, client_for, lines, monkeypatch):
    world.make(workspace, ana, timezone.now())
    key = {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(f"{write_key}:".encode()).decode()}
    who = {"userId": "dora-4711", "traits": {"email": "dora.quill@initech.example", "name": "Dora Quill"}}
    for call, body in (
        ("identify", who),
        ("track", {**who, "event": ""}),  # rejected
        ("track", {**who, "event": "Looked", "timestamp": "dora-4711"}),  # rejected, with it in the sentence
        ("alias", {"userId": "dora-4711", "previousId": "browser-77ab"}),
        ("nonsense", who),
    ):
        client.post(f"/v1/{call}", json.dumps(body), content_type="application/json", **key)
    client.post("/v1/batch", b'{"batch": [{"userId": "dora-4711"', content_type="application/json", **key)
    world.settle(workspace)
    member = client_for(ana)
    with scope(workspace):
        person = world.Person.objects.get(external_id="dora-4711").pk
    for page in (
        "people/?q=dora.quill@initech.example",
        f"people/{person}/",
        "events/?person=u:dora-4711",
        "settings/privacy/?q=dora-4711",
        "settings/privacy/person/?key=u:dora-4711",
        "nowhere/dora-4711/",
    ):
        member.get(f"/w/{workspace.slug}/{page}")
    member.post(f"/w/{workspace.slug}/settings/privacy/person/export/", {"key": "u:dora-4711"})

    def breaks(*_):
        raise ValueError("Key (workspace_id, key)=(1, u:dora-4711) already exists")

    with scope(workspace):
        asking.ask("u:dora-4711", by=ana)
    with monkeypatch.context() as patch:
        patch.setattr("workspaces.privacy.subjects.erase", breaks)
        erasing.work(workspace.pk)
    assert any("/people/" in line for line in lines)
    assert any("broke off" in line for line in lines)
    found = [line for line in lines for trace in world.TRACES if trace.lower() in line.lower()]
    assert found == []
