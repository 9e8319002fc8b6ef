"""Wake-up calls between rooms: a lower room announces a topic, the settings say which tasks of rooms above follow.

A call is a hint, never a fact: what is to be done stands in PostgreSQL, and the sweeps in config/celery.py find it
when a call is lost. So Redis being down costs a log line and some seconds.
"""

import atexit
import functools
import logging
import threading
import time
from collections.abc import Callable

import redis
from celery import current_app, shared_task
from celery.local import PromiseProxy
from django.conf import settings
from django.db import Error, transaction
from kombu.exceptions import OperationalError

from workspaces.scope.current import database_is_gone

log = logging.getLogger(__name__)

# While one call for the same work waits in the queue, further ones add nothing. A mark outlives its call by this much
# at most: one that a worker took with it when it was killed, or that was never sent because Redis, when it hung, did
# as it was told after we had given it up. A call that waits longer is doubled, which costs little.
WAITING_SECONDS = 5
# After Redis failed, requests don't each wait for its time-out.
SILENT_SECONDS = 5

_silent_until = 0.0


def announce(topic: str, workspace_id: int) -> None:
    """After the current transaction commits, wake the tasks that settings.WAKES lists for `topic`."""
    transaction.on_commit(lambda: _wake(topic, workspace_id), robust=True)


# News that is announced soon waits this long at most for what else comes meanwhile.
SOON_SECONDS = 0.02

_soon: set[tuple[str, int]] = set()
_announcer: threading.Thread | None = None
_something_is_new = threading.Event()
_starting = threading.Lock()


def announce_soon(topic: str, workspace_id: int) -> None:
    """Like `announce`, for what has been committed already and comes thousands of times a second.

    A thread of this process makes the calls, each once for all that was announced meanwhile, so that nobody who
    announces waits for Redis.
    """
    _soon.add((topic, workspace_id))
    if _announcer is None or not _announcer.is_alive():
        _start_announcer()
    _something_is_new.set()


def _start_announcer() -> None:
    global _announcer
    with _starting:
        if _announcer is None or not _announcer.is_alive():  # also after a fork, which leaves threads behind
            _announcer = threading.Thread(target=_announce_for_ever, name="announcer", daemon=True)
            _announcer.start()
            atexit.register(announce_now)


def _announce_for_ever() -> None:
    while True:
        _something_is_new.wait()
        time.sleep(SOON_SECONDS)
        _something_is_new.clear()
        try:
            announce_now()
        except Exception:
            log.exception("News could not be announced; the sweep will find it")


def announce_now() -> None:
    """Make the calls for what was announced to come soon."""
    while _soon:
        _wake(*_soon.pop())


def call(task: str, workspace_id: int, *, countdown: float = 0) -> None:
    """Start a wakeable task for a workspace now or after `countdown` seconds, unless a call for it waits already."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        if _redis().set(_mark(task, workspace_id), 1, nx=True, ex=WAITING_SECONDS):
            current_app.send_task(task, args=[workspace_id], countdown=countdown or None, retry=False)
    except (redis.RedisError, OperationalError, OSError) as error:
        _silent_until = time.monotonic() + SILENT_SECONDS
        log.warning("%s for workspace %s could not be called (%s); the sweep will find it", task, workspace_id, error)


def _wake(topic: str, workspace_id: int) -> None:
    for task in settings.WAKES[topic]:
        call(task, workspace_id)


def wakeable(name: str) -> Callable[[Callable[[int], None]], PromiseProxy]:
    """Make a function of a workspace's id the task `name`. Calls that come while it runs start it once more."""

    def decorate(function: Callable[[int], None]) -> PromiseProxy:
        @shared_task(name=name)
        @functools.wraps(function)
        def task(workspace_id: int) -> None:
            try:
                _redis().delete(_mark(name, workspace_id))
            except (redis.RedisError, OSError):
                log.warning("The mark of %s for workspace %s stays until it expires", name, workspace_id)
            try:
                function(workspace_id)
            except Error as error:
                if not database_is_gone():
                    raise
                why = str(error).partition("\n")[0]
                log.warning("%s for workspace %s was cut short (%s); the sweep will find it", name, workspace_id, why)

        return task

    return decorate


def _mark(task: str, workspace_id: int) -> str:
    return f"firstmile:waiting:{task}:{workspace_id}"


@functools.cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
