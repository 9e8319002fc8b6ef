"""What members do with endpoints: add, change, switch off and on, rotate the secret, remove. In the workspace's scope.

Every verb notes what it changed in the audit log, never a secret.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from workspaces.audit.models import Entry
from workspaces.keys.sealed import seal, unseal
from workspaces.scope.wakes import announce
from workspaces.tenants.models import Member
from workspaces.webhooks.models import MOST_ENDPOINTS, Delivery, Endpoint
from workspaces.webhooks.outbox import ASKED
from workspaces.webhooks.signing import new_secret, written

DISABLED = "webhooks.disabled"  # itself
OVERLAP = timedelta(hours=24)
TWICE = timedelta(minutes=1)


class TooMany(Exception):
    """The workspace has as many endpoints as it may."""


def add(*, url: str, description: str = "", topics: Sequence[str] = (), by: Member) -> tuple[Endpoint, str]:
    """Make an endpoint. Returns it and its secret, which is not shown again. Raises TooMany."""
    if Endpoint.objects.count() >= MOST_ENDPOINTS:
        raise TooMany(
            _("A workspace has at most %(n)s webhooks. Remove one that is not needed any more.") % {"n": MOST_ENDPOINTS}
        )
    secret = new_secret()
    endpoint = Endpoint.objects.create(
        url=url, description=description, topics=list(topics), secret=seal(secret), made_by=by.user
    )
    Entry.record(by=by, action="webhook.added", target=endpoint, topics=endpoint.topics)
    return endpoint, written(secret)


def change(endpoint: Endpoint, *, url: str, description: str, topics: Sequence[str], by: Member) -> None:
    """What waits goes to the new address."""
    before = _state(endpoint)
    endpoint.url, endpoint.description, endpoint.topics = url, description, list(topics)
    if _state(endpoint) == before:
        return
    if url != before["url"]:
        _rested(endpoint)
    endpoint.save(update_fields=["url", "description", "topics", "failures", "failing_since", "rests_until"])
    Entry.record(by=by, action="webhook.changed", target=endpoint, before=before, after=_state(endpoint))


def rotate(endpoint: Endpoint, *, by: Member) -> str:
    """A new secret, returned this once. The one before signs as well for a day; one older than that no longer.

    Unless it was rotated this very minute: a button that was pressed twice must not end the secret that receivers have.
    """
    secret, now = new_secret(), timezone.now()
    stands = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    twice = stands.previous_until is not None and stands.previous_until > now + OVERLAP - TWICE
    endpoint.previous_secret = stands.previous_secret if twice else stands.secret
    endpoint.previous_until = stands.previous_until if twice else now + OVERLAP
    endpoint.secret = seal(secret)
    endpoint.save(update_fields=["secret", "previous_secret", "previous_until"])
    Entry.record(by=by, action="webhook.rotated", target=endpoint, previous_until=endpoint.previous_until.isoformat())
    return written(secret)


def enable(endpoint: Endpoint, *, by: Member) -> None:
    if endpoint.disabled_at is None:
        return
    endpoint.disabled_at, endpoint.disabled_reason, endpoint.told_at = None, "", None
    _rested(endpoint)
    endpoint.save(
        update_fields=["disabled_at", "disabled_reason", "told_at", "failures", "failing_since", "rests_until"],
    )
    Entry.record(by=by, action="webhook.enabled", target=endpoint)
    announce(ASKED, endpoint.workspace_id)


def disable(endpoint: Endpoint, *, by: Member | None, reason: str = Endpoint.Disabled.MEMBER) -> None:
    """Send nothing to it any more. What waited has failed; it can be sent again. `by=None`: it disabled itself.

    An attempt that is under way is not given up: what comes of it is written.
    """
    if endpoint.disabled_at is not None:
        return
    endpoint.disabled_at, endpoint.disabled_reason = timezone.now(), reason
    endpoint.save(update_fields=["disabled_at", "disabled_reason"])
    under_way = Q(claimed_until__gte=endpoint.disabled_at)
    waiting = Delivery.objects.filter(~under_way, endpoint=endpoint, state=Delivery.State.WAITING)
    given_up = waiting.update(
        state=Delivery.State.FAILED, claimed_until=None, error="The webhook was disabled before this was delivered."
    )
    Entry.record(by=by, actor="Firstmile", action="webhook.disabled", target=endpoint, reason=reason, given_up=given_up)
    if by is None:
        announce(DISABLED, endpoint.workspace_id)


def remove(endpoint: Endpoint, *, by: Member) -> None:
    """With its log. Waits for transactions that are about to tell it something (outbox), so that none of them fails."""
    Endpoint.objects.select_for_update().filter(pk=endpoint.pk).first()
    Entry.record(by=by, action="webhook.removed", target=endpoint)
    Delivery.objects.filter(endpoint=endpoint).delete()
    endpoint.delete()


def signing_keys(endpoint: Endpoint, now: datetime) -> list[bytes]:
    """The secrets that sign now, the newest first. Raises sealed.Unreadable."""
    keys = [unseal(endpoint.secret)]
    if endpoint.previous_secret and endpoint.previous_until is not None and now < endpoint.previous_until:
        keys.append(unseal(endpoint.previous_secret))
    return keys


def _rested(endpoint: Endpoint) -> None:
    endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, None


def _state(endpoint: Endpoint) -> dict[str, object]:
    return {"url": endpoint.url, "description": endpoint.description, "topics": endpoint.topics}
