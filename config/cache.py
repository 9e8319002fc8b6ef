"""Redis as the cache. What guards log-ins must hold, and let people in, while Redis is away.

django-allauth counts in the cache, and marks there which codes and tokens were used; it knows nothing of a cache that
is gone: every log-in would be an error. So its keys fall back to the memory of this process, where limits hold too, by
process rather than for all. Everybody else is told of the failure, as before.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache as DjangosRedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

# allauth's limits; which codes of authenticator apps were used; which tokens of identity providers were.
USED_CODES = "allauth.mfa.totp.used"
GUARDS = ("allauth:", USED_CODES, "jwt:")
CODE_SECONDS = 30  # one code of an authenticator app follows the other (RFC 6238)
LOOK_AGAIN_SECONDS = 5.0  # a Redis that does not answer costs a second a question; a log-in asks a dozen


class RedisCache(DjangosRedisCache):
    """One instance a thread; what is remembered of a failure and in its place is the process's."""

    _away_until = 0.0

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._memory = LocMemCache("throttles", {"OPTIONS": {"MAX_ENTRIES": 10_000}})

    def add(self, key: Any, value: Any, *args: Any, **options: Any) -> Any:
        if str(key).startswith(USED_CODES):
            # allauth remembers a used code for as long as its own half minute; it is good earlier and later, too.
            options["timeout"] = (2 * settings.MFA_TOTP_TOLERANCE + 1) * CODE_SECONDS
        return self._either("add", key, value, *args, **options)

    def get(self, key: Any, *args: Any, **options: Any) -> Any:
        return self._either("get", key, *args, **options)

    def set(self, key: Any, value: Any, *args: Any, **options: Any) -> Any:
        return self._either("set", key, value, *args, **options)

    def delete(self, key: Any, *args: Any, **options: Any) -> Any:
        return self._either("delete", key, *args, **options)

    def _either(self, verb: str, key: Any, *args: Any, **options: Any) -> Any:
        redis: Callable[..., Any] = getattr(super(), verb)
        if not str(key).startswith(GUARDS):
            return redis(key, *args, **options)
        if time.monotonic() >= RedisCache._away_until:
            try:
                return redis(key, *args, **options)
            except RedisError as error:
                RedisCache._away_until = time.monotonic() + LOOK_AGAIN_SECONDS
                log.warning("Log-ins are guarded by this process alone: Redis does not answer (%s)", error)
        return getattr(self._memory, verb)(key, *args, **options)
