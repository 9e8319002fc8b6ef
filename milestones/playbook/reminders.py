"""Writing to the owner of a playbook whose review is due: once for each due date, never twice.

1. In the workspace's morning, find playbooks that are due, owned by a member, and not yet reminded of for that date.
2. Reach the mail server first: while it is away nothing is claimed, and the next round tries again.
3. Claim: insert the reminder of that due date, in a transaction of its own. Whoever comes second finds it there.
4. Send. 5. Stamp it as sent. A crash between 3 and 5 costs this one mail; the badge on the page is there anyway.
"""

import logging
import smtplib
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from milestones.playbook.book import book_of
from milestones.playbook.models import Playbook, Reminder
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)

MORNING = 8  # o'clock, in the workspace's zone


@dataclass(frozen=True)
class Letter:
    reminder_id: int
    message: EmailMultiAlternatives


def remind(workspace: Workspace, *, now: datetime) -> int:
    """Remind the owners of the workspace's playbooks that are due; returns how many were written to."""
    local = now.astimezone(workspace.zone)
    if local.hour < MORNING or not (waiting := _waiting(workspace, local.date())):
        return 0
    connection: BaseEmailBackend = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("Reminders of workspace %s wait: the mail server does not answer (%s)", workspace.pk, error)
        return 0
    sent = 0
    try:
        for playbook_id in waiting:
            letter = _claim(workspace, playbook_id, today=local.date(), now=now)
            if letter is not None and _send(letter, connection):
                with scope(workspace):
                    Reminder.objects.filter(pk=letter.reminder_id).update(sent_at=timezone.now())
                sent += 1
    finally:
        connection.close()
    return sent


def _waiting(workspace: Workspace, today: date) -> list[int]:
    with scope(workspace):
        due = Playbook.objects.filter(due_on__lte=today, owner__isnull=False, ladder__archived_at=None)
        members = set(workspace.members.values_list("user_id", flat=True))
        told = set(Reminder.objects.filter(playbook__in=due).values_list("playbook_id", "due_on"))
        return [
            playbook.pk
            for playbook in due.order_by("pk")
            if playbook.owner_id in members and (playbook.pk, playbook.due_on) not in told
        ]


def _claim(workspace: Workspace, playbook_id: int, *, today: date, now: datetime) -> Letter | None:
    """The letter to send, claimed; None when another worker was first, or the review has been done meanwhile."""
    with scope(workspace), timezone.override(workspace.zone):
        playbook = Playbook.objects.select_related("owner", "ladder").get(pk=playbook_id)
        if playbook.owner is None or playbook.due_on is None or playbook.due_on > today:
            return None
        try:
            with transaction.atomic():
                reminder = Reminder.objects.create(
                    playbook=playbook, due_on=playbook.due_on, to=playbook.owner.email, claimed_at=now
                )
        except IntegrityError:
            return None
        return Letter(reminder.pk, letter(workspace, playbook, today=today))


def letter(workspace: Workspace, playbook: Playbook, *, today: date) -> EmailMultiAlternatives:
    """What the owner reads: which playbook, what has gone stale, and where to go. Inside the scope."""
    assert playbook.owner is not None
    book = book_of(playbook.ladder)
    address = settings.BASE_URL + playbook.get_absolute_url()
    context = {
        "workspace": workspace,
        "playbook": playbook,
        "book": book,
        "address": address,
        "late": playbook.due_on is not None and playbook.due_on < today,
        "open_comments": playbook.comments.filter(resolved_at=None).count(),
    }
    message = EmailMultiAlternatives(
        subject=" ".join(render_to_string("playbook/mail/review_due_subject.txt", context).split()),
        body=render_to_string("playbook/mail/review_due.txt", context),
        to=[playbook.owner.email],
        headers={"List-Unsubscribe": f"<{address}#care>", "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string("playbook/mail/review_due.html", context), "text/html")
    return message


def _send(letter: Letter, connection: BaseEmailBackend) -> bool:
    letter.message.connection = connection
    try:
        letter.message.send()
    except (OSError, smtplib.SMTPException):
        log.exception("The reminder %s could not be sent, and is not tried again", letter.reminder_id)
        return False
    return True
