"""How many requests a workspace's programs may send: so many a minute, counted in Redis for all processes together.

What is refused for want of a scope or a level counts like everything else. What comes without a key that is good is
counted by the address it comes from.

Told by RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10). Without Redis everybody is let in, and
a line in the log says so.
"""

import functools
import ipaddress
import logging
import time
from dataclasses import dataclass

import redis
from django.conf import settings

log = logging.getLogger(__name__)

WINDOW_SECONDS = 60
OPEN_SECONDS = 5  # after Redis failed, requests don't each wait for its time-out

# KEYS: the count. ARGV: the window in milliseconds; by how much it rises. Returns the count, and the milliseconds left.
COUNT = """
local step = tonumber(ARGV[2])
if step == 0 then return {tonumber(redis.call('GET', KEYS[1]) or 0), math.max(redis.call('PTTL', KEYS[1]), 0)} end
local n = redis.call('INCRBY', KEYS[1], step)
if n == step then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
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
    """Count one request of a workspace. None: there is no limit, or nobody to count."""
    return _counted(f"firstmile:api:{workspace_id}", settings.API_REQUESTS_PER_MINUTE, 1)


def count_refused(address: str) -> Quota | None:
    """Count one request that came from this address without a good key; likewise, and none of an unknown address."""
    return _of_address(address, 1)


def refused(address: str) -> Quota | None:
    """What this address has left of those, counting none."""
    return _of_address(address, 0)


def _of_address(address: str, step: int) -> Quota | None:
    name = f"firstmile:api-refused:{network_of(address)}"
    return _counted(name, settings.API_REFUSED_PER_MINUTE, step) if address else None


def network_of(address: str) -> str:
    """One customer's: an IPv4 address; of IPv6 the first 64 bits, as whoever has one address has all of these."""
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if ":" in address else address


def _counted(name: str, most: int, step: int) -> Quota | None:
    global _open_until
    if most <= 0 or time.monotonic() < _open_until:
        return None
    try:
        n, left_ms = _script()(keys=[name], args=[WINDOW_SECONDS * 1000, step])
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
