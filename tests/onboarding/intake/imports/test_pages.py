"""The pages of imports: list, mapping with preview, start, progress, report, cancellation."""

import csv
import io
import json

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from onboarding.intake.imports import jobs, mapping_form
from onboarding.intake.imports.mapping import read_mapping
from onboarding.intake.imports.models import Import
from onboarding.intake.models import LoggedEvent
from tests.onboarding.intake.imports.files import as_csv, as_parquet, rows
from tests.onboarding.intake.test_import_events import lines
from workspaces.audit.models import Entry
from workspaces.scope import scope


def url(name: str, job: Import, **more) -> str:
    return reverse(f"imports:{name}", kwargs={"workspace_slug": job.workspace.slug, "pk": job.pk, **more})


def words(response) -> str:
    return " ".join(strip_tags(response.content.decode().replace("<", " <")).split())


def form_of(job: Import, header: list[str], **changes) -> dict:
    """The mapping form's fields as they are drawn, with some of them changed."""
    mapping = read_mapping(job.mapping)
    fields = {"constant.type": mapping.constants.get("type", ""), "time.format": mapping.time_format}
    fields["time.zone"] = mapping.zone
    for line in mapping_form.lines(mapping, header, []):
        fields |= {f"c{line.place}.to": line.to, f"c{line.place}.name": line.name, f"c{line.place}.as": line.kind.value}
    return fields | changes


HEADER = ["user_id", "event", "time", "plan", "amount"]


class TestTable:
    def test_the_page_shows_the_guess_and_what_the_rows_become(self, uploaded, ana, client_for):
        table = rows(3)
        table[1][2] = "soon"
        job = uploaded(as_csv(table), "events.csv")
        said = words(client_for(ana).get(url("show", job)))
        assert "2 of 3 become messages" in said
        assert "Report Shared of user-0" in said
        assert "Rejected time is not a time such as 2026-03-02T12:00:00Z: “soon”" in said

    def test_a_change_shows_at_once_what_becomes_of_the_rows_and_keeps_nothing(self, uploaded, ana, client_for):
        job = uploaded(as_csv(rows(2)), "events.csv")
        fields = form_of(job, HEADER, **{"c1.to": "", "constant.event": "Signed Up", "c3.to": ""})
        said = words(client_for(ana).post(url("preview", job), fields))
        assert "Signed Up of user-0" in said
        assert "plan" not in said.partition("becomes")[2]
        with scope(job.workspace_id):
            assert Import.objects.get().mapping == job.mapping

    def test_what_is_wrong_with_the_mapping_is_told_and_nothing_starts(self, uploaded, ana, client_for):
        job = uploaded(as_csv(rows(2)), "events.csv")
        fields = form_of(job, HEADER, **{"c0.to": "", "time.zone": "Mars/Olympus", "c4.to": "event"})
        for name, status in (("preview", 200), ("start", 422)):
            response = client_for(ana).post(url(name, job), fields)
            assert response.status_code == status
            said = words(response)
            assert "Say whose the rows are" in said
            assert "There is no time zone “Mars/Olympus”" in said
            assert "cannot both become event" in said
        with scope(job.workspace_id):
            assert Import.objects.get().state == "ready"
            assert not Entry.objects.exists()

    def test_starting_keeps_the_mapping_and_a_worker_carries_it_out(self, uploaded, workspace, ana, client_for):
        job = uploaded(as_csv(rows(20)), "events.csv")
        fields = form_of(job, HEADER, **{"c4.to": "properties.", "c4.name": "total.value", "c4.as": "text"})
        response = client_for(ana).post(url("start", job), fields, follow=True)
        assert "Waits for a worker" in words(response)
        jobs.carry_out_waiting(workspace.pk)
        with scope(workspace):
            event = LoggedEvent.objects.order_by("occurred_at").first()
            assert event.properties == {"plan": "team", "total": {"value": "0"}}
            entry = Entry.objects.get()
            assert (entry.actor, entry.action) == (ana.user.email, "import.started")
        audit = words(client_for(ana).get(reverse("audit:entries", args=[workspace.slug])))
        assert "started the import of events.csv" in audit

    def test_a_file_whose_columns_nobody_could_guess_is_asked_about(self, uploaded, ana, client_for):
        job = uploaded(b"who,what\nu,A\n", "events.csv")
        said = words(client_for(ana).get(url("show", job)))
        assert "Say whose the rows are" in said
        assert "What the columns are" in said

    def test_parquet_is_mapped_too(self, uploaded, workspace, ana, client_for):
        job = uploaded(as_parquet(rows(20)), "events.parquet")
        assert "8 of 8 become messages" in words(client_for(ana).get(url("show", job)))
        client_for(ana).post(url("start", job), form_of(job, HEADER))
        jobs.carry_out_waiting(workspace.pk)
        with scope(workspace):
            assert Import.objects.get().stored == 20

    def test_rows_without_time_are_warned_of(self, uploaded, ana, client_for):
        job = uploaded(b"user_id,plan\nu,team\n", "people.csv")
        assert "No row says when it happened" in words(client_for(ana).get(url("show", job)))

    @pytest.mark.parametrize("junk", ["\x00", "9" * 5_000, "<script>alert(1)</script>", "{{ 7 }}"])
    def test_garbage_in_every_field_of_the_form_is_answered(self, junk, uploaded, ana, client_for):
        job = uploaded(as_csv(rows(2)), "events.csv")
        for name in ("preview", "start"):
            fields = dict.fromkeys(form_of(job, HEADER), junk) | {"constant.event": junk}
            response = client_for(ana).post(url(name, job), fields)
            assert response.status_code in (200, 422)
            assert b"<script>alert" not in response.content

    def test_garbage_in_a_file_is_shown_as_text(self, uploaded, ana, client_for):
        data = 'user_id,<b>x</b>,event\n<script>alert(1)</script>,"{{ 7 }}",=1+1\n\udcff,\x00,\n'
        job = uploaded(data.encode("utf-8", "surrogateescape"), "<i>a</i>.csv")
        page = client_for(ana).get(url("show", job))
        assert page.status_code == 200
        assert b"<script>alert" not in page.content
        assert b"<b>x</b>" not in page.content


class TestJsonLines:
    def test_a_check_shows_the_first_lines_and_starts(self, uploaded, workspace, ana, client_for):
        job = uploaded(("{\n" + "\n".join(lines(20))).encode(), "events.jsonl")
        page = client_for(ana).get(url("show", job))
        assert "7 of 8 become messages" in words(page)
        assert b"What the columns are" not in page.content
        client_for(ana).post(url("start", job))
        jobs.carry_out_waiting(workspace.pk)
        with scope(workspace):
            job = Import.objects.get()
        assert (job.stored, job.rejected) == (20, 1)


class TestProgress:
    def test_it_is_304_while_nothing_changes_and_stops_polling_at_the_end(self, started, workspace, ben, client_for):
        job = started(as_csv(rows(30)), "events.csv")
        client = client_for(ben)  # a viewer may look
        first = client.get(url("progress", job))
        assert "Waits for a worker" in words(first)
        assert b"data-poll" in first.content
        assert client.get(url("progress", job), headers={"HX-PTag": first["HX-PTag"]}).status_code == 304
        jobs.carry_out_waiting(workspace.pk)
        after = client.get(url("progress", job), headers={"HX-PTag": first["HX-PTag"]})
        assert after.status_code == 200
        assert b"data-poll" not in after.content
        assert "Stored 30 new in the log There already 0" in words(after)

    def test_an_upload_that_is_not_complete_says_how_to_go_on(self, workspace, ana, client_for):
        from onboarding.intake.imports import uploads

        with scope(workspace):
            job = uploads.begin(name="a.csv", size=10, modified=0, by=ana)
        said = words(client_for(ana).get(url("show", job)))
        assert "have arrived" in said
        assert "Choose a.csv again to go on where it was" in said

    def test_cancelling_is_a_button_with_its_effect(self, started, workspace, ana, client_for):
        job = started(as_csv(rows(30)), "events.csv")
        response = client_for(ana).post(url("cancel", job), follow=True)
        assert "is cancelled. What it stored stays." in words(response)
        assert "had ended already" in words(client_for(ana).post(url("cancel", job), follow=True))

    def test_what_was_started_or_ended_is_not_started_again(self, started, workspace, ana, client_for):
        job = started(as_csv(rows(3)), "events.csv")
        assert client_for(ana).post(url("start", job), form_of(job, HEADER)).status_code == 404
        assert client_for(ana).post(url("preview", job)).status_code == 404


class TestReport:
    BAD = ['=HYPERLINK("http://x")', "+1", "-1", "@x", "\tx", "plain, with a comma"]

    @pytest.fixture
    def rejecting(self, started, workspace) -> Import:
        """An import of JSON lines of which none is a message."""
        job = started("\n".join(self.BAD).encode(), "events.jsonl")
        jobs.carry_out_waiting(workspace.pk)
        return job

    def test_as_csv_no_cell_is_a_formula(self, rejecting, ben, client_for):
        response = client_for(ben).get(url("rejected", rejecting, form="csv"))
        assert response["Content-Disposition"] == f'attachment; filename="import-{rejecting.pk}-rejected.csv"'
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        found = list(csv.reader(io.StringIO(text)))
        assert found[0] == ["line", "reason", "message", "text"]
        assert [row[0] for row in found[1:]] == ["1", "2", "3", "4", "5", "6"]
        assert [row[3] for row in found[1:]] == [
            "'=HYPERLINK(\"http://x\")", "'+1", "'-1", "'@x", "'\tx", "plain, with a comma",
        ]  # fmt: skip
        assert {row[1] for row in found[1:]} == {"bad_json", "not_an_object"}

    def test_as_json_lines_it_is_what_stood_in_the_file(self, rejecting, ben, client_for):
        response = client_for(ben).get(url("rejected", rejecting, form="jsonl"))
        entries = [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]
        assert [entry["text"] for entry in entries] == self.BAD
        assert entries[5].keys() == {"line", "reason", "message", "text"}

    def test_a_long_report_comes_in_parts(self, started, workspace, ben, client_for):
        job = started(b"{\n" * 2_500, "events.jsonl")
        jobs.carry_out_waiting(workspace.pk)
        response = client_for(ben).get(url("rejected", job, form="jsonl"))
        found = [json.loads(line)["line"] for line in b"".join(response.streaming_content).splitlines()]
        assert found == list(range(1, 2_501))

    def test_there_are_no_other_forms(self, rejecting, ben, client_for):
        assert client_for(ben).get(url("rejected", rejecting, form="exe")).status_code == 404


class TestWhoMay:
    def test_viewers_see_the_list_and_no_button(self, started, workspace, ben, ana, client_for):
        started(as_csv(rows(3)), "events.csv")
        index = reverse("imports:index", args=[workspace.slug])
        assert "Import a file" not in words(client_for(ben).get(index))
        assert "Import a file" in words(client_for(ana).get(index))
        assert "events.csv" in words(client_for(ben).get(index))

    def test_a_viewer_sees_no_cells_of_a_file_that_is_not_started(self, uploaded, ben, client_for):
        job = uploaded(as_csv(rows(3)), "events.csv")
        said = words(client_for(ben).get(url("show", job)))
        assert "an editor is to start its import" in said
        assert "user-0" not in said

    def test_a_stranger_finds_nothing_of_it_in_either_workspace(
        self, started, workspace, other_workspace, cyd, client_for
    ):
        job = started(b"{\n", "events.jsonl")
        jobs.carry_out_waiting(workspace.pk)
        for slug in (workspace.slug, other_workspace.slug):
            for name, more in (("show", {}), ("progress", {}), ("rejected", {"form": "csv"})):
                path = reverse(f"imports:{name}", kwargs={"workspace_slug": slug, "pk": job.pk, **more})
                assert client_for(cyd).get(path).status_code == 404
        with scope(other_workspace):
            assert not Import.objects.exists()
