"""By themselves: the sweep calls, a real worker makes, renders and sends."""

from datetime import timedelta

from django.utils import timezone

from analytics.reports import tasks
from analytics.reports.models import Dispatch, Edition, Part, Report
from tests.processes import celery_worker, wait_until
from workspaces.scope import scope


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
