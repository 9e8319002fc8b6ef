"""Who lately asked for the widget from where, and whether they got it: what the install guide's live check tells.

Kept in Redis for a week, one line a site and outcome, so that neither much traffic nor somebody who makes sites up
pushes out what is rare. No token is kept, and no text that is no site. Nobody who reads a checklist depends on any of
it: without Redis nothing is noted.
"""

import functools
import json
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import redis
from django.conf import settings

from onboarding.widget.embed.identity import Identity
from onboarding.widget.embed.origins import is_origin

log = logging.getLogger(__name__)

SHOWN, NOTHING_YET = "shown", "nothing_yet"  # the latter: let in, but no ladder is theirs
ADMITTED = (SHOWN, NOTHING_YET)
KEPT_SECONDS = 7 * 24 * 3600
MOST = 30  # lines of those let in, and as many of those refused
LONGEST = 300  # characters of an id
# After Redis failed, readers don't each wait for its time-out.
SILENT_SECONDS = 5

_silent_until = 0.0


@dataclass(frozen=True)
class Arrival:
    """The last time that somebody asked from `origin` ("" for a page without one) with this outcome.

    `outcome` is SHOWN, NOTHING_YET or the code of a refusal. `user` is the id of somebody let in, for those who may see
    people; `signed`: by a good token.
    """

    origin: str
    outcome: str
    at: datetime
    user: str = ""
    signed: bool = False

    @property
    def admitted(self) -> bool:
        return self.outcome in ADMITTED


def note_admitted(workspace_id: int, origin: str, identity: Identity, *, shown: bool) -> None:
    """Note that somebody was let in."""
    outcome = SHOWN if shown else NOTHING_YET
    note(workspace_id, origin, outcome, user=identity.user, signed=identity.secret_id > 0)


def note(workspace_id: int, origin: str, outcome: str, *, user: str = "", signed: bool = False) -> None:
    """Note that somebody came. Never raises for want of Redis."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    name = json.dumps([origin if is_origin(origin) else "", outcome, signed])
    lines, users = _keys(workspace_id, admitted=outcome in ADMITTED)
    try:
        with _redis().pipeline(transaction=False) as pipe:
            pipe.zadd(lines, {name: time.time()})
            pipe.hset(users, name, user[:LONGEST].encode("utf-8", "replace"))
            pipe.zcard(lines)
            pipe.expire(lines, KEPT_SECONDS)
            pipe.expire(users, KEPT_SECONDS)
            too_many = pipe.execute()[2] - MOST
        if too_many > 0:
            oldest = [gone for gone, _ in _redis().zpopmin(lines, too_many)]
            _redis().hdel(users, *oldest)
    except (redis.RedisError, OSError) as error:
        _silent_until = time.monotonic() + SILENT_SECONDS
        log.warning("The install guide is not told who came, because Redis does not answer (%s)", error)


def lately(workspace_id: int) -> list[Arrival] | None:
    """The newest first; None when Redis does not say."""
    found = []
    try:
        for admitted in (True, False):
            lines, users = _keys(workspace_id, admitted=admitted)
            named = _redis().hgetall(users)
            scored = _redis().zrange(lines, 0, -1, withscores=True)
            for name, at in scored:
                if at < time.time() - KEPT_SECONDS:
                    continue
                origin, outcome, signed = json.loads(name)
                user = named.get(name, b"").decode("utf-8", "replace")
                found.append(Arrival(origin, outcome, datetime.fromtimestamp(at, UTC), user, signed))
    except (redis.RedisError, OSError):
        return None
    return sorted(found, key=lambda arrival: arrival.at, reverse=True)


def _keys(workspace_id: int, *, admitted: bool) -> tuple[str, str]:
    kept = f"firstmile:arrivals:{workspace_id}:{'admitted' if admitted else 'refused'}"
    return kept, f"{kept}:users"


@functools.cache
def _redis() -> Any:
    """A redis.Redis, whose annotations do not know that its answers are bytes."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)
