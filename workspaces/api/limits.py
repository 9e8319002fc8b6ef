"""How many requests a workspace's programs may send: so many a minute, counted in Redis for all processes together.

Told by RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10). Without Redis everybody is let in, and
a line in the log says so.
"""

import functools
import logging
import time
from dataclasses import dataclass

import redis
from django.conf import settings

log = logging.getLogger(__name__)

WINDOW_SECONDS = 60
OPEN_SECONDS = 5  # after Redis failed, requests don't each wait for its time-out

# KEYS: the count. ARGV: the window in milliseconds. Returns the count with this request, and the milliseconds left.
COUNT = """
local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {n, redis.call('PTTL', KEYS[1])}
"""

_open_until = 0.0


@dataclass(frozen=True)
class Quota:
    """What a workspace has left of its `most` requests in the window that ends in `seconds`."""

    most: int
    left: int
    seconds: int
    exceeded: bool

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"workspace";q={self.most};w={WINDOW_SECONDS}',
            "RateLimit": f'"workspace";r={self.left};t={self.seconds}',
        }


def count(workspace_id: int) -> Quota | None:
    """Count one request. None: there is no limit, or nobody to count."""
    global _open_until
    most = settings.API_REQUESTS_PER_MINUTE
    if most <= 0 or time.monotonic() < _open_until:
        return None
    try:
        n, left_ms = _script()(keys=[f"firstmile:api:{workspace_id}"], args=[WINDOW_SECONDS * 1000])
    except (redis.RedisError, OSError) as error:
        _open_until = time.monotonic() + OPEN_SECONDS
        log.warning("The API's rate limit is not applied, because Redis does not answer (%s)", error)
        return None
    seconds = max(1, -(-int(left_ms) // 1000))
    return Quota(most=most, left=max(0, most - int(n)), seconds=seconds, exceeded=int(n) > most)


@functools.cache
def _script() -> redis.commands.core.Script:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)
    return client.register_script(COUNT)


def forget() -> None:
    """Ask Redis again, also if it did not answer a moment ago."""
    global _open_until
    _open_until = 0.0
