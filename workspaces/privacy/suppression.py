"""Ids that a workspace takes nothing of any more, known by their digests alone.

The digest is a keyed BLAKE2b (RFC 7693; a quarter of HMAC-SHA256's time here) under a random key of the workspace's,
which is kept sealed: so a copied table tells nobody who was erased, not even to whoever tries all user ids. A process
asks for the digests anew after FRESH_SECONDS; whoever erases looks once more after a longer while (LATECOMERS), for
what came in meanwhile.
"""

import hashlib
import logging
import secrets
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from workspaces.keys.sealed import Unreadable, seal, unseal
from workspaces.privacy.models import Keeping, Suppressed, SuppressionKey
from workspaces.scope import current_workspace_id, scope
from workspaces.scope.bulk import insert_rows

log = logging.getLogger(__name__)

FRESH_SECONDS = 10.0
LATECOMERS = timedelta(seconds=60)
MOST_KNOWN = 10_000  # workspaces, of which nearly all have erased nobody

_known: dict[int, tuple[float, "Rules"]] = {}


class Erased:
    """The ids that were erased in one workspace, by their digests."""

    def __init__(self, key: bytes, digests: frozenset[str]) -> None:
        self._key = key
        self._digests = digests

    def __contains__(self, sender: object) -> bool:
        return digest_under(self._key, str(sender)) in self._digests


class Rules(NamedTuple):
    """What intake must know of a workspace: whom it takes nothing of, and what it leaves out of messages."""

    erased: Erased | None = None
    addresses: bool = False
    user_agents: bool = True


def digest_under(key: bytes, sender: str) -> str:
    return hashlib.blake2b(sender.encode("utf-8", "surrogatepass"), key=key, digest_size=32).hexdigest()


def digest(sender: str) -> str:
    """The digest of a sender's key ("u:" and a user id, or "a:" and an anonymous id), in the current scope."""
    return digest_under(_key(), sender)


def suppress(senders: Iterable[str]) -> None:
    """Take nothing of these senders any more, in the current scope."""
    key, now = _key(), timezone.now()
    rows = [{"digest": digest_under(key, sender), "since": now} for sender in sorted(set(senders))]
    insert_rows(Suppressed, rows, on_conflict="DO NOTHING")
    forget(current_workspace_id())


def lift(sender: str) -> bool:
    """Take what comes of this sender again, as of somebody new. Returns whether nothing was taken before."""
    lifted = Suppressed.objects.filter(digest=digest(sender))._raw_delete("default") > 0
    forget(current_workspace_id())
    return lifted


def rules_of(workspace_id: int) -> Rules:
    """What holds in a workspace now, or did some seconds ago. In its scope or outside of any."""
    now = time.monotonic()
    known = _known.get(workspace_id)
    if known is not None and now - known[0] < FRESH_SECONDS:
        return known[1]
    if len(_known) >= MOST_KNOWN:
        _known.clear()
    found = _ask(workspace_id)
    _known[workspace_id] = now, found
    return found


def forget(workspace_id: int) -> None:
    """Ask anew when the next message comes."""
    _known.pop(workspace_id, None)


def _ask(workspace_id: int) -> Rules:
    with scope(workspace_id):
        digests = frozenset(Suppressed.objects.values_list("digest", flat=True))
        keeping = Keeping.here()
        erased = None
        if digests:
            try:
                erased = Erased(_key(), digests)
            except Unreadable:  # better to take too much, loudly, than to lose everybody's messages
                log.exception("Erased people of workspace %s cannot be told; their messages are taken", workspace_id)
        return Rules(erased, keeping.addresses, keeping.user_agents)


def note_refused(workspace_id: int, count: int) -> None:
    """Count messages that were not taken because their senders are erased."""
    with scope(workspace_id), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO privacy_refused AS r (workspace_id, day, count) "
            "VALUES (%s, (now() AT TIME ZONE 'UTC')::date, %s) "
            "ON CONFLICT (workspace_id, day) DO UPDATE SET count = r.count + excluded.count",
            [workspace_id, count],
        )


def _key() -> bytes:
    kept = SuppressionKey.objects.first()
    if kept is None:
        SuppressionKey.objects.bulk_create(
            [SuppressionKey(sealed=seal(secrets.token_bytes(32)))], ignore_conflicts=True
        )
        kept = SuppressionKey.objects.get()
    return unseal(kept.sealed)
