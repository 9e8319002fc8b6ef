"""Owners are written to once for each due date, in their morning, whatever crashes."""

import smtplib
from datetime import UTC, date, datetime

import pytest
from django.core import mail
from django.utils import timezone

from milestones.playbook import reminders
from milestones.playbook.care import Care, take_care
from milestones.playbook.models import Playbook, Reminder
from milestones.playbook.remarks import say
from milestones.playbook.tasks import remind as remind_all
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

DUE = date(2026, 3, 2)
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def due(workspace, ladder, ana):
    """Acme's playbook, which ana is to review on 2 March."""
    with scope(workspace):
        take_care(ladder, Care(ana.user, 6, DUE, 14), by=ana)
        return Playbook.of(ladder)


def test_the_owner_is_written_to_once(workspace, due, ana):
    assert reminders.remind(workspace, now=MORNING) == 1
    assert reminders.remind(workspace, now=MORNING) == 0
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == ([ana.user.email], "Review due: playbook of Administrators")
    assert f"/w/{workspace.slug}/ladders/admins/playbook/" in letter.body
    assert "is due for its review today, 2 March 2026" in letter.body
    (html, kind) = letter.alternatives[0]
    assert kind == "text/html"
    assert "is due today, 2 March 2026" in html
    assert letter.extra_headers["List-Unsubscribe"].endswith("/playbook/#care>")
    with scope(workspace):
        reminder = Reminder.objects.get()
        assert (reminder.due_on, reminder.to) == (DUE, ana.user.email)
        assert reminder.sent_at is not None


def test_the_next_due_date_is_reminded_of_again(workspace, ladder, due, ana):
    reminders.remind(workspace, now=MORNING)
    with scope(workspace):
        take_care(ladder, Care(ana.user, 6, date(2026, 4, 13), 14), by=ana)
    assert reminders.remind(workspace, now=datetime(2026, 4, 12, 9, 0, tzinfo=UTC)) == 0
    assert reminders.remind(workspace, now=datetime(2026, 4, 13, 9, 0, tzinfo=UTC)) == 1


@pytest.mark.parametrize(
    ("zone", "now", "sent"),
    [
        ("UTC", datetime(2026, 3, 2, 7, 59, tzinfo=UTC), 0),
        ("UTC", datetime(2026, 3, 2, 8, 0, tzinfo=UTC), 1),
        ("America/Los_Angeles", datetime(2026, 3, 2, 9, 0, tzinfo=UTC), 0),  # an hour past midnight there
        ("America/Los_Angeles", datetime(2026, 3, 2, 16, 0, tzinfo=UTC), 1),
        ("Pacific/Auckland", datetime(2026, 3, 1, 19, 30, tzinfo=UTC), 1),  # half past eight on 2 March there
        ("UTC", datetime(2026, 3, 1, 19, 30, tzinfo=UTC), 0),
    ],
)
def test_days_and_mornings_are_the_workspaces(workspace, due, zone, now, sent):
    Workspace.objects.filter(pk=workspace.pk).update(time_zone=zone)
    workspace.refresh_from_db()
    assert reminders.remind(workspace, now=now) == sent == len(mail.outbox)


def test_while_the_mail_server_is_away_nothing_is_claimed(workspace, due, monkeypatch):
    from django.core.mail.backends.locmem import EmailBackend

    def refuse(self):
        raise ConnectionRefusedError("no")

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "open", refuse)
        assert reminders.remind(workspace, now=MORNING) == 0
    with scope(workspace):
        assert not Reminder.objects.exists()
    assert reminders.remind(workspace, now=MORNING) == 1


@pytest.mark.parametrize("error", [smtplib.SMTPServerDisconnected("gone"), TimeoutError("late")])
def test_a_mail_that_may_have_gone_out_is_never_sent_again(workspace, due, monkeypatch, error):
    from django.core.mail.backends.locmem import EmailBackend

    def fail(self, messages):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", fail)
        assert reminders.remind(workspace, now=MORNING) == 0
    with scope(workspace):
        assert Reminder.objects.get().sent_at is None
    assert reminders.remind(workspace, now=MORNING) == 0
    assert mail.outbox == []


def test_a_crash_after_the_claim_sends_nothing_twice(workspace, due):
    """The worker died between claiming and sending: what it claimed stays claimed."""
    assert reminders._claim(workspace, due.pk, today=DUE, now=MORNING) is not None
    assert reminders._claim(workspace, due.pk, today=DUE, now=MORNING) is None
    assert reminders.remind(workspace, now=MORNING) == 0
    assert mail.outbox == []


@pytest.mark.parametrize("nobody", ["no owner", "not a member any more", "archived"])
def test_nobody_is_written_to_who_does_not_look_after_it(workspace, ladder, due, ana, nobody):
    with scope(workspace):
        if nobody == "no owner":
            Playbook.objects.update(owner=None)
        elif nobody == "archived":
            ladder.archived_at = timezone.now()
            ladder.save()
    if nobody == "not a member any more":
        ana.delete()
    assert reminders.remind(workspace, now=MORNING) == 0
    assert mail.outbox == []


def test_the_letter_says_what_is_stale_and_asked(workspace, ladder, due, ana, dan):
    from milestones.playbook.writing import write

    with scope(workspace):
        section = write(ladder, "milestone-connect", text="x", by=ana, why="x")
        section.stale_since, section.stale_cause, section.stale_reason = MORNING, "below", "12% <b>of</b> 40 people"
        section.save()
        say(ladder, "", text="Really?", by=dan)
        letter = reminders.letter(workspace, Playbook.of(ladder), today=date(2026, 3, 5))
    assert "has been due for its review since 2 March 2026" in letter.body
    assert "* Connect a source: 12% <b>of</b> 40 people" in letter.body
    assert "1 comment waits for an answer." in letter.body
    html = letter.alternatives[0][0]
    assert "12% &lt;b&gt;of&lt;/b&gt; 40 people" in html
    assert "#milestone-connect" in html


@pytest.mark.every_workspace
def test_one_workspaces_trouble_is_not_the_others(workspace, other_workspace, due, monkeypatch, caplog):
    def sometimes(which, *, now):
        if which.pk == other_workspace.pk:
            raise ValueError("trouble")
        done.append(which.pk)
        return 0

    done: list[int] = []
    monkeypatch.setattr(reminders, "remind", sometimes)
    remind_all()
    assert workspace.pk in done
    assert f"The reminders of workspace {other_workspace.pk} could not be sent" in caplog.text
