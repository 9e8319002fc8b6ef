"""Editions reach each of their recipients once, on a real mail server, whatever crashes."""

import re
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.mail import get_connection
from django.db import connections
from django.utils import timezone

from analytics.reports import consent, dispatching, editions, keeping
from analytics.reports.models import Dispatch, Part, Report
from tests.processes import ROOT, environment
from workspaces.scope import scope

WORKER = Path(__file__).with_name("deliver_and_hang.py")


@pytest.fixture
def ready(workspace, report, outsider, clock):
    """This week's edition is rendered, for ana and for the board."""
    editions.make_due(workspace, now=clock)
    assert editions.render_waiting(workspace, now=clock) == 1


def deliver(workspace, *, now=None):
    return dispatching.deliver(workspace, now=now or timezone.now())


def states(workspace):
    with scope(workspace):
        return dict(Dispatch.objects.values_list("address", "state"))


def test_what_went_wrong_in_writing_a_mail_is_for_the_operators_log(workspace, ready, sink, monkeypatch, caplog):
    def breaks(dispatch):
        raise ValueError("Header values may not contain newlines")

    monkeypatch.setattr(dispatching, "message_to_its_recipient", breaks)
    assert deliver(workspace) == 0
    with scope(workspace):
        told = set(Dispatch.objects.values_list("state", "error"))
    assert told == {("failed", dispatching.UNWRITABLE)}
    assert "newlines" not in dispatching.UNWRITABLE
    assert "Header values may not contain newlines" in caplog.text


def test_everybody_gets_it_once_with_pictures_a_pdf_and_a_way_to_stop(workspace, ready, sink, ana):
    assert deliver(workspace) == 2
    assert deliver(workspace) == 0
    assert sink.to == sorted([ana.user.email, "board@example.org"])
    message = next(message for message in sink.messages if message["To"] == "board@example.org")
    assert message["Subject"].startswith("Weekly adoption: ")
    assert message.get_body(("plain",)).get_content().startswith(message["Subject"].removeprefix("Weekly adoption: "))
    html = message.get_body(("html",))
    stop = message["List-Unsubscribe"].strip("<>")
    assert stop in html.get_content()
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    with consent.behind(stop.rstrip("/").rpartition("/")[2], consent.UNSUBSCRIBE) as (_, recipient):
        assert recipient.address == "board@example.org"
    pictures = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert len(pictures) >= 3
    for picture in pictures:
        assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in html.get_content()
        assert picture.get_content().startswith(b"\x89PNG")
    (pdf,) = message.iter_attachments()
    assert pdf.get_filename() == "report.pdf"
    assert pdf.get_content().startswith(b"%PDF")


def test_two_workers_at_once_send_it_once(workspace, ready, sink):
    gate = threading.Barrier(4)

    def work():
        gate.wait()
        try:
            deliver(workspace)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(sink.taken) == 2
    assert set(states(workspace).values()) == {"sent"}


def test_while_no_mail_server_answers_everything_waits(workspace, ready, sink, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert deliver(workspace) == 0
    assert set(states(workspace).values()) == {"waiting"}
    with scope(workspace):
        assert not Dispatch.objects.filter(attempts__gt=0).exists()
    settings.EMAIL_PORT = port
    assert deliver(workspace) == 2


def test_a_refused_recipient_holds_up_nobody_else_and_is_said_so(workspace, ready, sink, ana):
    sink.refuse = lambda address: "550 5.1.1 No such mailbox" if address == "board@example.org" else ""
    assert deliver(workspace) == 1
    assert states(workspace) == {ana.user.email: "sent", "board@example.org": "failed"}
    with scope(workspace):
        assert "550 5.1.1 No such mailbox" in Dispatch.objects.get(address="board@example.org").error
    assert deliver(workspace, now=timezone.now() + timedelta(days=2)) == 0


def test_a_recipient_who_is_refused_for_now_gets_it_later(workspace, ready, sink):
    sink.refuse = lambda address: "451 4.7.1 Greylisted" if address == "board@example.org" else ""
    deliver(workspace)
    assert states(workspace)["board@example.org"] == "waiting"
    assert deliver(workspace) == 0
    sink.refuse = lambda address: ""
    assert deliver(workspace, now=timezone.now() + timedelta(minutes=2)) == 1
    assert len(sink.taken) == 2


def test_a_worker_killed_after_the_server_had_it_is_not_sent_again_but_told_of(workspace, ready, sink, settings, ana):
    """Between the mail server's taking and the stamp nobody can know; never twice is what counts then."""
    with scope(workspace):
        Dispatch.objects.filter(address="board@example.org").update(state="overtaken")
    held, killed = threading.Event(), threading.Event()

    def hold():
        held.set()
        assert killed.wait(60)

    sink.before_ok = hold
    variables = {
        **environment(),
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "FIRSTMILE_EMAIL_HOST": "127.0.0.1",
        "FIRSTMILE_EMAIL_PORT": str(settings.EMAIL_PORT),
        "FIRSTMILE_EMAIL_TLS": "none",
    }
    worker = subprocess.Popen([sys.executable, str(WORKER), str(workspace.pk)], cwd=ROOT, env=variables)
    assert held.wait(60)
    worker.kill()
    worker.wait()
    killed.set()
    sink.before_ok = lambda: None
    assert sink.to == [ana.user.email]
    assert deliver(workspace) == 0
    assert states(workspace)[ana.user.email] == "waiting"
    later = timezone.now() + dispatching.LEASE + timedelta(minutes=1)
    assert deliver(workspace, now=later) == 0
    assert states(workspace)[ana.user.email] == "unclear"
    assert len(sink.taken) == 1
    with scope(workspace):
        dispatch = Dispatch.objects.get(address=ana.user.email)
        assert dispatch.error == dispatching.NO_ANSWER
        assert dispatching.send_again(dispatch)
    assert deliver(workspace) == 1
    first, second = sink.messages
    assert first["Message-ID"] == second["Message-ID"]


def test_a_worker_killed_before_it_handed_anything_over_is_made_up_for(workspace, ready, sink):
    with scope(workspace):
        Dispatch.objects.filter(address="board@example.org").update(state="overtaken")
    assert dispatching._claim(workspace, timezone.now()) is not None  # and then it is killed
    assert deliver(workspace) == 0
    later = timezone.now() + dispatching.LEASE + timedelta(minutes=1)
    assert deliver(workspace, now=later) == 1
    assert len(sink.taken) == 1


def test_what_is_paused_after_it_was_claimed_is_not_handed_over(workspace, report, ready, sink, ana):
    claim = dispatching._claim(workspace, timezone.now())
    with scope(workspace):
        keeping.pause(report, by=ana)
    connection = get_connection()
    connection.open()
    assert dispatching._send(workspace, claim, claim.message, connection) is False
    connection.close()
    assert sink.taken == []


def test_a_worker_taken_for_dead_sends_nothing(workspace, ready, sink):
    late = dispatching._claim(workspace, timezone.now())
    with scope(workspace):
        Dispatch.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert deliver(workspace) == 2
    connection = get_connection()
    connection.open()
    assert dispatching._send(workspace, late, late.message, connection) is False
    connection.close()
    assert len(sink.taken) == 2


def test_a_connection_that_breaks_before_the_answer_leaves_it_unclear(workspace, ready, sink):
    sink.hangs_up = True
    deliver(workspace)
    assert sorted(states(workspace).values()) == ["unclear", "waiting"]
    sink.hangs_up = False
    assert deliver(workspace, now=timezone.now() + timedelta(days=1)) == 1
    assert len(sink.taken) == 2  # the one that is unclear was not sent again


def test_a_server_that_refuses_the_whole_mail_for_now_is_tried_again(workspace, ready, sink):
    sink.before_ok = lambda: "452 4.3.1 Full"
    assert deliver(workspace) == 0
    assert set(states(workspace).values()) == {"waiting"}
    sink.before_ok = lambda: None
    assert deliver(workspace, now=timezone.now() + timedelta(minutes=2)) == 2


def test_sent_again_by_a_member_it_is_a_mail_of_its_own(workspace, ready, sink):
    deliver(workspace)
    with scope(workspace):
        dispatch = Dispatch.objects.first()
        assert dispatching.send_again(dispatch)
        assert not dispatching.send_again(dispatch)  # it is on its way
    assert deliver(workspace) == 1
    ids = [message["Message-ID"] for message in sink.messages if message["To"] == dispatch.address]
    assert len(set(ids)) == 2


def test_who_has_stopped_left_or_was_removed_gets_nothing(workspace, ready, sink, ana, outsider):
    with scope(workspace):
        consent.unsubscribe(outsider)
    ana.delete()
    assert deliver(workspace) == 0
    assert set(states(workspace).values()) == {"failed"}
    with scope(workspace):
        errors = set(Dispatch.objects.values_list("error", flat=True))
    assert errors == {
        "The recipient does not want this report any more.",
        "The recipient is no member of the workspace any more.",
    }


def test_a_line_break_in_a_name_cannot_write_a_header(workspace, report, sink, clock):
    evil = "Weekly\r\nBcc: everybody@example.net\r\n\r\n<script>"
    with scope(workspace):
        Report.objects.update(name=evil)
    workspace.name = "Acme\nBcc: all@example.net"
    workspace.save()
    editions.make_due(workspace, now=clock)
    editions.render_waiting(workspace, now=clock)
    assert deliver(workspace) == 1
    (message,) = sink.messages
    assert message["Bcc"] is None
    assert message["Subject"].startswith("Weekly Bcc: everybody@example.net <script>: ")
    html = message.get_body(("html",)).get_content()
    assert "<script>" not in html


def test_pictures_that_are_not_kept_any_more_are_not_missed_silently(workspace, ready, sink):
    deliver(workspace)
    with scope(workspace):
        Part.objects.all().delete()
        dispatch = Dispatch.objects.first()
        dispatching.send_again(dispatch)
    assert deliver(workspace) == 0
    assert states(workspace)[dispatch.address] == "failed"


def test_every_link_in_the_mail_is_of_the_dashboard_or_to_stop(workspace, ready, sink):
    deliver(workspace)
    links = set(re.findall(r'href="([^"]+)"', sink.messages[0].get_body(("html",)).get_content()))
    assert len(links) == 2
    assert any("/reports/unsubscribe/" in link for link in links)
    assert any(f"/w/{workspace.slug}/adoption/?ladder=admin" in link for link in links)


def test_without_a_mail_server_in_production_nothing_counts_as_sent(workspace, ready, sink, settings):
    settings.REPORTS_GO_OUT = False
    assert deliver(workspace) == 0
    assert set(states(workspace).values()) == {"waiting"}
