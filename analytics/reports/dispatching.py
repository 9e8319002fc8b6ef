"""Sending editions: each to each of its recipients once, whatever crashes.

1. Reach the mail server first: while it is away nothing is claimed.
2. Claim a dispatch that is due, by a lease (`claimed_until`). A worker that is killed before step 4 has given nothing
   away: when its lease is over, another sends.
3. Look whether its recipient still wants it, and build the message from what the edition keeps.
4. Stamp `handed_at`, committed, before the mail server gets a byte.
5. Hand it over.
6. Stamp what came of it. A refusal is certain: nothing was delivered, so it is tried again later (4xx) or has failed
   (5xx). Where there is no answer (the worker was killed between 4 and 6, the connection broke), the mail may have been
   delivered or not, and nobody can know. It becomes UNCLEAR and is not sent again by itself: never twice is worth more
   here than always once. A member can have it sent again, under the same Message-ID, so that a mail program that
   has it already shows it once.
"""

import logging
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from analytics.reports.addressing import message_id, message_to_its_recipient
from analytics.reports.mime import Message
from analytics.reports.models import Dispatch
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # longer than a mail server may take over all its answers
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
NO_ANSWER = gettext_noop(
    "The mail server had been given it when the connection broke or the worker ended; it may have arrived."
)

UNWRITABLE = gettext_noop("This mail could not be written; nothing was sent. The operator's log says why.")


@dataclass(frozen=True)
class Claim:
    """A dispatch that is this worker's until `until`. `refusal` says why it cannot be sent at all."""

    dispatch_id: int
    until: datetime
    message: Message | None
    refusal: str = ""


def deliver(workspace: Workspace, *, now: datetime) -> int:
    """Send what is due; returns how many were sent."""
    note_unclear(workspace, now=now)
    with scope(workspace):
        if not settings.REPORTS_GO_OUT or not Dispatch.due(now).exists():
            return 0
    connection: BaseEmailBackend = get_connection()
    sent = 0
    try:
        connection.open()
        while (claim := _claim(workspace, now)) is not None:
            if claim.message is None:
                _settle(workspace, claim, handed_at=None, state=Dispatch.State.FAILED, error=claim.refusal)
            else:
                sent += _send(workspace, claim, claim.message, connection)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("Reports of workspace %s wait: the mail server does not answer (%s)", workspace.pk, error)
    finally:
        connection.close()
    return sent


def note_unclear(workspace: Workspace, *, now: datetime) -> None:
    """Of those that were handed over and whose worker is gone nobody will ever know more."""
    with scope(workspace):
        Dispatch.objects.filter(state=Dispatch.State.WAITING, handed_at__isnull=False, claimed_until__lt=now).update(
            state=Dispatch.State.UNCLEAR, claimed_until=None, error=NO_ANSWER
        )


def send_again(dispatch: Dispatch) -> bool:
    """Have one sent once more; False while it is on its way. Inside the scope.

    Of an UNCLEAR one the Message-ID stays, any other gets a new one.
    """
    changed = Dispatch.objects.filter(pk=dispatch.pk).exclude(state=Dispatch.State.WAITING)
    return bool(
        changed.update(
            state=Dispatch.State.WAITING,
            next_attempt_at=timezone.now(),
            claimed_until=None,
            handed_at=None,
            attempts=0,
            error="",
            again=dispatch.again + 1,
            message_id=dispatch.message_id if dispatch.state == Dispatch.State.UNCLEAR else "",
        )
    )


def _claim(workspace: Workspace, now: datetime) -> Claim | None:
    with scope(workspace):
        due = Dispatch.due(now).filter(handed_at=None).order_by("next_attempt_at", "pk")
        dispatch = due.select_for_update(skip_locked=True, of=("self",)).first()
        if dispatch is None:
            return None
        dispatch.claimed_until = until = timezone.now() + LEASE
        dispatch.attempts += 1
        dispatch.message_id = dispatch.message_id or message_id(dispatch)
        dispatch.save(update_fields=["claimed_until", "attempts", "message_id"])
        if refusal := _refusal(workspace, dispatch):
            return Claim(dispatch.pk, until, None, refusal)
        try:
            return Claim(dispatch.pk, until, message_to_its_recipient(dispatch))
        except ValueError:
            # What is wrong with it is for the operator's log; a member can do nothing with it.
            log.exception("Dispatch %s of workspace %s cannot be written", dispatch.pk, workspace.pk)
            return Claim(dispatch.pk, until, None, UNWRITABLE)


def _refusal(workspace: Workspace, dispatch: Dispatch) -> str:
    recipient = dispatch.recipient
    if recipient.removed_at is not None:
        return gettext_noop("The recipient was removed.")
    if recipient.state != "active":
        return gettext_noop("The recipient does not want this report any more.")
    if recipient.as_member and workspace.member(user=recipient.user_id) is None:
        return gettext_noop("The recipient is no member of the workspace any more.")
    if not dispatch.edition.parts.exists() and 'src="cid:' in dispatch.edition.html:
        return gettext_noop("Its pictures are not kept any more.")
    return ""


def _reconnect_if_gone(connection: BaseEmailBackend) -> None:
    """Before anything is stamped: servers hang up on whoever was silent for long or has sent much."""
    server = getattr(connection, "connection", None)
    if isinstance(server, smtplib.SMTP):
        try:
            alive = server.noop()[0] == 250
        except smtplib.SMTPServerDisconnected:
            alive = False
        if not alive:
            connection.close()
            connection.open()


def _send(workspace: Workspace, claim: Claim, message: Message, connection: BaseEmailBackend) -> bool:
    _reconnect_if_gone(connection)
    handed_at = timezone.now()
    with scope(workspace):
        waiting = Dispatch.objects.filter(state=Dispatch.State.WAITING, handed_at=None)
        mine = waiting.filter(pk=claim.dispatch_id, claimed_until=claim.until)
        if not mine.update(handed_at=handed_at):
            return False  # its lease was over and another has it, or the report was paused
    message.connection = connection
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = next(iter(refused.recipients.values()))
        _refused(workspace, claim, handed_at, code, words)
        return False
    except smtplib.SMTPResponseException as refused:
        _refused(workspace, claim, handed_at, refused.smtp_code, refused.smtp_error)
        return False
    except (OSError, smtplib.SMTPException):
        _settle(workspace, claim, handed_at=handed_at, state=Dispatch.State.UNCLEAR, error=NO_ANSWER)
        raise
    _settle(workspace, claim, handed_at=handed_at, state=Dispatch.State.SENT, sent_at=timezone.now())
    return True


def _refused(workspace: Workspace, claim: Claim, handed_at: datetime, code: int, words: bytes | str) -> None:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    error = f"The mail server refused it: {code} {' '.join(said.split())}"[:300]
    with scope(workspace):
        attempts = Dispatch.objects.values_list("attempts", flat=True).get(pk=claim.dispatch_id)
    if code >= 500 or attempts > len(PAUSES):
        _settle(workspace, claim, handed_at=handed_at, state=Dispatch.State.FAILED, error=error)
    else:
        later = timezone.now() + PAUSES[attempts - 1]
        _settle(workspace, claim, handed_at=handed_at, state=Dispatch.State.WAITING, error=error, next_attempt_at=later)


def _settle(workspace: Workspace, claim: Claim, *, handed_at: datetime | None, state: str, **more: object) -> None:
    """Only of this very handing over; also of one that was taken for unclear meanwhile, as now more is known."""
    with scope(workspace):
        mine = Dispatch.objects.filter(
            Q(state=Dispatch.State.WAITING) | Q(state=Dispatch.State.UNCLEAR),
            pk=claim.dispatch_id,
            handed_at=handed_at,
        )
        settled: dict[str, object] = {"state": state, "claimed_until": None, "error": "", **more}
        if state == Dispatch.State.WAITING:
            settled["handed_at"] = None
        mine.update(**settled)
