"""Rate limits: buckets of tokens for each workspace, a token an event, kept in Redis for all processes together.

1. A bucket fills at the workspace's events a second, up to BURST_SECONDS of them. A batch is let in while there is
   anything in it, and takes all its tokens, below zero if need be: so a large batch is never refused for ever, and the
   rate holds over time.
2. A process takes tokens ahead, for LEASE_SECONDS of the rate, and spends them without asking again. What it has not
   spent within a second is lost, so nobody gets more than the rate.
3. Without Redis everybody is let in, and a line in the log says so.
"""

import functools
import hashlib
import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import redis
from django.conf import settings

from onboarding.intake.reasons import Drop, Reason
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)

BURST_SECONDS = 10
LEASE_SECONDS = 0.1
LEASE_LASTS_SECONDS = 1.0
# A change of a workspace's rate is known everywhere after this long.
RATE_KNOWN_SECONDS = 30
# After Redis failed, requests don't each wait for its time-out.
OPEN_SECONDS = 5

# KEYS: the bucket. ARGV: tokens a second, the most it holds, tokens needed, tokens wanted. Returns the tokens taken (0:
# refused) and, if refused, the milliseconds until something is in it again. The clock is Redis' own.
TAKE = """
local now = redis.call('TIME')
now = tonumber(now[1]) + tonumber(now[2]) / 1e6
local rate, most, needed, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = math.min(most, (tonumber(bucket[1]) or most) + (now - (tonumber(bucket[2]) or now)) * rate)
if tokens <= 0 then
    return {0, math.ceil((1 - tokens) / rate * 1000)}
end
local taken = needed
if tokens > needed then taken = math.min(wanted, math.floor(tokens)) end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens - taken), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((most + needed) / rate * 2000))
return {taken, 0}
"""


@dataclass
class _Lease:
    """What this process may still spend for a workspace, until when; and the rate, until when that is known."""

    rate: int = 0
    rate_known_until: float = 0.0
    tokens: int = 0
    until: float = 0.0


class Bucket(NamedTuple):
    """One kind of limit. `rate_of` says a workspace's tokens a second, 0 for no limit; `refusal` what who has none
    left is told, given that rate.
    """

    name: str
    rate_of: Callable[[int], int]
    refusal: str


def _events_per_second(workspace_id: int) -> int:
    """The workspace's own rate, or else everybody's."""
    own: int | None = Workspace.objects.filter(pk=workspace_id).values_list("events_per_second", flat=True).first()
    return settings.INTAKE_EVENTS_PER_SECOND if own is None else own


EVENTS = Bucket(
    "",
    _events_per_second,
    "The workspace's limit is {:,} events a second on average; nothing was stored, send the same again.",
)

_leases: dict[tuple[str, int], _Lease] = {}
_lock = threading.Lock()
_open_until = 0.0


def admit(workspace_id: int, events: int, bucket: Bucket = EVENTS) -> None:
    """Let so many events of a workspace in, or raise Drop(RATE_LIMITED) that says when to come back."""
    now = time.monotonic()
    with _lock:
        lease = _leases.setdefault((bucket.name, workspace_id), _Lease())
        if now < lease.until and lease.tokens >= events:
            lease.tokens -= events
            return
    if now < _open_until:
        return
    if now >= lease.rate_known_until:
        lease.rate = bucket.rate_of(workspace_id)
        lease.rate_known_until = now + RATE_KNOWN_SECONDS
    rate = lease.rate
    if rate <= 0:
        return
    taken, wait_ms = _take(f"{bucket.name}{workspace_id}", rate, events, ahead=int(rate * LEASE_SECONDS))
    if taken < events:
        raise _refused(bucket, rate, wait_ms)
    with _lock:
        lease.tokens = taken - events + (lease.tokens if now < lease.until else 0)
        lease.until = now + LEASE_LASTS_SECONDS


def admit_one(whose: str, bucket: Bucket) -> None:
    """Let one request of `whose` in, or raise Drop(RATE_LIMITED): of one person or one address, of whom there may be
    any number, so nothing is taken ahead or remembered here. `whose` is never kept as it is.
    """
    rate = bucket.rate_of(0)
    if rate <= 0 or time.monotonic() < _open_until:
        return
    name = hashlib.blake2b(whose.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    taken, wait_ms = _take(f"{bucket.name}{name}", rate, 1, ahead=0)
    if not taken:
        raise _refused(bucket, rate, wait_ms)


def _refused(bucket: Bucket, rate: int, wait_ms: int) -> Drop:
    retry_after = max(1, math.ceil(wait_ms / 1000))
    return Drop(Reason.RATE_LIMITED, bucket.refusal.format(rate), retry_after=retry_after)


def _take(key: str, rate: int, needed: int, *, ahead: int) -> tuple[int, int]:
    global _open_until
    try:
        taken, wait_ms = _script()(
            keys=[f"firstmile:rate:{key}"], args=[rate, rate * BURST_SECONDS, needed, needed + ahead]
        )
    except (redis.RedisError, OSError) as error:
        _open_until = time.monotonic() + OPEN_SECONDS
        log.warning("Rate limits are not applied, because Redis does not answer (%s)", error)
        return needed, 0
    return int(taken), int(wait_ms)


@functools.cache
def _script() -> redis.commands.core.Script:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)
    return client.register_script(TAKE)


def forget() -> None:
    """Spend nothing that was taken ahead, and know no rate any more."""
    global _open_until
    with _lock:
        _leases.clear()
    _open_until = 0.0
