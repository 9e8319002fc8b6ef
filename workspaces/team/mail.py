"""The invitation's mail. Its link is made by the worker that sends it, so no secret waits anywhere."""

import logging
import smtplib
from contextlib import AbstractContextManager, nullcontext

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from workspaces.scope import scope
from workspaces.team.inviting import new_link
from workspaces.team.models import Invitation
from workspaces.tenants.models import User, Workspace
from workspaces.tenants.speaking import speaking_to

log = logging.getLogger(__name__)


def send_invitations(workspace_id: int) -> int:
    """Send what waits in a workspace; returns how many mails went out.

    An invitation is claimed by its lock and its link kept with the stamp, once the mail is out: two workers never send
    the same one. What the server refuses is noted on the invitation; when it cannot be reached (OSError) the mail
    goes on waiting, and the sweep tries again.
    """
    sent, tried = 0, set[int]()
    while True:
        with scope(workspace_id):
            wanted = Invitation.waiting().filter(mail_wanted_at__isnull=False).exclude(pk__in=tried)
            invitation = wanted.select_for_update(skip_locked=True, of=("self",)).order_by("mail_wanted_at").first()
            if invitation is None:
                return sent
            tried.add(invitation.pk)
            problem = _send(invitation, Workspace.objects.get(pk=workspace_id))
            mailed_at = F("mailed_at") if problem else timezone.now()
            Invitation.objects.filter(pk=invitation.pk).update(
                mail_wanted_at=None, mailed_at=mailed_at, problem=problem
            )
            sent += not problem


def _send(invitation: Invitation, workspace: Workspace) -> str:
    """Returns what the mail server has against it, '' when the mail is out."""
    context = {
        "invitation": invitation,
        "workspace": workspace,
        "link": new_link(invitation, mailed=True),
        "inviter": invitation.invited_by,
    }
    with _speaking_to(invitation):
        message = EmailMultiAlternatives(
            subject=" ".join(render_to_string("team/mail/invitation_subject.txt", context).split())[:150],
            body=render_to_string("team/mail/invitation.txt", context),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[invitation.address],
            headers={"Auto-Submitted": "auto-generated"},
        )
        context["LANGUAGE_CODE"] = get_language()
        message.attach_alternative(render_to_string("team/mail/invitation.html", context), "text/html")
    try:
        message.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as refused:
        log.warning("The mail server refused invitation %s", invitation.pk)
        return f"The mail server refused it: {_words_of(refused)}"[:300]
    return ""


def _speaking_to(invitation: Invitation) -> AbstractContextManager[None]:
    """In the language of whoever has the address; of newcomers nothing is known but who invites them."""
    inviter = invitation.invited_by
    reader = User.objects.filter(email=invitation.address).first() or inviter
    return speaking_to(reader, otherwise=inviter.language if inviter else None) if reader else nullcontext()


def _words_of(refused: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> str:
    if isinstance(refused, smtplib.SMTPDataError):
        said = refused.smtp_error
    else:
        _, said = next(iter(refused.recipients.values()))
    return " ".join((said.decode("utf-8", "replace") if isinstance(said, bytes) else said).split())
