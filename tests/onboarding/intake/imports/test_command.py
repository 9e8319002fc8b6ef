"""`manage.py import_events` with tables, folders and dry runs. Of JSON lines tells ../test_import_events.py."""

import io
import json

import pytest
import yaml
from django.core.management import CommandError, call_command

from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder
from milestones.ladders.yaml_text import load
from onboarding.intake.models import LoggedEvent
from onboarding.progress import engine
from onboarding.progress.models import Journey
from tests.onboarding.intake.imports.files import HEADER, as_csv, as_parquet, rows
from tests.onboarding.intake.test_import_events import lines
from workspaces.scope import scope


@pytest.fixture
def file(tmp_path):
    def write(name: str, data: bytes | str) -> str:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return str(path)

    return write


def run(*arguments: str, workspace) -> str:
    out = io.StringIO()
    call_command("import_events", *arguments, "--workspace", workspace.slug, stdout=out, stderr=out)
    return out.getvalue()


def stored(workspace) -> int:
    with scope(workspace):
        return LoggedEvent.objects.count()


@pytest.mark.parametrize(("data", "name"), [(as_csv(rows(700)), "a.csv"), (as_parquet(rows(700)), "a.parquet")])
def test_a_table_whose_names_tell_needs_no_mapping(data, name, file, workspace, other_workspace):
    assert "700 lines" in run(file(name, data), workspace=workspace)
    assert "0 stored, 700 there already" in run(file(name, data), workspace=workspace)
    assert (stored(workspace), stored(other_workspace)) == (700, 0)


def test_a_mapping_says_what_the_columns_are(file, workspace):
    mapping = file(
        "m.yaml", "columns: {who: userId, n: {to: properties.n, as: text}}\nconstants: {type: track, event: Seen}"
    )
    run(file("a.csv", "who,n\nu,007\nv,8\n"), "--mapping", mapping, workspace=workspace)
    with scope(workspace):
        found = set(LoggedEvent.objects.values_list("sender", "event", "properties__n"))
    assert found == {("u:u", "Seen", "007"), ("u:v", "Seen", "8")}


def test_a_folder_gives_its_files_in_the_order_of_their_names(file, workspace, tmp_path):
    file("in/b.csv", as_csv(rows(10)))
    file("in/a.jsonl", "\n".join(lines(5)))
    file("in/notes.txt", "x")
    said = run(str(tmp_path / "in"), "--move-to", str(tmp_path / "done"), workspace=workspace)
    assert said.index("a.jsonl: 5 lines") < said.index("b.csv: 10 lines")
    assert sorted(path.name for path in (tmp_path / "done").iterdir()) == ["a.jsonl", "b.csv"]
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["notes.txt"]


def test_rejected_lines_of_several_files_name_theirs(file, workspace, tmp_path):
    report = tmp_path / "rejected.jsonl"
    one, two = file("a.csv", "user_id,event\nu\n"), file("b.jsonl", "{\n")
    run(one, two, "--rejected", str(report), workspace=workspace)
    found = [json.loads(line) for line in report.read_text().splitlines()]
    assert [(entry["file"], entry["line"], entry["reason"], entry["text"]) for entry in found] == [
        (one, 2, "bad_row", "u"),
        (two, 1, "bad_json", "{"),
    ]


def test_a_dry_run_shows_the_mapping_and_what_rows_become_and_stores_nothing(file, workspace):
    table = rows(5)
    table[1][2] = "soon"
    said = run(file("a.csv", as_csv(table)), "--dry-run", "3", workspace=workspace)
    document, _, shown = said.partition("line 2: ")
    assert yaml.safe_load(document)["columns"]["user_id"] == "userId"
    assert json.loads(shown.splitlines()[0])["event"] == "Report Shared"
    assert "line 3: bad_timestamp: time is not a time" in said
    assert "line 5" not in said
    assert stored(workspace) == 0


@pytest.mark.parametrize(
    ("name", "data", "options", "says", "code"),
    [
        ("a.csv", "x,y\n1,2\n", [], "Say whose the rows are", 2),
        ("a.csv", "x,y\n1,2\n", ["--mapping", "/nowhere.yaml"], "/nowhere.yaml cannot be read", 2),
        ("a.xlsx", "PK\x03\x04", [], "a zip archive or an Excel workbook", 2),
        ("a.csv", "x\n", ["--format", "parquet"], "no whole Parquet file", 2),
        ("a.csv", "user_id,event\nu,A\n", ["--move-to", "/proc/nowhere"], "cannot be made", 2),
    ],
)
def test_what_cannot_be_is_one_sentence(name, data, options, says, code, file, workspace):
    with pytest.raises(CommandError) as caught:
        run(file(name, data), *options, workspace=workspace)
    assert (says in str(caught.value), caught.value.returncode) == (True, code), caught.value
    assert stored(workspace) == 0


LADDER = """
ladder:
  key: start
  name: Start
  role: {key: everyone, name: Everyone, rule: {everyone: true}}
  start: {event: Signed Up}
  title: Start
  value_proposition: See.
  done_looks_like: Seen.
  rungs:
    - milestone: {key: share, name: Share, purpose: Share., criterion: {event: Report Shared, at_least: 2}}
      phase: quick wins
      first_value: true
"""


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_table_that_was_imported_before_a_ladder_counts_as_if_it_had_been_live(form, file, workspace):
    table = [
        ["zora", "Signed Up", "2026-02-01 10:00:00", "team", "0"],
        ["zora", "Report Shared", "2026-02-02 10:00:00", "team", "1"],
        ["zora", "Report Shared", "2026-02-05 12:00:00", "team", "2"],
        ["yuri", "Signed Up", "2026-02-01 10:00:00", "team", "0"],
    ]
    assert HEADER[:3] == ["user_id", "event", "time"]
    run(file(f"a.{form}", as_csv(table) if form == "csv" else as_parquet(table)), workspace=workspace)
    while engine.advance(workspace.pk).more_to_come:
        pass
    with scope(workspace):
        import_ladder(load(LADDER), by=None)
        Ladder.objects.get().publish(by=None)
    while engine.advance(workspace.pk).more_to_come:
        pass
    with scope(workspace):
        journeys = {j.person.external_id: j for j in Journey.objects.select_related("person")}
        assert journeys.keys() == {"zora", "yuri"}
        assert journeys["zora"].started_at.isoformat() == "2026-02-01T10:00:00+00:00"
        assert journeys["zora"].first_value_at.isoformat() == "2026-02-05T12:00:00+00:00"
        assert journeys["yuri"].first_value_at is None
