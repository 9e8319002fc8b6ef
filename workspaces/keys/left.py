"""Secret keys whose maker is no member any more: said to owners, taken over by a member, or at an end after a while.

They may know the token still. So what a key could do to people and keys ends with its maker's membership at once
(docs/decisions/0156); what it reads and sends goes on for GRACE, so that no nightly program stops when somebody changes
jobs, and then it is over. Write keys and flags keys stand in web pages, tell nobody anything, and go on.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from workspaces.audit.models import Entry
from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.letters import letter
from workspaces.tenants.models import Member, User, Workspace
from workspaces.tenants.speaking import speaking_to

log = logging.getLogger(__name__)

GRACE = timedelta(days=30)
ACTOR = gettext_noop("check of keys")


def without_maker() -> "QuerySet[ApiKey]":
    """Live secret keys that nobody vouches for. One that the command line made has no maker to leave."""
    team = Coalesce(F("workspace__live_id"), F("workspace_id"))
    here = Member.objects.filter(user=OuterRef("made_by"), workspace=OuterRef("team"))
    found = ApiKey.live().filter(kind=ApiKey.Kind.SECRET, made_by__isnull=False)
    return found.annotate(team=team).filter(~Exists(here))


def tell_of_them() -> int:
    """Set the end of those that are new among them, and write to the workspace's owners, once; returns how many.

    A workspace's keys are claimed by their locks. A mail that cannot be sent holds nothing up: the page says so, too,
    and a week before the end comes another mail.
    """
    told = 0
    while True:
        with transaction.atomic():
            new = without_maker().filter(left_at=None).order_by("workspace_id", "pk")
            first = new.select_for_update(skip_locked=True, of=("self",)).first()
            if first is None:
                return told
            keys = list(
                new.filter(workspace=first.workspace_id)
                .select_related("workspace", "made_by")
                .select_for_update(skip_locked=True, of=("self",))
            )
            now = timezone.now()
            for key in keys:
                key.left_at, key.ends_otherwise_at, key.told_at = now, key.expires_at, None
                key.expires_at = min(key.expires_at or now + GRACE, now + GRACE)
                key.save(update_fields=["left_at", "ends_otherwise_at", "told_at", "expires_at"])
            with scope(first.workspace_id):
                for key in keys:
                    said = {"kind": key.kind, "until": key.expires_at.isoformat() if key.expires_at else ""}
                    Entry.record(by=None, action="key.without_maker", target=key, actor=ACTOR, **said)
            try:
                _tell(first.workspace, keys)
            except OSError as error:  # as those of smtplib are
                log.warning("Owners of workspace %s could not be told of keys: %s", first.workspace_id, error)
        told += len(keys)


def adopt(keys: Iterable[ApiKey], *, by: Member, maker: User | None) -> list[ApiKey]:
    """`maker` vouches for them from now on, and they end when they would have; none may more than `by` may.

    Those that have their maker are left alone. Returns the others.
    """
    chosen = without_maker().filter(pk__in=[key.pk for key in keys]).order_by("pk")
    found = list(chosen.select_for_update(of=("self",)).select_related("made_by"))
    for key in found:
        before = key.made_by.email if key.made_by else ""
        key.made_by, key.level = maker, Level(min(key.level, by.level))
        if key.left_at is not None:
            key.expires_at, key.ends_otherwise_at, key.left_at = key.ends_otherwise_at, None, None
        key.save(update_fields=["made_by", "level", "expires_at", "ends_otherwise_at", "left_at"])
        Entry.record(by=by, action="key.adopted", target=key, kind=key.kind, before={"maker": before})
    return found


def come_back() -> int:
    """Whose maker is a member again is as it was; returns how many."""
    stamped = ApiKey.live().filter(left_at__isnull=False).filter(~Q(pk__in=without_maker().values("pk")))
    return stamped.update(expires_at=F("ends_otherwise_at"), ends_otherwise_at=None, left_at=None)


def _tell(workspace: Workspace, keys: list[ApiKey]) -> None:
    page = settings.BASE_URL + reverse("keys:keys", args=[workspace.slug])
    context = {"keys": keys, "workspace": workspace, "page": page}
    for owner in workspace.members.filter(level=Level.OWNER).order_by("user__email").select_related("user"):
        with timezone.override(workspace.zone), speaking_to(owner.user):
            subject = render_to_string("workspaces/mail/keys_left_subject.txt", context)
            mail = letter(subject, render_to_string("workspaces/mail/keys_left.txt", context), [owner.user.email])
        mail.send()
