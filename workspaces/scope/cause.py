"""What caused the work at hand: the request, and the task, for log lines and for the tasks that follow from it.

And where it came from, for the audit log. Log lines have no addresses.
"""

import ipaddress
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:=+/-]{7,127}")

request_id: ContextVar[str] = ContextVar("request_id", default="")
task: ContextVar[tuple[str, str]] = ContextVar("task", default=("", ""))  # its name and id


class Origin(NamedTuple):
    """By which means work was asked for (page, api, link, command, task), its name, and the address it came from."""

    means: str = ""
    name: str = ""
    address: str = ""


_origin: ContextVar[Origin | None] = ContextVar("origin", default=None)


def origin() -> Origin:
    """Where the work at hand comes from; all empty where nobody has said so."""
    known = _origin.get()
    if known is not None:
        return known
    task_name, _ = task.get()
    return Origin("task", task_name) if task_name else Origin()


@contextmanager
def coming_from(said: Origin) -> Iterator[None]:
    token = _origin.set(said)
    try:
        yield
    finally:
        _origin.reset(token)


def address_of(environ: Mapping[str, Any], *, proxies: int) -> str:
    """The address that asks, as the last proxy that is ours tells it; "" where that cannot be told.

    What a client says of itself stands further left in X-Forwarded-For, and is not believed.
    """
    said = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    told = said[-proxies] if proxies and len(said) >= proxies else ""
    try:
        address = ipaddress.ip_address(told or environ.get("REMOTE_ADDR") or "")
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


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
