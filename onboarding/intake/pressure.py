"""Back-pressure: so many batches are written at once, so many wait, and who would wait too long is told to come back.

Whatever is slow behind intake, a request ends within seconds, and what waits is bounded: by the threads of the process
and, before those, by the web server. Nothing was stored for whoever is sent away, so their SDK sends the same again.
"""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from onboarding.intake.reasons import Drop, Reason

_turns = threading.BoundedSemaphore(settings.INTAKE_WRITERS)


@contextmanager
def turn() -> Iterator[None]:
    """Wait for a turn to write, at most settings.INTAKE_PATIENCE_SECONDS. Raises Drop(OVERLOADED)."""
    if not _turns.acquire(timeout=settings.INTAKE_PATIENCE_SECONDS):
        raise Drop(
            Reason.OVERLOADED,
            "More is being sent than can be stored at the moment; nothing was stored, send the same again.",
            retry_after=random.randint(2, 10),  # noqa: S311  (so that not all come back at once)
        )
    try:
        yield
    finally:
        _turns.release()
