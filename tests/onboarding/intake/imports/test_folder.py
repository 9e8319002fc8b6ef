"""The import folder: files that are put into it come in by themselves, and go to done or failed with their reports."""

import json
import os
import time
from datetime import timedelta

import pytest

from onboarding.intake.imports import folder, jobs
from onboarding.intake.imports.models import Import
from onboarding.intake.models import LoggedEvent
from tests.onboarding.intake.imports.files import as_csv, as_parquet, rows
from workspaces.audit.models import Entry
from workspaces.scope import scope


@pytest.fixture
def inbox(tmp_path, settings, workspace, other_workspace):
    """Acme's sub-folder; Globex has one, too, and so has nobody."""
    settings.IMPORT_FOLDER = str(tmp_path)
    for slug in (workspace.slug, other_workspace.slug, "nobody"):
        (tmp_path / slug).mkdir()
    return tmp_path / workspace.slug


def put(place, name: str, data: bytes, *, seconds_ago: float = 60):
    file = place / name
    file.write_bytes(data)
    os.utime(file, (time.time() - seconds_ago, time.time() - seconds_ago))
    return file


def work(workspace) -> None:
    folder.collect()
    jobs.carry_out_waiting(workspace.pk)
    folder.collect()


def there(place) -> list[str]:
    return sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file())


def stored(workspace) -> int:
    with scope(workspace):
        return LoggedEvent.objects.count()


def test_a_file_comes_in_by_itself_and_goes_to_done_with_its_account(inbox, workspace, other_workspace):
    put(inbox, "a.csv", as_csv(rows(10)))
    put(inbox, "b.parquet", as_parquet(rows(10, start=10)))
    put(inbox, "c.jsonl", b"{\n")
    work(workspace)
    assert there(inbox) == [
        "done/a.csv",
        "done/a.csv.report.json",
        "done/b.parquet",
        "done/b.parquet.report.json",
        "done/c.jsonl",
        "done/c.jsonl.rejected.jsonl",
        "done/c.jsonl.report.json",
    ]
    account = json.loads((inbox / "done/a.csv.report.json").read_text())
    assert (account["outcome"], account["stored"], account["rejected"]) == ("finished", 10, 0)
    assert json.loads((inbox / "done/c.jsonl.rejected.jsonl").read_text())["reason"] == "bad_json"
    assert (stored(workspace), stored(other_workspace)) == (20, 0)
    with scope(workspace):
        assert set(Entry.objects.values_list("actor", "action")) == {("import folder", "import.started")}


def test_a_file_that_is_still_being_written_and_what_is_no_file_of_events_stay(inbox, workspace):
    put(inbox, "a.csv", as_csv(rows(1)), seconds_ago=5)
    put(inbox, ".hidden.csv", as_csv(rows(1)))
    put(inbox, "notes.txt", b"x")
    work(workspace)
    assert there(inbox) == [".hidden.csv", "a.csv", "notes.txt"]
    with scope(workspace):
        assert not Import.objects.exists()


def test_a_mapping_beside_the_file_or_for_all_says_what_the_columns_are(inbox, workspace):
    columns = "columns: {a: userId, b: %s}\nconstants: {type: track}\n"
    put(inbox, "mapping.yaml", (columns % "event").encode())
    put(inbox, "one.csv", b"a,b\nu,Common\n")
    put(inbox, "two.csv", b"a,b\nu,Own\n")
    put(
        inbox,
        "two.csv.mapping.yaml",
        (columns % "properties.what" + "\n").replace("track}", "track, event: Mine}").encode(),
    )
    work(workspace)
    with scope(workspace):
        assert set(LoggedEvent.objects.values_list("event", flat=True)) == {"Common", "Mine"}


@pytest.mark.parametrize(
    ("name", "data", "mapping", "says"),
    [
        ("a.csv", b"x,y\n1,2\n", None, "The columns cannot be told: Say whose the rows are"),
        ("a.csv", b"x,y\n1,2\n", b"columns: [", "The mapping is wrong: mapping.yaml is not YAML"),
        ("a.csv", b"x,y\n1,2\n", b"columns: {x: userId, z: event}\nconstants: {type: track}", "no column “z”"),
        ("a.parquet", b"nonsense", None, "named like Parquet"),
    ],
)
def test_what_cannot_be_imported_goes_to_failed_with_the_reason(name, data, mapping, says, inbox, workspace):
    if mapping:
        put(inbox, "mapping.yaml", mapping)
    put(inbox, name, data)
    work(workspace)
    assert f"failed/{name}" in there(inbox)
    assert says in json.loads((inbox / f"failed/{name}.report.json").read_text())["problem"]
    work(workspace)  # and stays there
    with scope(workspace):
        assert Import.objects.count() == 1


def test_looking_twice_takes_a_file_up_once(inbox, workspace):
    put(inbox, "a.csv", as_csv(rows(3)))
    folder.collect()
    folder.collect()
    with scope(workspace):
        assert Import.objects.get().state == "waiting"


def test_whoever_is_killed_before_putting_away_is_followed_by_the_next_look(inbox, workspace, monkeypatch):
    put(inbox, "a.csv", as_csv(rows(3)))
    folder.collect()
    jobs.carry_out_waiting(workspace.pk)
    put_away = folder.folder_files.put_away

    def cut_short(*arguments, **options):
        put_away(*arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(folder.folder_files, "put_away", cut_short)
    with pytest.raises(KeyboardInterrupt):
        folder.collect()
    monkeypatch.setattr(folder.folder_files, "put_away", put_away)
    put(inbox, "a.csv", as_csv(rows(9)))  # the next delivery has the same name
    folder.collect()  # notes that the first is away, and takes up the second
    jobs.carry_out_waiting(workspace.pk)
    folder.collect()
    assert stored(workspace) == 9
    with scope(workspace):
        assert Import.objects.filter(filed_at=None).count() == 0
        assert list(Import.objects.order_by("pk").values_list("stored", "duplicates")) == [(3, 0), (6, 3)]
    assert sum(name.endswith("a.csv") for name in there(inbox)) == 2


def test_links_lead_nowhere(inbox, workspace, tmp_path):
    secret = put(tmp_path, "secret.jsonl", b"secret\n")
    (inbox / "a.jsonl").symlink_to(secret)
    (inbox / "b.csv.mapping.yaml").symlink_to(secret)
    put(inbox, "b.csv", as_csv(rows(1)))
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "nobody" / "x").symlink_to(outside)
    work(workspace)
    with scope(workspace):
        job = Import.objects.get()
    assert (job.name, job.outcome) == ("b.csv", "failed")
    assert "secret" not in job.problem
    assert not any(outside.iterdir())


def test_without_a_folder_nothing_is_looked_for(settings, workspace):
    settings.IMPORT_FOLDER = ""
    folder.collect()
    with scope(workspace):
        assert not Import.objects.exists()


def test_files_settle_before_they_are_taken():
    assert timedelta(seconds=10) <= folder.SETTLED
