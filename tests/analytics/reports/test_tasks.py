"""By themselves: the sweep calls, a real worker makes, renders and sends."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.reports import links, tasks
from analytics.reports.models import Dispatch, Edition, Part, Report
from tests.processes import celery_worker, wait_until
from workspaces.scope import scope


@pytest.mark.every_workspace
def test_a_real_worker_makes_renders_and_sends_what_the_sweep_finds(workspace, report, ana, monkeypatch, tmp_path):
    monkeypatch.setenv("FIRSTMILE_EMAIL_FOLDER", str(tmp_path))
    with scope(workspace):
        Report.objects.update(period_days=365)

    def is_sent():
        with scope(workspace):
            return list(Dispatch.objects.values_list("state", flat=True)) == ["sent"]

    with celery_worker():
        tasks.sweep()
        wait_until(is_sent, seconds=90, what="the report was not sent")
    mails = [file.read_text() for file in tmp_path.iterdir()]
    (written,) = [mail for mail in mails if f"To: {ana.user.email}" in mail]  # the sweep is for every workspace
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in written
    assert written.count("Content-ID: <") >= 3
    with scope(workspace):
        edition = Edition.objects.get()
        assert edition.done == edition.steps


def test_a_real_worker_writes_a_shared_page_and_a_preview_while_who_waits_sees_how_far(
    workspace, report, ana, client, client_for, monkeypatch
):
    monkeypatch.undo()  # the worker at hand
    with scope(workspace):
        Report.objects.update(period_days=365)
        question = {"ladder_key": "admin", "period_days": 365, "window_days": 14, "split": ""}
        link, token = links.make(by=ana, label="Board", days=7, **question)
    looks = (
        (client, reverse("shared:view", args=[token]), "Kaplan–Meier"),
        (client_for(ana), reverse("reports:preview", args=[workspace.slug, report.pk]), "data:image/png"),
    )
    with celery_worker():
        for browser, path, shown in looks:
            first = browser.get(path)
            assert (first.status_code, first["Refresh"]) == (202, "1")
            assert "<progress" in first.content.decode()
            wait_until(lambda: browser.get(path).status_code == 200, seconds=60, what=f"{path} was not written")  # noqa: B023
            assert shown in browser.get(path).content.decode()
    with scope(workspace):
        link.refresh_from_db()
        assert link.opened == 2  # while it was written nobody saw anything


@pytest.mark.every_workspace
def test_pictures_and_pdfs_are_let_go_of_after_a_quarter_and_the_log_stays(workspace, report, clock):
    tasks.do(workspace, now=clock)
    tasks.forget()
    with scope(workspace):
        assert Part.objects.exists()
        Edition.objects.update(rendered_at=timezone.now() - tasks.KEPT - timedelta(minutes=1))
    tasks.forget()
    with scope(workspace):
        assert not Part.objects.exists()
        assert Dispatch.objects.get().state == "sent"
        assert Edition.objects.get().html
