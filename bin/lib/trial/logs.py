"""What the processes said: tracebacks, apart those of a server that was down and those of a defect. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

START = "Traceback (most recent call last):"
# A chain of exceptions may go on after these.
NOTHING_NEW = (
    "",
    '"""',
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
)
_LAST = re.compile(r"^(?:\s*\|\s*)?([A-Za-z_][\w.]*)(?::\s?(.*))?$")

# Exceptions that say that PostgreSQL or Redis, or a process of the pool, went away.
GONE = {
    "django.db.utils.OperationalError",
    "django.db.utils.InterfaceError",
    "psycopg2.OperationalError",
    "psycopg2.errors.AdminShutdown",
    "psycopg2.errors.CannotConnectNow",
    "psycopg2.errors.CrashShutdown",
    "psycopg2.InterfaceError",
    "redis.exceptions.ConnectionError",
    "redis.exceptions.TimeoutError",
    "redis.exceptions.BusyLoadingError",
    "kombu.exceptions.OperationalError",
    "celery.beat.SchedulingError",
    "billiard.exceptions.WorkerLostError",
    "ConnectionResetError",
    "ConnectionRefusedError",
    "BrokenPipeError",
    "EOFError",
}


# What the driver calls by no name of its own.
CLOSED = re.compile(r"[\w.]*\bDatabaseError: server closed the connection unexpectedly")


def exceptions(lines: Iterable[str]) -> Iterator[str]:
    """The exception that each traceback ends with: "name: message". Chains count once, by their last."""
    found: str | None = None
    inside = False
    for line in lines:
        text = line.rstrip("\n")
        if START in text:
            inside = True
        elif inside:
            if text.startswith((" ", "\t")) or not text.strip():
                continue
            last = _LAST.match(text)
            found, inside = text if last else "Unreadable: " + text, False
        elif found is not None:
            if text.strip() in NOTHING_NEW or text.startswith((" ", "\t")):
                continue
            if START not in text:
                yield found
                found = None
    if found is not None:
        yield found


def sort(found: Iterable[str]) -> tuple[Counter[str], list[str]]:
    """How many there are of each expected exception, and those that nothing explains."""
    expected: Counter[str] = Counter()
    odd = []
    for exception in found:
        name = exception.partition(":")[0]
        if name in GONE or CLOSED.match(exception):
            expected[name] += 1
        else:
            odd.append(exception)
    return expected, odd
