"""A typed client, generated from the description, runs a whole story: that proves that the description is true."""

import importlib
import json
import subprocess
import sys
from datetime import timedelta

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.utils import timezone

from analytics.cubes.fold import fold
from onboarding.progress import engine
from workspaces.api.management.commands.openapi import PATH

PACKAGE = "firstmile_client"
FILES = ("application/pdf", "application/zip", "application/x-ndjson")
CONFIG = "post_hooks: []\ncontent_type_overrides:\n  application/yaml: text/plain\n" + "".join(
    f"  {media}: application/octet-stream\n" for media in FILES
)


@pytest.fixture
def package(tmp_path, monkeypatch):
    (tmp_path / "config.yaml").write_text(CONFIG)
    made = subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"),
            *("--path", PATH, "--output-path", tmp_path / PACKAGE, "--config", tmp_path / "config.yaml"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    monkeypatch.syspath_prepend(str(tmp_path))
    yield lambda name: importlib.import_module(f"{PACKAGE}.{name}")
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def test_a_generated_client_makes_publishes_sends_reads_and_pages(workspace, program, write_key, package):
    module, models = package("client"), package("models")
    client = module.AuthenticatedClient(base_url="http://testserver", token=program.token)
    wsgi = httpx.WSGITransport(app=WSGIHandler())
    client.set_httpx_client(
        httpx.Client(transport=wsgi, base_url="http://testserver", headers={"Authorization": f"Bearer {program.token}"})
    )

    def call(name, *arguments, **keywords):
        return package(f"api.{name}").sync(*arguments, client=client, **keywords)

    milestone = models.NewMilestoneRequest.from_dict(
        {"key": "share", "name": "Share a report", "criterion": {"event": "Report Shared"}}
    )
    made = call("milestones.milestones_create", body=milestone, idempotency_key="story-1")
    assert (made.key, made.done_when) == ("share", "the user sends Report Shared")
    document = {
        "key": "analysts",
        "name": "Analysts",
        "title": "Get started",
        "role": {"key": "analyst", "name": "Analyst", "rule": {"everyone": True}},
        "rungs": [{"milestone": made.content.to_dict() if hasattr(made.content, "to_dict") else made.content}],
    }
    document["rungs"][0] |= {"phase": "quick wins", "first_value": True}
    brought = call("ladders.ladders_import", body=models.LadderImportRequest.from_dict({"document": document}))
    assert brought.ladder == "analysts"
    draft = call("ladders.ladders_draft", "analysts")
    assert draft.missing == []
    publication = models.PublicationBodyRequest(notes="The first.", state=draft.state)
    version = call("ladders.ladders_publish", "analysts", body=publication)
    assert (version.number, version.state.value) == (1, "published")

    sent_at = timezone.now() - timedelta(days=20)
    events = [
        {"type": "track", "userId": f"u{n}", "event": "Report Shared", "timestamp": (sent_at).isoformat()}
        for n in range(7)
    ]
    taken = httpx.Client(transport=wsgi).post(
        "http://testserver/v1/batch", content=json.dumps({"batch": events}), auth=(write_key, "")
    )
    assert taken.status_code == 200
    engine.settle(workspace.pk)
    fold(workspace)

    page = call("people.people_list", user_id="u3")
    person = call("people.people_read", page.data[0].id)
    [journey] = person.journeys
    assert [(step.key, step.state.value) for step in journey.steps] == [("share", "done")]
    told = call("metrics.metrics_read", "began", ladder="analysts")
    assert (told.figures[0].n, told.definition_version) == (7, 1)

    seen, cursor = [], ""
    while cursor is not None:
        page = call("people.people_list", limit=3, ladder="analysts", cursor=cursor)
        seen += [one.user_id for one in page.data]
        cursor = page.next_
    assert sorted(seen) == [f"u{n}" for n in range(7)]

    assert "Share a report" in call("adoption.adoption_csv", "funnel", ladder="analysts")
    assert call("adoption.adoption_pdf", ladder="analysts").payload.read(5) == b"%PDF-"
    asked = call("erasures.erasures_create", body=models.SomebodyBodyRequest(user_id="u3"), idempotency_key="u3")
    assert call("erasures.erasures_read", asked.id).state.value == "waiting"

    missing = package("api.ladders.ladders_read").sync_detailed("nothing", client=client)
    assert (missing.status_code, missing.parsed.code) == (404, "not_found")
