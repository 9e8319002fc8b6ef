"""A file of history, from the choosing to people's progress: uploaded, mapped, imported by a worker, seen."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from onboarding.intake.imports.models import Import
from tests.browser.test_pages import look
from tests.browser.world import EVENTS
from workspaces.scope import scope


@pytest.fixture
def history(tmp_path) -> str:
    """A semicolon CSV with names that nobody could guess: one person who has done three steps, and rubbish."""
    start = timezone.now() - timedelta(days=30)
    rows = ["who;what happened;when;seats"]
    for step, event in enumerate(["Signed Up", *EVENTS[:3]]):
        rows.append(f"zora;{event};{start + timedelta(hours=step):%d.%m.%Y %H:%M};5")
    rows += ["zora;Report Built;yesterday;5", "too;few"]
    path = tmp_path / "export.csv"
    path.write_text("\n".join(rows) + "\n")
    return str(path)


def test_a_product_manager_imports_a_csv_and_sees_people_s_progress(tab, site, worker, world, history):
    page = tab(world.owner)
    page.goto(f"/w/{world.workspace.slug}/imports/")
    page.get_by_role("link", name="Import a file").click()
    page.get_by_label("A file of events").set_input_files(history)
    page.get_by_role("button", name="Upload").press("Enter")

    expect(page.get_by_role("heading", level=1, name="export.csv")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("Say whose the rows are")).to_be_visible()
    for column, target in (("who", "User id"), ("what happened", "Event name"), ("when", "Time")):
        page.get_by_label(f"What {column} becomes", exact=True).select_option(label=target)
    page.get_by_label("What seats becomes", exact=True).select_option(label="Property")
    page.get_by_label("Rows are").select_option(label="Events (track)")
    page.get_by_label("Times look like").select_option(label="02.03.2026 17:05")
    expect(page.get_by_text("4 of 6 become messages.")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("when is not a time like 02.03.2026 17:05: “yesterday”")).to_be_visible()
    expect(page.get_by_text("The row has 2 cells; the first line names 4 columns.")).to_be_visible()

    page.get_by_role("button", name="Start the import").press("Enter")
    stored = page.locator(".kpi", has_text="Stored")
    expect(stored.locator(".kpi-value")).to_have_text("4", timeout=30_000)
    expect(page.get_by_role("heading", name="Rejected lines")).to_be_visible(timeout=30_000)
    with page.expect_download() as report:
        page.get_by_role("link", name="Report as CSV").click()
    assert report.value.path().read_text(encoding="utf-8-sig").count("\n") == 3

    page.goto(f"/w/{world.workspace.slug}/people/?q=zora")
    row = page.get_by_role("row").filter(has_text="zora")
    for _ in range(30):
        if row.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(row.get_by_text(re.compile("3 of 7"))).to_be_visible()


def test_an_upload_goes_on_after_a_lost_connection_and_after_a_closed_tab(tab, site, world, tmp_path):
    path = tmp_path / "long.jsonl"
    path.write_bytes(b'{"type": "track", "userId": "u", "event": "A", "timestamp": "2026-01-01T00:00:00Z"}\n' * 130_000)
    page = tab(world.owner, expect=("Failed to load resource", "net::ERR"))
    page.goto(f"/w/{world.workspace.slug}/imports/new/")
    puts = []

    def lose(route) -> None:
        puts.append(route.request.headers["upload-offset"])
        if len(puts) == 2:
            route.abort()  # the network is gone
        elif len(puts) == 4:
            route.fulfill(status=503, body="")  # a server that restarts
        elif len(puts) > 5:
            pass  # hangs until the tab is closed
        else:
            route.continue_()

    page.route("**/bytes/", lose)
    page.get_by_label("A file of events").set_input_files(str(path))
    page.get_by_role("button", name="Upload").click()
    for _ in range(60):
        if len(puts) > 5:
            break
        page.wait_for_timeout(500)
    assert puts == ["0", "2097152", "2097152", "4194304", "4194304", "6291456"]
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Choose the same file again to go on where it was.")).to_be_visible()
    page.close()

    again = tab(world.owner)
    again.goto(f"/w/{world.workspace.slug}/imports/")
    again.get_by_role("link", name="long.jsonl").click()
    again.get_by_label("A file of events").set_input_files(str(path))
    again.get_by_role("button", name="Upload").click()
    expect(again.get_by_role("heading", name="What the first rows become")).to_be_visible(timeout=60_000)
    with scope(world.workspace):
        job = Import.objects.get()
    assert (job.uploaded, job.state) == (path.stat().st_size, "ready")


def test_every_page_of_imports_is_accessible_in_every_view(tab, world, imports):
    page = tab(world.owner)
    for name in ("list", "new", "uploading", "mapping", "lines", "running", "finished", "failed"):
        assert look(page, f"/w/{world.workspace.slug}/{imports[name]}") == [], name


@pytest.fixture
def imports(world) -> dict[str, str]:
    """Imports in every state: where each can be seen."""
    from onboarding.intake.imports import jobs, uploads

    def upload(name: str, data: bytes) -> Import:
        job = uploads.begin(name=name, size=len(data), modified=1, by=world.owner)
        return uploads.take(job, offset=0, content=data)

    table = (
        b"user_id,event,time,plan,a rather long name of a column\n" + b"u,A,2026-01-01,team,x\nv,B,soon,free,y\n" * 6
    )
    ladder = b'{"type": "track", "userId": "u", "event": "A"}\n{\n=1+1\n'
    with scope(world.workspace):
        uploading = uploads.begin(name="large.parquet", size=1 << 28, modified=1, by=world.owner)
        mapped = upload("events.csv", table)
        plain = upload("events.jsonl", ladder)
        finished, failed = upload("done.jsonl", ladder), upload("book.xlsx", b"PK\x03\x04")
        jobs.start(finished, by=world.owner)
    jobs.carry_out_waiting(world.workspace.pk)
    with scope(world.workspace):
        running = upload("running.jsonl", ladder * 99)
        jobs.start(running, by=world.owner)
        now = timezone.now()
        Import.objects.filter(pk=running.pk).update(
            claimed_at=now, beat_at=now, rows=12_345, stored=12_000, position=1_000
        )
    pages = {"uploading": uploading, "mapping": mapped, "lines": plain, "running": running}
    pages |= {"finished": finished, "failed": failed}
    return {"list": "imports/", "new": "imports/new/"} | {name: f"imports/{job.pk}/" for name, job in pages.items()}
