"""A sign that beat sends and workers work: a task of beat's that leaves the time in Redis."""

import time

import redis
from django.conf import settings

KEY = "firstmile:beat"
EVERY_SECONDS = 15.0


def beat() -> None:
    """Leave the time. Done by a worker, so it proves the whole way: clock, queue, worker."""
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as server:
        server.set(KEY, repr(time.time()))


def last_beat(server: redis.Redis) -> float | None:
    """When the last sign was left, in seconds since 1970; None when Redis knows of none (or has forgotten)."""
    found = server.get(KEY)
    return float(found) if isinstance(found, bytes | str) else None
