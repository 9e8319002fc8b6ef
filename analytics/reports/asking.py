"""How often an outside address may be asked whether it wants a report, and that a "no" holds.

What is remembered here outlives the report that it was about: to remove a report and make it anew asks nobody again.
Addresses are kept as keyed hashes, of the mailbox: "a+b@example.org" is "a@example.org".

A workspace asks an address once a day at most, and so many addresses a day; everybody here together asks an address
so many times a week. What may not be asked now waits until it may.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from analytics.reports.models import Asked, Question

SALT = "analytics.reports.asking"
ASKED_EVERY = timedelta(days=1)
MOST_IN_A_DAY = 50
WEEK = timedelta(days=7)
MOST_IN_A_WEEK = 3
# How long it is known that an address was asked and said nothing.
KEPT = timedelta(days=30)


def may_ask(addresses: Iterable[str], now: datetime) -> frozenset[str]:
    """Which of these the workspace in scope may ask now."""
    of = {address: _digests(address) for address in addresses}
    lately = Asked.objects.filter(asked_at__gt=now - ASKED_EVERY)
    if not of or lately.count() >= MOST_IN_A_DAY:
        return frozenset()
    every = {digest for digests in of.values() for digest in digests}
    asked = Asked.objects.filter(Q(refused_at__isnull=False) | Q(asked_at__gt=now - ASKED_EVERY), digest__in=every)
    week = Question.objects.filter(digest__in=every, since__gt=now - WEEK, times__gte=MOST_IN_A_WEEK)
    never = set(asked.values_list("digest", flat=True)) | set(week.values_list("digest", flat=True))
    return frozenset(address for address, digests in of.items() if never.isdisjoint(digests))


def take(address: str, now: datetime) -> bool:
    """Whether the address may be asked; if so, it counts as asked. Of two workers one is told so. Inside the scope."""
    if not may_ask([address], now):
        return False
    digest = _digests(address)[0]
    Question.objects.bulk_create([Question(digest=digest, since=now)], ignore_conflicts=True)
    Question.objects.filter(digest=digest, since__lte=now - WEEK).update(since=now, times=0)
    if not Question.objects.filter(digest=digest, times__lt=MOST_IN_A_WEEK).update(times=F("times") + 1):
        return False
    Asked.objects.bulk_create([Asked(digest=digest)], ignore_conflicts=True)
    free = Asked.objects.filter(Q(asked_at=None) | Q(asked_at__lte=now - ASKED_EVERY), digest=digest, refused_at=None)
    return bool(free.update(asked_at=now))


def refuse(address: str, now: datetime) -> None:
    """It is not asked again by this workspace, whatever the report."""
    digest = _digests(address)[0]
    Asked.objects.bulk_create([Asked(digest=digest)], ignore_conflicts=True)
    Asked.objects.filter(digest=digest, refused_at=None).update(refused_at=now)


def refused_at(address: str) -> datetime | None:
    """When it said no; None where it did not, or has said yes since."""
    refused = Asked.objects.filter(digest__in=_digests(address), refused_at__isnull=False)
    return refused.values_list("refused_at", flat=True).first()


def allow(address: str) -> None:
    """It has said yes after all."""
    Asked.objects.filter(digest__in=_digests(address)).update(refused_at=None)


def forget(now: datetime) -> None:
    """Let go of what no rule looks at any more: of the workspace in scope, and of weeks that are over."""
    Asked.objects.filter(refused_at=None, asked_at__lt=now - KEPT).delete()
    Question.objects.filter(since__lt=now - WEEK).delete()


def _digests(address: str) -> list[str]:
    """Under the server's secret of now, and those of before it."""
    name, _, domain = address.strip().lower().rpartition("@")
    mailbox = f"{name.partition('+')[0]}@{domain}"
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [salted_hmac(SALT, mailbox, secret=one, algorithm="sha256").hexdigest() for one in secrets]
