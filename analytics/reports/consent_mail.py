"""The one mail that an outside address gets unasked: whether it wants the report. Stamped before it is sent."""

import logging
import smtplib
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.reports import asking
from analytics.reports.consent import CONFIRM, UNSUBSCRIBE, link
from analytics.reports.models import Recipient
from analytics.reports.speaking import in_the_words_of
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)


def is_waiting(now: datetime) -> bool:
    """Whether anybody has not been asked yet who may be. Inside the scope."""
    return bool(_askable(now))


def ask(workspace: Workspace, *, now: datetime) -> int:
    """Ask everybody who has not been asked and may be; returns how many.

    A crash costs the mail; a member can ask again.
    """
    with scope(workspace):
        waiting = _askable(now)
    if not waiting or not settings.REPORTS_GO_OUT:
        return 0
    connection: BaseEmailBackend = get_connection()
    asked = 0
    try:
        connection.open()
        for pk in waiting:
            asked += _ask(workspace, pk, connection, now)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("Questions for consent of workspace %s wait: no mail server answers (%s)", workspace.pk, error)
    finally:
        connection.close()
    return asked


def _unasked() -> "QuerySet[Recipient]":
    return Recipient.objects.filter(asked_at=None, confirmed_at=None, unsubscribed_at=None, removed_at=None)


def _askable(now: datetime) -> list[int]:
    unasked = list(_unasked().values_list("pk", "address"))
    allowed = asking.may_ask([address for pk, address in unasked], now) if unasked else ()
    return [pk for pk, address in unasked if address in allowed]


def _ask(workspace: Workspace, pk: int, connection: BaseEmailBackend, now: datetime) -> bool:
    with scope(workspace):
        recipient = _unasked().filter(pk=pk).select_related("report__made_by").first()
        if recipient is None or not asking.take(recipient.address, now):
            return False  # another worker was first, or it may not be asked so often
        Recipient.objects.filter(pk=pk).update(asked_at=now)
        with in_the_words_of(recipient.report.made_by, workspace):
            message = _letter(workspace, recipient)
    message.connection = connection
    try:
        message.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException):
        log.warning("The mail server refused the question for consent of recipient %s", pk)
        return False
    return True


def _letter(workspace: Workspace, recipient: Recipient) -> EmailMultiAlternatives:
    context = {
        "workspace": workspace,
        "report": recipient.report,
        "confirm": link(recipient, CONFIRM),
        "stop": link(recipient, UNSUBSCRIBE),
        "asked_on": timezone.localdate(),
    }
    names = {"report": recipient.report.name, "workspace": workspace.name}
    return EmailMultiAlternatives(
        subject=" ".join((_("Do you want “%(report)s” from %(workspace)s?") % names).split())[:150],
        body=render_to_string("reports/mail/consent.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[recipient.address],
        headers={"List-Unsubscribe": f"<{context['stop']}>", "Auto-Submitted": "auto-generated"},
    )
