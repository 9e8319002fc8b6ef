"""Pages that take seconds to write: a worker writes them, and for a while whoever asks gets the same.

1. What is kept and young enough is the answer.
2. Else a worker is called, once however many ask. Meanwhile the answer is how far it is, and a browser asks again.
3. Where nobody can be called, or no worker has begun within PATIENCE_S, the page is written in the request.

Everything follows from the database, so losing the cache costs a second try.
"""

import hashlib
import logging
import time
from collections.abc import Callable
from typing import NamedTuple

import redis
from celery import current_app
from django.core.cache import cache
from django.template.loader import render_to_string
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

TASK = "reports.write"
# A worker that is alive takes a call within this time, or has much else to do.
PATIENCE_S = 5
# A call that has come to nothing by then is made again; so is a page that could not be written.
CALLED_AGAIN_S, FAILED_S = 60, 15

Further = Callable[[int, int], None]


class Page(NamedTuple):
    status: int
    html: str


class Underway(NamedTuple):
    """So many of the steps are done; no steps before a worker has begun."""

    done: int
    steps: int


class Wanted(NamedTuple):
    """Which page: its `kind` names who writes it (tasks.WRITERS), `mark` what it depends on besides the row."""

    kind: str
    workspace_id: int
    pk: int
    mark: str = ""

    def key(self, what: str) -> str:
        digest = hashlib.sha256(f"{self.pk} {self.mark}".encode()).hexdigest()
        return f"soon:{self.kind}:{self.workspace_id}:{digest}:{what}"


Writer = Callable[[Wanted, Further], Page]


def soon(wanted: Wanted, write: Writer, *, kept_s: int) -> Page | Underway:
    """The page, if it is kept or must be written here and now; else how far it is."""
    try:
        found = _kept(wanted)
        if found is None and cache.add(wanted.key("called"), time.time(), CALLED_AGAIN_S):
            call(wanted, kept_s)
            found = _kept(wanted)
        if found is not None:
            return found
        progress, called_at = cache.get(wanted.key("progress")), cache.get(wanted.key("called"))
    except (redis.RedisError, OperationalError, OSError) as error:
        log.warning("A page is written in the request, as no task can be called (%s)", error)
        return write(wanted, _nobody_looks)
    is_forgotten = progress is None and called_at is not None and time.time() - called_at > PATIENCE_S
    if is_forgotten and cache.add(wanted.key("here"), 1, CALLED_AGAIN_S):
        return keep(wanted, write, kept_s=kept_s)
    return Underway(*(progress or (0, 0)))


def call(wanted: Wanted, kept_s: int) -> None:
    current_app.send_task(TASK, args=[*wanted, kept_s], retry=False)


def keep(wanted: Wanted, write: Writer, *, kept_s: int) -> Page:
    """Write it and keep it. What fails is kept for a moment, too, so that whoever waits is told."""

    def further(done: int, steps: int) -> None:
        cache.set(wanted.key("progress"), (done, steps), CALLED_AGAIN_S)

    try:
        page = write(wanted, further)
    except Exception:
        cache.set(wanted.key("page"), (500, ""), FAILED_S)
        raise
    finally:
        cache.delete_many([wanted.key(what) for what in ("called", "progress", "here")])
    cache.set(wanted.key("page"), tuple(page), kept_s)
    return page


def _kept(wanted: Wanted) -> Page | None:
    kept = cache.get(wanted.key("page"))
    if kept is None:
        return None
    status, html = kept
    # That something failed is said in the language of whoever is told.
    return Page(status, render_to_string("reports/not_written.html") if status == 500 else html)


def _nobody_looks(done: int, steps: int) -> None:
    pass
