"""Erasing and exporting by program: asked once, polled, and no answer of before tells whom it was about any more."""

import io
import json
import zipfile

import pytest
from django.utils import timezone

from tests.analytics.privacy import world
from workspaces.api.models import KeptAnswer
from workspaces.audit.models import Entry
from workspaces.privacy import erasing, whole
from workspaces.privacy.models import Deletion, Erasure
from workspaces.scope import scope
from workspaces.tenants.access import Level

DORA = {"user_id": "dora-4711"}


@pytest.fixture
def populated(workspace, ana):
    world.make(workspace, ana, timezone.now())
    return workspace


def work(workspace):
    erasing.work(workspace.pk)
    with scope(workspace):
        Erasure.objects.filter(finished_at=None).update(look_again_at=timezone.now())
    erasing.work(workspace.pk)


def test_a_program_has_somebody_erased_and_follows_it(populated, program):
    person = program.get("people?user_id=dora-4711").json()["data"][0]["id"]
    with zipfile.ZipFile(io.BytesIO(program.get(f"people/{person}/export").content)) as export:
        assert "dora-4711" in "".join(export.read(name).decode() for name in export.namelist())
    granted = program.post("features/beta/grants", {**DORA, "reason": "A pilot."}, Idempotency_Key="grant-1")
    assert granted.status_code == 201
    asked = program.post("privacy/erasures", DORA, Idempotency_Key="erase-dora-4711")
    assert asked.status_code == 202
    assert program.post("privacy/erasures", DORA).json()["id"] == asked.json()["id"]
    assert program.get(asked["Location"]).json()["state"] == "waiting"
    assert "dora" not in asked.content.decode()
    work(populated)
    done = program.get(asked["Location"]).json()
    assert (done["state"], done["percent"], done["problem"]) == ("done", 100, "")
    assert sum(done["removed"].values()) > 20
    assert program.get("people?user_id=dora-4711").json()["data"] == []
    assert world.places_of(populated, *world.TRACES) == []
    with scope(populated):
        assert not KeptAnswer.objects.filter(key__contains="dora").exists()
        assert list(Entry.objects.filter(action="person.erasure_asked").values_list("actor", flat=True)) == [
            "key Warehouse"
        ]
    assert program.post("privacy/taken-again", DORA).status_code == 204
    assert program.post("privacy/taken-again", DORA).status_code == 409


def test_an_answer_that_told_of_them_is_told_no_more(populated, program):
    body = {"answers": [{**DORA, "score": 9, "said_at": "2026-03-02T12:00:00Z"}]}
    said = program.post("workflows", {"name": "Of dora-4711", "criterion": {"event": "Seen"}}, Idempotency_Key="w")
    assert "dora-4711" in said.content.decode()
    program.post("feedback", body, Idempotency_Key="f")
    program.post("privacy/erasures", DORA)
    work(populated)
    again = program.post("workflows", {"name": "Of dora-4711", "criterion": {"event": "Seen"}}, Idempotency_Key="w")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert "dora" not in again.content.decode()
    assert program.post("feedback", body, Idempotency_Key="f")["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("body", [{}, {"user_id": ""}, {**DORA, "anonymous_id": "x"}, {"user_id": "a\0"}, {"id": "x"}])
def test_who_is_to_be_erased_is_named_exactly_once(workspace, program, body):
    assert program.post("privacy/erasures", body).status_code == 422
    with scope(workspace):
        assert not Erasure.objects.exists()


def test_who_has_left_erases_and_exports_nobody(workspace, ana, make_member, program_with, program):
    gone = make_member(workspace, "gus", Level.ADMIN)
    theirs = program_with(workspace, level=Level.ADMIN, made_by=gone.user)
    person = program.get("people").json()["data"][0]["id"]
    assert theirs.get(f"people/{person}/export").status_code == 200
    gone.delete()
    for method, path in (("get", f"people/{person}/export"), ("post", "privacy/erasures"), ("post", "privacy/exports")):
        answer = theirs(method, f"/api/v1/{path}", {"user_id": "dora"} if path.endswith("erasures") else None)
        assert (answer.status_code, answer.json()["code"]) == (403, "level_too_low"), path


def test_the_whole_workspace_is_made_into_a_file_and_fetched(workspace, program, other_program):
    asked = program.post("privacy/exports")
    assert (asked.status_code, asked.json()["state"]) == (202, "making")
    assert program.get(f"{asked['Location']}/file").status_code == 409
    whole.work(workspace.pk)
    told = program.get(asked["Location"]).json()
    assert (told["state"], told["percent"]) == ("ready", 100)
    file = program.get(f"{asked['Location']}/file")
    content = b"".join(file.streaming_content)
    assert (len(content), file["Content-Length"]) == (told["bytes"], str(told["bytes"]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        people = [json.loads(line) for line in archive.read("tables/people_person.ndjson").splitlines()]
    assert sorted(one["external_id"] for one in people) == ["dora", "emil"]
    assert program.get(f"{asked['Location']}/file", If_None_Match=file["ETag"]).status_code == 304
    assert other_program.get(f"{asked['Location']}/file").status_code == 404


def test_deleting_the_workspace_is_confirmed_by_its_slug_and_undone(workspace, ana, program, program_with):
    admins = program_with(workspace, level=Level.ADMIN)
    for wrong in ("", "Acme", "globex"):
        assert program.post("workspace/deletion", {"confirm": wrong}).status_code == 422
    assert admins.post("workspace/deletion", {"confirm": workspace.slug}).status_code == 403
    assert Deletion.of(workspace.pk) is None
    asked = program.post("workspace/deletion", {"confirm": workspace.slug})
    assert (asked.status_code, asked.json()["asked"], asked.json()["asked_by"]) == (202, True, "key Warehouse")
    assert admins.get("workspace/deletion").json() == asked.json()
    assert program("delete", "/api/v1/workspace/deletion").status_code == 204
    assert program("delete", "/api/v1/workspace/deletion").status_code == 409
    assert program.get("workspace/deletion").json()["asked"] is False


def test_what_is_kept_is_changed_field_by_field_and_noted(workspace, program):
    seen = program.get("privacy/keeping")
    changed = program("patch", "/api/v1/privacy/keeping", {"inactive_months": 24}, If_Match=seen["ETag"])
    assert changed.json() == {"addresses": False, "user_agents": True, "inactive_months": 24}
    assert program("patch", "/api/v1/privacy/keeping", {"inactive_months": 2}, If_Match="*").status_code == 422
    assert program.put("audit/keeping", {"months": 5}, If_Match="*").status_code == 422
    assert program.put("audit/keeping", {"months": 12}, If_Match="*").json() == {"months": 12}
    assert program.get("audit/keeping").json() == {"months": 12}
    with scope(workspace):
        actions = set(Entry.objects.values_list("action", flat=True))
    assert actions == {"privacy.keeping_changed", "audit.retention_changed"}
