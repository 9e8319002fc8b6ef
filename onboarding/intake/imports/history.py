"""Import of history: rows go through the very steps of live events, in large batches.

Reading and storing overlap: while PostgreSQL takes one batch, the next is read. Every batch is committed by itself,
and what is there already is passed over, so an import that was stopped is simply run again.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from onboarding.intake import taking
from onboarding.intake.imports.jsonl import parse_line
from onboarding.intake.imports.sources import BrokenFile, Numbered
from onboarding.intake.limits import KB
from onboarding.intake.message import Message
from onboarding.intake.reasons import Drop, Reason
from onboarding.intake.steps import Envelope
from onboarding.intake.taking import Dropped, Taken

BATCH = 5_000
# Long rows make a batch end sooner.
BATCH_BYTES = 16 * KB * KB
# Batches that are read and wait to be stored; more would only hold memory.
AHEAD = 2

# A row says by itself when it was received, so the skew of its clock is told by that and not by today.
PLAIN = Envelope("batch", [], live=False)
CAREFUL = Envelope("batch", [], live=False, suspect=True, large=True)

Parse = Callable[[Any], tuple[Any, bool]]
Store = Callable[[dict[int, Any], Taken, list[Message]], Taken]


@dataclass
class Account:
    """What has become of the rows so far."""

    lines: int = 0
    stored: int = 0
    duplicates: int = 0
    mended: int = 0
    rejected: Counter[Reason] = field(default_factory=Counter)


def import_lines(
    workspace_id: int,
    lines: Iterable[tuple[int, bytes]],
    *,
    received_at: datetime,
    account: Account,
    reject: Callable[[int, bytes, Drop], None],
    advanced: Callable[[], None] = lambda: None,
) -> None:
    """Take every (number, line of JSON) into the workspace's log; see `import_rows`."""
    store = storing(workspace_id, received_at)
    import_rows(
        lines, parse=parse_line, received_at=received_at, store=store, account=account, reject=reject, advanced=advanced
    )


def storing(workspace_id: int, received_at: datetime) -> Store:
    """Store a batch in a transaction of its own, and nothing else."""

    def store(_: dict[int, Any], taken: Taken, messages: list[Message]) -> Taken:
        return taking.store(workspace_id, taken, messages, received_at=received_at)

    return store


def import_rows(
    rows: Iterable[Numbered],
    *,
    parse: Parse,
    received_at: datetime,
    store: Store,
    account: Account,
    weigh: Callable[[Any], int] = len,
    reject: Callable[[int, Any, Drop], None],
    advanced: Callable[[], None] = lambda: None,
) -> None:
    """Take every (number, row) into the log by `store`. `account` is kept up to date after each batch.

    `store` runs in a thread of its own, one batch after the other. `reject` is called with each row that was not
    taken, in order within its batch. BrokenFile is raised when all that came before it is stored. When this raises
    for another reason, the batches that `account` counts are stored; others may be, but none after one that is not.
    """
    waiting: list[tuple[dict[int, Any], Future[Taken]]] = []
    stopped = False

    def in_order(numbered: dict[int, Any], taken: Taken, messages: list[Message]) -> Taken:
        """Store the batch, unless one before it was not."""
        nonlocal stopped
        if stopped:
            raise CancelledError
        try:
            return store(numbered, taken, messages)
        except BaseException:
            stopped = True
            raise

    def settle() -> None:
        batch, stored = waiting.pop(0)
        _note(account, batch, stored.result(), reject)
        advanced()

    writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="import")
    try:
        with _without_garbage_collection():
            for batch in _batches(rows, weigh):
                taken, messages = _read(batch, parse, received_at)
                numbered = dict(batch)
                waiting.append((numbered, writer.submit(in_order, numbered, taken, messages)))
                while len(waiting) > AHEAD or (waiting and waiting[0][1].done()):
                    settle()
            while waiting:
                settle()
    except BrokenFile:
        while waiting:
            settle()
        raise
    finally:
        stopped = True  # for those that wait; one that runs is let run
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


def _batches(rows: Iterable[Numbered], weigh: Callable[[Any], int]) -> Iterator[list[Numbered]]:
    batch: list[Numbered] = []
    weight = 0
    broken = None
    try:
        for numbered in rows:
            batch.append(numbered)
            weight += weigh(numbered[1])
            if len(batch) == BATCH or weight >= BATCH_BYTES:
                yield batch
                batch, weight = [], 0
    except BrokenFile as error:
        broken = error
    if batch:
        yield batch
    if broken is not None:
        raise broken


def _read(batch: list[Numbered], parse: Parse, received_at: datetime) -> tuple[Taken, list[Message]]:
    total = Taken()
    messages: list[Message] = []
    for careful, events in _parsed(batch, parse, total):
        taken, read = taking.read(events, CAREFUL if careful else PLAIN, received_at=received_at)
        total.dropped += taken.dropped
        total.mended += taken.mended
        messages += read
    return total, messages


def _parsed(batch: list[Numbered], parse: Parse, total: Taken) -> Iterator[tuple[bool, list[Numbered]]]:
    """The messages of the rows: apart those that need no closer look and those that do."""
    plain: list[Numbered] = []
    careful: list[Numbered] = []
    for number, row in batch:
        try:
            value, suspect = parse(row)
        except Drop as drop:
            total.dropped.append(Dropped(number, None, drop))
            continue
        (careful if suspect else plain).append((number, value))
    yield False, plain
    yield True, careful


def _note(account: Account, batch: dict[int, Any], taken: Taken, reject: Callable[[int, Any, Drop], None]) -> None:
    account.lines += len(batch)
    account.stored += taken.stored
    account.duplicates += taken.duplicates
    account.mended += len(taken.mended)
    for dropped in sorted(taken.dropped, key=lambda dropped: dropped.place):
        account.rejected[dropped.drop.reason] += 1
        reject(dropped.place, batch[dropped.place], dropped.drop)


def _close_connection() -> None:
    connection.close()  # looked up here, because every thread has one of its own
