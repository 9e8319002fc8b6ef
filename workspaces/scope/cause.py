"""What caused the work at hand: the request, and the task, for log lines and for the tasks that follow from it."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:=+/-]{7,127}")

request_id: ContextVar[str] = ContextVar("request_id", default="")
task: ContextVar[tuple[str, str]] = ContextVar("task", default=("", ""))  # its name and id


def sane_id(given: str) -> str:
    """The request id that a caller or proxy gave, if it may stand in a log; a new one otherwise."""
    return given if _SANE.fullmatch(given) else uuid.uuid4().hex


@contextmanager
def caused_by(request: str, *, task_name: str = "", task_id: str = "") -> Iterator[None]:
    """Within it, this request (and task) is what log lines name."""
    before = request_id.set(request), task.set((task_name, task_id))
    try:
        yield
    finally:
        request_id.reset(before[0])
        task.reset(before[1])
