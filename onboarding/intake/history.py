"""Import of history: lines go through the very steps of live events, in large batches.

Reading and storing overlap: while PostgreSQL takes one batch, the next is read. Every batch is committed by itself,
and what is there already is passed over, so an import that was stopped is simply run again.
"""

import functools
import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection

from onboarding.intake import taking
from onboarding.intake.limits import MAX_DEPTH, MAX_EVENT_BYTES
from onboarding.intake.message import Message
from onboarding.intake.reading import parse
from onboarding.intake.reasons import Drop, Reason
from onboarding.intake.steps import Envelope
from onboarding.intake.taking import Dropped, Taken

BATCH = 5_000
# Batches that are read and wait to be stored; more would only hold memory.
AHEAD = 2

# A line says by itself when it was received, so the skew of its clock is told by that and not by today.
PLAIN = Envelope("batch", [], live=False)
CAREFUL = Envelope("batch", [], live=False, suspect=True, large=True)

Numbered = tuple[int, bytes]


@dataclass
class Account:
    """What has become of the lines so far."""

    lines: int = 0
    stored: int = 0
    duplicates: int = 0
    mended: int = 0
    rejected: Counter[Reason] = field(default_factory=Counter)


def import_lines(
    workspace_id: int,
    lines: Iterable[Numbered],
    *,
    received_at: datetime,
    account: Account,
    reject: Callable[[int, bytes, Drop], None],
    advanced: Callable[[], None] = lambda: None,
) -> None:
    """Take every (number, line) into the workspace's log. `account` is kept up to date after each batch.

    `reject` is called with each line that was not taken, in order within its batch. When this raises, whatever the
    reason, the batches that `account` counts are stored; others may be.
    """
    waiting: list[tuple[dict[int, bytes], Future[Taken]]] = []

    def settle() -> None:
        batch, stored = waiting.pop(0)
        _note(account, batch, stored.result(), reject)
        advanced()

    writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="import")
    try:
        with _without_garbage_collection():
            for batch in _batches(lines):
                taken, messages = _read(batch, received_at)
                store = functools.partial(taking.store, workspace_id, taken, messages, received_at=received_at)
                waiting.append((dict(batch), writer.submit(store)))
                while len(waiting) > AHEAD or (waiting and waiting[0][1].done()):
                    settle()
            while waiting:
                settle()
    finally:
        for _, future in waiting:
            future.cancel()
        writer.submit(_close_connection)
        writer.shutdown()


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Messages hold no cycles; looking for some among so many took a third of the time of reading."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _batches(lines: Iterable[Numbered]) -> Iterator[list[Numbered]]:
    rest = iter(lines)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _read(batch: list[Numbered], received_at: datetime) -> tuple[Taken, list[Message]]:
    total = Taken()
    messages: list[Message] = []
    for careful, events in _parsed(batch, total):
        taken, read = taking.read(events, CAREFUL if careful else PLAIN, received_at=received_at)
        total.dropped += taken.dropped
        total.mended += taken.mended
        messages += read
    return total, messages


def _parsed(batch: list[Numbered], total: Taken) -> Iterator[tuple[bool, list[tuple[int, Any]]]]:
    """The values of the lines: apart those that need no closer look and those that do."""
    plain: list[tuple[int, Any]] = []
    careful: list[tuple[int, Any]] = []
    for number, line in batch:
        try:
            value, suspect = parse(line)
        except Drop as drop:
            total.dropped.append(Dropped(number, None, drop))
            continue
        suspect = suspect or len(line) > MAX_EVENT_BYTES or line.count(b"{") + line.count(b"[") > MAX_DEPTH
        (careful if suspect else plain).append((number, value))
    yield False, plain
    yield True, careful


def _note(account: Account, batch: dict[int, bytes], taken: Taken, reject: Callable[[int, bytes, Drop], None]) -> None:
    account.lines += len(batch)
    account.stored += taken.stored
    account.duplicates += taken.duplicates
    account.mended += len(taken.mended)
    for dropped in sorted(taken.dropped, key=lambda dropped: dropped.place):
        account.rejected[dropped.drop.reason] += 1
        reject(dropped.place, batch[dropped.place], dropped.drop)


def _close_connection() -> None:
    connection.close()  # looked up here, because every thread has one of its own
