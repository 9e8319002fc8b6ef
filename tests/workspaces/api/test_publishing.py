"""Plans to publish and requests for changes by program: in the name of who made the key, and never an approval."""

from datetime import timedelta

import pytest
from django.utils import timezone

from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import LadderVersion, Schedule
from milestones.ladders.versions import reviews, scheduling
from milestones.ladders.yaml_text import load
from tests.workspaces.test_urls import LADDER
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.models import Member, Workspace

PLAN = "ladders/everyone/schedule"


@pytest.fixture
def draft(workspace, ana) -> LadderVersion:
    with scope(workspace):
        return import_ladder(load(LADDER), by=ana).ladder.draft


@pytest.fixture
def editor(workspace, make_member) -> Member:
    return make_member(workspace, "edi", Level.EDITOR)


def soon() -> str:
    return (timezone.now() + timedelta(hours=1)).isoformat()


def an_hour_later(workspace) -> int:
    return scheduling.publish_due(workspace.pk, now=timezone.now() + timedelta(hours=2))


def state(workspace) -> str:
    with scope(workspace):
        return LadderVersion.objects.get(number=1).state


def test_it_is_published_then_in_the_name_of_who_made_the_key(workspace, editor, draft, program_with, other_program):
    program = program_with(workspace, level=Level.EDITOR, made_by=editor.user)
    planned = program.post(PLAN, {"at": soon(), "notes": "In time."})
    assert (planned.status_code, planned.json()["by"]) == (201, editor.user.email)
    assert program.get(PLAN).json() == planned.json()
    assert other_program.get(PLAN).status_code == 404
    assert an_hour_later(workspace) == 1
    assert state(workspace) == "published"
    with scope(workspace):
        assert Entry.objects.get(action="ladder.scheduled").actor == "key Warehouse"
    assert program.post(PLAN, {"at": soon()}).json()["code"] == "conflict"  # there is no draft


def test_whoever_has_left_by_then_publishes_nothing(workspace, editor, draft, program_with):
    program = program_with(workspace, level=Level.EDITOR, made_by=editor.user)
    assert program.post(PLAN, {"at": soon()}).status_code == 201
    Member.objects.filter(pk=editor.pk).delete()
    assert an_hour_later(workspace) == 0
    assert state(workspace) == "draft"
    assert "no longer a member" in program.get(PLAN).json()["problem"]
    assert program.post(PLAN, {"at": soon()}).json()["code"] == "level_too_low"


def test_a_plan_is_taken_back_and_none_is_made_for_the_past_or_unseen(workspace, program, draft):
    past = (timezone.now() - timedelta(minutes=1)).isoformat()
    for at in (past, "9999-01-01T00:00:00Z", "soon"):
        assert program.post(PLAN, {"at": at}).json()["errors"][0]["pointer"] == "/at"
    assert program.post(PLAN, {"at": soon(), "state": "0" * 64}).json()["code"] == "conflict"
    assert program.post(PLAN, {"at": soon()}).status_code == 201
    assert program("delete", f"/api/v1/{PLAN}").status_code == 204
    assert program("delete", f"/api/v1/{PLAN}").status_code == 404
    with scope(workspace):
        assert not Schedule.objects.exists()


def test_four_eyes_are_those_of_people(workspace, ana, editor, draft, program, program_with):
    """A key asks for changes as its maker, which takes the maker's approval back; no key gives one."""
    Workspace.objects.filter(pk=workspace.pk).update(review_needed=True)
    editors = program_with(workspace, level=Level.EDITOR, made_by=editor.user)
    path = "ladders/everyone/draft/reviews"
    assert editors.post(f"{path}/changes", {"words": "Fine.", "verdict": "approved"}).status_code == 422
    with scope(workspace):
        reviews.answer(draft, by=editor, verdict="approved", words="Yes.")
    asked = editors.post(f"{path}/changes", {"words": "Our names begin with a verb."})
    assert (asked.status_code, asked.json()["answered_by"]) == (201, editor.user.email)
    refused = program.post("ladders/everyone/publish", {})
    assert (refused.status_code, "asked for changes" in refused.content.decode()) == (422, True)
    assert "asked for changes" in program.post(PLAN, {"at": soon()}).json()["detail"]
    assert [review["verdict"] for review in program.get(path).json()["data"] if review["counts"]] == ["changes"]
    assert editors.post(f"{path}/changes", {"words": "x", "state": "0" * 64}).json()["code"] == "conflict"
