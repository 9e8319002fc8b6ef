"""What accounts do by themselves, once an hour."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from celery import shared_task
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from workspaces.accounts import checking_domains
from workspaces.accounts.models import SignUp
from workspaces.tenants.models import User

UNPROVEN_DAYS = 3


@shared_task(name="accounts.check_domains")
def check_domains() -> None:
    """Whether domains that were verified still are their workspaces' own."""
    checking_domains.check(now=timezone.now())


@shared_task(name="accounts.forget")
def forget() -> None:
    """Sessions that are over, with their addresses, and log-ins that nobody has proved to be theirs."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    stale = SignUp.objects.filter(made_at__lt=now - timedelta(days=UNPROVEN_DAYS), user__memberships=None)
    proven = EmailAddress.objects.filter(verified=True).values("user_id")
    for pk in stale.exclude(user_id__in=proven).values_list("user_id", flat=True):
        _forget_user(pk)


@transaction.atomic
def _forget_user(pk: int) -> None:
    """A log-in that has never been in has no rows in any workspace; the database would refuse, if it had."""
    for model in (SignUp, EmailAddress, UserSession):
        model.objects.filter(user_id=pk).delete()
    users = User.objects.filter(pk=pk)
    users._raw_delete(users.db)
