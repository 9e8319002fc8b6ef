"""Back-pressure: so many batches are written at once, so few wait, and whoever else comes is told to come back.

A request that waits holds a thread of the web server, which pages and health checks need too. So only as many wait as
leave some threads free, and not for long: whatever is slow behind intake, answers go on, and nothing piles up. Nothing
was stored for whoever is sent away, so their SDK sends the same again.
"""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from onboarding.intake.reasons import Drop, Reason

_turns = threading.BoundedSemaphore(settings.INTAKE_WRITERS)
_places = threading.BoundedSemaphore(settings.INTAKE_WAITERS)


@contextmanager
def turn() -> Iterator[None]:
    """A turn to write, at once or after some waiting. Raises Drop(OVERLOADED)."""
    if not _turns.acquire(blocking=False) and not _wait_for_a_turn():
        raise Drop(
            Reason.OVERLOADED,
            "More is being sent than can be stored at the moment; nothing was stored, send the same again.",
            retry_after=random.randint(2, 10),  # noqa: S311  (so that not all come back at once)
        )
    try:
        yield
    finally:
        _turns.release()


def _wait_for_a_turn() -> bool:
    """Whether there was a place to wait in, and a turn came within settings.INTAKE_PATIENCE_SECONDS."""
    if not _places.acquire(blocking=False):
        return False
    try:
        return _turns.acquire(timeout=settings.INTAKE_PATIENCE_SECONDS)
    finally:
        _places.release()
