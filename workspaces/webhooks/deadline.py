"""An end to everything that a connection does.

A socket's own time-out ends a single read: a server that says a byte now and then would hold us for ever. So when the
time is up, the connection is cut from outside.
"""

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

NEARLY = 0.05  # seconds; a socket's own time-out may be a little early


class TooLate(Exception):
    """The time is up."""


class Deadline:
    """`with Deadline(seconds) as deadline:` and, inside, `deadline.cuts(connection)` for what is to end with it."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds
        self._connection: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._timer.cancel()

    def left(self) -> float:
        """Seconds that are left. Raises TooLate when there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise TooLate
        return left

    def cuts(self, connection: socket.socket) -> None:
        self._connection = connection
        connection.settimeout(self.left())

    @contextmanager
    def tells(self) -> Iterator[None]:
        """Whatever fails inside after the time is up has failed for that reason: TooLate. So has what seems to have
        come to its end then, because a connection that was cut looks like one that was closed.
        """
        self.left()
        try:
            yield
            self.left()
        except (OSError, http.client.HTTPException, ValueError) as failure:
            if time.monotonic() >= self._at - NEARLY:
                raise TooLate from failure
            raise

    def wait_for(self, look_up: Callable[[], Any]) -> Any:
        """The result of what cannot be cut, such as a look-up; it is left behind when the time is up."""
        outcome: list[tuple[Any, Exception | None]] = []

        def run() -> None:
            try:
                outcome.append((look_up(), None))
            except Exception as failure:
                outcome.append((None, failure))

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(self.left())
        if not outcome:
            raise TooLate
        found, failure = outcome[0]
        if failure is not None:
            raise failure
        return found

    def _cut(self) -> None:
        if self._connection is not None:
            try:
                # The plain shutdown: that of TLS would change the object under the thread that reads from it.
                socket.socket.shutdown(self._connection, socket.SHUT_RDWR)
            except OSError:
                return  # it has ended by itself
