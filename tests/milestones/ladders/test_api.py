"""Ladders by program: documents in and out, drafts that nobody overwrites, publication with what the workspace asks."""

import copy

import pytest

from milestones.ladders.api.shapes import EXAMPLE
from milestones.ladders.models import Ladder
from milestones.ladders.versions import reviews
from milestones.ladders.yaml_text import dump
from tests.workspaces.api.conftest import Program
from workspaces.audit.models import Entry
from workspaces.keys.models import ApiKey
from workspaces.scope import scope


@pytest.fixture
def program(workspace) -> Program:
    return Program(ApiKey.issue(workspace, kind="secret", name="Warehouse", scopes=["ladders:write"])[1])


@pytest.fixture
def ladder(program) -> str:
    assert program.post("ladders/import", {"document": EXAMPLE}).json()["changes"]
    return "administrators"


def changed(**fields):
    return {"document": {**copy.deepcopy(EXAMPLE), **fields}}


def test_what_is_exported_as_yaml_is_imported_and_says_nothing_new(program, ladder):
    told = program.get("ladders/administrators/versions/1/yaml")
    assert told["Content-Type"] == "application/yaml"
    again = program.post("ladders/import", {"yaml": told.content.decode()})
    assert again.json() == {"ladder": "administrators", "changes": []}
    assert program.get("ladders/administrators/versions/1").json()["document"]["title"] == "Get started"


def test_every_mistake_of_a_document_has_its_place(program):
    wrong = changed(title=5)
    wrong["document"]["rungs"][0] |= {"phase": "later", "due_after": "soon"}
    pointers = {error["pointer"] for error in program.post("ladders/import", wrong).json()["errors"]}
    assert pointers == {"/document/title", "/document/rungs/0/phase", "/document/rungs/0/due_after"}
    told = program.post("ladders/import", {"yaml": dump(EXAMPLE).replace("quick wins", "later")}).json()
    assert "line " in told["errors"][0]["detail"]
    assert program.post("ladders/import", {}).status_code == 422


def test_a_draft_that_somebody_changed_meanwhile_is_not_overwritten(workspace, program, ladder):
    seen = program.get("ladders/administrators/draft")["ETag"]
    first = program.put("ladders/administrators/draft", changed(title="Begin here"), If_Match=seen)
    assert (first.status_code, first.json()["document"]["title"]) == (200, "Begin here")
    assert program.put("ladders/administrators/draft", changed(title="Mine"), If_Match=seen).status_code == 412
    assert program.post("ladders/administrators/draft/undo").json()["document"]["title"] == "Get started"
    with scope(workspace):
        edits = Ladder.objects.get(key=ladder).draft.edits
        assert set(edits.values_list("actor", flat=True)) == {"key Warehouse"}


def test_a_publication_is_of_what_was_seen_and_signed_by_the_key(workspace, program, ladder):
    seen = program.get("ladders/administrators/draft").json()["state"]
    program.put("ladders/administrators/draft", changed(title="Begin here"), If_Match="*")
    refused = program.post("ladders/administrators/publish", {"state": seen})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    done = program.post("ladders/administrators/publish", {"notes": "The first."})
    assert (done.status_code, done.json()["published_by"]) == (200, "key Warehouse")
    assert program.post("ladders/administrators/publish", {}).json()["code"] == "conflict"
    with scope(workspace):
        entry = Entry.objects.get(action="ladder.published")
        assert (entry.user, entry.actor) == (None, "key Warehouse")


def test_what_a_draft_lacks_is_told_and_keeps_it_from_publication(program, ladder):
    program.put("ladders/administrators/draft", changed(title=""), If_Match="*")
    assert [lack["place"] for lack in program.get("ladders/administrators/draft").json()["missing"]] == ["title"]
    refused = program.post("ladders/administrators/publish", {})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/document/title")


def test_where_a_review_is_needed_a_program_waits_for_a_member_s_word(workspace, program, ladder, ana):
    workspace.review_needed = True
    workspace.save()
    refused = program.post("ladders/administrators/publish", {})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/document/review")
    with scope(workspace):
        reviews.answer(Ladder.objects.get(key=ladder).draft, by=ana, verdict="approved", words="Good.")
    assert program.post("ladders/administrators/publish", {}).status_code == 200


def test_a_role_in_use_stays_and_a_ladder_is_archived_and_restored(program, ladder):
    assert program("delete", "roles/administrator").json()["code"] == "conflict"
    assert program.post("ladders/administrators/archive").json()["archived_at"]
    assert program.get("ladders").json()["data"] == []
    assert program.post("ladders/administrators/restore").json()["archived_at"] is None
    assert program("patch", "ladders/administrators", {"role": "nobody"}).json()["errors"][0]["pointer"] == "/role"
    assert program("patch", "ladders/administrators", {"name": "Admins"}).json()["name"] == "Admins"
