"""What programs take along and rehearse is what members see: dry runs, effects, roles, tables, PDFs."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from analytics.cubes.fold import fold
from onboarding.progress import engine, rehearsals
from workspaces.audit.models import Entry
from workspaces.scope import scope

EVERYBODY = {"key": "analyst", "name": "Analyst", "rule": {"everyone": True}}
LADDER = {
    "key": "analysts",
    "name": "Analysts",
    "role": EVERYBODY,
    "title": "Get started",
    "rungs": [
        {
            "milestone": {"key": "share", "name": "Share a report", "criterion": {"event": "Report Shared"}},
            "phase": "quick wins",
            "first_value": True,
        }
    ],
}


@pytest.fixture
def climbed(workspace, program, write_key):
    """Seven people who shared a report, on a published ladder, and a draft that asks for another event."""
    sent_at = timezone.now() - timedelta(days=20)
    event = {"type": "track", "event": "Report Shared", "timestamp": sent_at.isoformat()}
    batch = json.dumps({"batch": [{**event, "userId": f"u{n}"} for n in range(7)]})
    assert (
        Client(headers={"Authorization": f"Bearer {write_key}"}).post("/v1/batch", batch, "text/plain").status_code
        == 200
    )
    program.post("ladders/import", {"document": LADDER})
    assert program.post("ladders/analysts/publish", {}).status_code == 200
    engine.settle(workspace.pk)
    fold(workspace)
    return workspace


def test_a_dry_run_tells_what_publishing_would_change(climbed, program, other_program, monkeypatch):
    assert program.post("ladders/analysts/draft/dry-runs", {}).json()["detail"].startswith("There is no draft")
    program.post("ladders/analysts/draft")
    rung = {**LADDER["rungs"][0], "milestone": {"key": "ask", "name": "Ask", "criterion": {"event": "Asked"}}}
    document = {**LADDER, "rungs": [*LADDER["rungs"], {**rung, "first_value": False}]}
    assert program.put("ladders/analysts/draft", {"document": document}, If_Match="*").status_code == 200
    monkeypatch.setattr(rehearsals, "AT_ONCE", 0)  # so that a worker makes it
    asked = program.post("ladders/analysts/draft/dry-runs", {"moves": True})
    assert (asked.status_code, asked.json()["state"], asked.json()["result"]) == (202, "waiting", None)
    rehearsals.carry_out_waiting(climbed.pk)
    done = program.get(asked["Location"]).json()
    assert (done["state"], done["result"]["people"]) == ("done", 9)
    assert [done["result"]["lines"][line]["n"] for line in ("finished", "unfinish")] == [7, 0]
    assert [(rung["key"], rung["after"]) for rung in done["result"]["rungs"]] == [("share", 7), ("ask", 0)]
    assert other_program.get(asked["Location"]).status_code == 404
    effect = program.get("ladders/analysts/steps/ask/effect").json()
    assert (effect["began"], effect["passed"], effect["median_s"]) == (7, 0, None)
    assert [unseen["event"] for unseen in effect["unseen"]] == ["Asked"]
    passed = program.get("ladders/analysts/steps/share/effect").json()
    assert (passed["passed"], passed["share"], len(passed["people"])) == (7, 1.0, 5)
    assert {one["took_s"] for one in passed["people"]} == {0.0}


def test_it_is_told_who_gets_which_role_and_why(climbed, program):
    counts = program.get("people/by-role").json()
    assert (counts["people"], counts["without"]) == (9, 0)
    assert [(one["role"], one["matching"], one["getting"]) for one in counts["roles"]] == [("analyst", 9, 9)]
    person = program.get("people?user_id=u3").json()["data"][0]["id"]
    told = program.get(f"people/{person}/roles").json()
    assert (told["role"], told["would_climb"]) == ("analyst", ["analysts"])


def test_tables_and_pdfs_are_those_of_the_pages(climbed, program, client_for, ana):
    names = [table["name"] for table in program.get("adoption/tables?ladder=analysts").json()["data"]]
    assert {"curve", "funnel", "rungs"} <= set(names)
    table = program.get("adoption/tables/funnel/csv?ladder=analysts&period=30")
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    rows = _rows(table)
    assert [(row["step"], row["people"]) for row in rows if row["key"]] == [("Share a report", "7")]
    page = client_for(ana).get(f"/w/{climbed.slug}/reports/export/funnel.csv?ladder=analysts&period=30")
    assert _rows(page) == rows
    assert program.get("adoption/tables/salaries/csv").status_code == 404
    person = program.get("people?user_id=u3").json()["data"][0]["id"]
    assert "Share a report" in program.get(f"people/{person}/summary").content.decode()
    for path in (
        "adoption/pdf?ladder=analysts&period=30",
        f"people/{person}/summary/pdf",
        "ladders/analysts/playbook/pdf",
    ):
        answer = program.get(path)
        assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-"), path
    text, html = (program.get(f"ladders/analysts/playbook/{form}").content.decode() for form in ("markdown", "html"))
    assert text.startswith("# Analysts")
    assert "<h1" in html


def _rows(table) -> list[dict[str, str]]:
    """But for the moment as of which each file tells."""
    return [{**row, "as_of": ""} for row in csv.DictReader(io.StringIO(table.content.decode()))]


def test_what_takes_a_while_is_asked_for_again(climbed, program, monkeypatch):
    from analytics.review import api

    monkeypatch.setattr(api, "print_soon", lambda page, workspace: None)
    answer = program.get("ladders/analysts/playbook/pdf")
    assert (answer.status_code, answer["Retry-After"], answer.json()["detail"][:17]) == (202, "3", "It is being made;")


def test_the_audit_log_is_taken_along_and_that_is_noted(workspace, program):
    program.post("milestones", {"key": "a", "name": "=A", "criterion": {"event": "A"}})
    found = b"".join(program.get("audit/csv?action=milestone.created").streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(found)))
    assert [(row["actor"], row["target"], row["means"]) for row in rows] == [("key Warehouse", "'=A", "api")]
    lines = b"".join(program.get("audit/lines").streaming_content).splitlines()
    assert [json.loads(line)["action"] for line in lines] == ["audit.exported", "audit.exported", "milestone.created"]
    with scope(workspace):
        assert Entry.objects.filter(action="audit.exported").count() == 2


def test_a_program_remarks_and_resolves(climbed, program, other_program):
    said = program.post("ladders/analysts/playbook/comments", {"text": "<b>Down by a third.</b>"})
    assert (said.status_code, said.json()["author"]) == (201, "key Warehouse")
    assert program.post("ladders/analysts/playbook/comments", {"text": "x", "place": "chapter-9"}).status_code == 422
    resolve = f"comments/{said.json()['id']}/resolve"
    assert other_program.post(resolve).status_code == 404
    first, second = (program.post(resolve).json()["resolved_at"] for _ in range(2))
    assert first == second is not None
    assert program.get("ladders/analysts/playbook/comments?open=true").json()["data"] == []
    assert len(program.get("ladders/analysts/playbook/comments").json()["data"]) == 1
