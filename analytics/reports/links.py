"""Links to a view of the numbers, for people without a log-in: a question that is fixed, answered anew at each visit.

The token has 192 random bits and begins with the workspace's number, by which it is looked up behind the tenant's own
wall; only its hash is kept. Unknown, expired and revoked links are alike to whoever opens them.

Passwords are tried slowly: after MOST_WRONG wrong ones in a row a link rests, each time twice as long, up to an hour.
So nobody guesses one, however many machines they have; who knows the right one waits with everybody else.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.core import signing
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.reports.models import MOST_LINKS, Link
from workspaces.audit.models import Entry
from workspaces.keys.models import digest
from workspaces.scope import scope
from workspaces.tenants.models import Member, Workspace

VALID_DAYS = (7, 30, 90, 365)
USUAL_DAYS = 30
SHORTEST_PASSWORD = 8
MOST_WRONG = 5
FIRST_REST, LONGEST_REST = timedelta(minutes=1), timedelta(hours=1)
# How long a browser that knew the password need not say it again.
KNOWN_FOR = timedelta(hours=12)
SALT = "analytics.reports.links"
LONGEST_TOKEN = 64


class NoSuchLink(Exception):
    """Nobody ever made this link, or it is over."""


class TooMany(ValueError):
    """The workspace has as many open links as it may have."""


class Resting(Exception):
    """Too many wrong passwords: nothing is tried before `until`."""

    def __init__(self, link: Link) -> None:
        super().__init__("Too many wrong passwords")
        assert link.locked_until is not None
        self.until = link.locked_until


def make(*, by: Member, label: str, days: int, password: str = "", **question: object) -> tuple[Link, str]:
    """Make a link; returns it and its token, which can never be shown again. Inside the scope. Raises TooMany."""
    now = timezone.now()
    if Link.objects.filter(revoked_at=None, expires_at__gt=now).count() >= MOST_LINKS:
        raise TooMany(_("A workspace has %(most)d open links at most; revoke one first.") % {"most": MOST_LINKS})
    token = f"{by.workspace_id:x}-{secrets.token_urlsafe(24)}"
    link = Link.objects.create(
        label=label,
        digest=digest(token),
        hint=token[-4:],
        password=make_password(password) if password else "",
        made_by=by.user,
        expires_at=now + timedelta(days=days),
        **question,
    )
    Entry.record(by=by, action="share_link.made", target=link, days=days, password=bool(password))
    return link, token


def revoke(link: Link, *, by: Member) -> None:
    """At once and for good. Revoking twice changes nothing."""
    if link.revoked_at is None:
        link.revoked_at = timezone.now()
        link.save(update_fields=["revoked_at"])
        Entry.record(by=by, action="share_link.revoked", target=link)


@contextmanager
def behind(token: str) -> Iterator[tuple[Workspace, Link]]:
    """The workspace and the open link of a token, inside the workspace's scope and zone. Raises NoSuchLink."""
    number, _, secret = token.partition("-")
    if len(token) > LONGEST_TOKEN or not secret or not number.isalnum() or not token.isascii() or len(number) > 15:
        raise NoSuchLink
    try:
        workspace = Workspace.objects.filter(pk=int(number, 16)).first()
    except ValueError:
        raise NoSuchLink from None
    if workspace is None:
        raise NoSuchLink
    with scope(workspace), timezone.override(workspace.zone):
        link = Link.objects.filter(digest=digest(token)).first()
        if link is None or link.state != "open":
            raise NoSuchLink
        yield workspace, link


def note_opened(link: Link) -> None:
    Link.objects.filter(pk=link.pk).update(opened=F("opened") + 1, opened_at=timezone.now())


def is_right(link: Link, password: str) -> bool:
    """Try a password; wrong ones are counted, one after the other. Raises Resting. Inside the scope."""
    link = Link.objects.select_for_update().get(pk=link.pk)
    now = timezone.now()
    if link.locked_until is not None and now < link.locked_until:
        raise Resting(link)
    right = check_password(password, link.password)
    link.wrong_passwords = 0 if right else link.wrong_passwords + 1
    link.locked_until = None
    if link.wrong_passwords >= MOST_WRONG:
        link.locked_until = now + min(FIRST_REST * 2 ** min(link.wrong_passwords - MOST_WRONG, 10), LONGEST_REST)
    link.save(update_fields=["wrong_passwords", "locked_until"])
    return right


def pass_for(link: Link) -> str:
    """What a browser keeps that knew the password; a new password would end it."""
    return signing.dumps([link.pk, link.workspace_id, link.password[-12:]], salt=SALT)


def knows(link: Link, kept: str) -> bool:
    try:
        said = signing.loads(kept, salt=SALT, max_age=KNOWN_FOR)
    except signing.BadSignature:
        return False
    return said == [link.pk, link.workspace_id, link.password[-12:]]
