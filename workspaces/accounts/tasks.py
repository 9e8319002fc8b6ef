"""What accounts do by themselves, once an hour."""

import logging
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from celery import shared_task
from django.contrib.sessions.models import Session
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from workspaces.accounts import checking_domains, reading_again, setting_up
from workspaces.accounts.models import SignUp
from workspaces.scope import scope
from workspaces.tenants.models import User, Workspace

log = logging.getLogger(__name__)

UNPROVEN_DAYS = 3


@shared_task(name="accounts.check_domains")
def check_domains() -> None:
    """Whether domains that were verified still are their workspaces' own."""
    checking_domains.check(now=timezone.now())


@shared_task(name="accounts.read_metadata_again")
def read_metadata_again() -> None:
    """Every workspace by itself: one's trouble is not the others'."""
    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        try:
            reading_again.read_again(workspace_id, now=timezone.now())
            with scope(workspace_id):
                setting_up.forget_former_key(timezone.now())
        except DatabaseError:
            log.exception("The metadata of workspace %s could not be read again", workspace_id)


@shared_task(name="accounts.forget")
def forget() -> None:
    """Sessions that are over, with their addresses, and log-ins that nobody has proved to be theirs."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    typed = EmailAddress.objects.values("user_id")
    stale = User.objects.filter(joined_at__lt=now - timedelta(days=UNPROVEN_DAYS), memberships=None, pk__in=typed)
    for pk in stale.exclude(pk__in=typed.filter(verified=True)).values_list("pk", flat=True):
        try:
            _forget_user(pk)
        except IntegrityError:  # it has been somewhere after all, and what it did there is signed by it
            log.warning("Log-in %s was never proved and cannot be forgotten", pk)


@transaction.atomic
def _forget_user(pk: int) -> None:
    """A log-in that has never been in has no rows in any workspace; the database would refuse, if it had."""
    for model in (SignUp, EmailAddress, UserSession):
        model.objects.filter(user_id=pk).delete()
    users = User.objects.filter(pk=pk)
    users._raw_delete(users.db)
