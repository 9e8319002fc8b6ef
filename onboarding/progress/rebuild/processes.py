"""Comparing in several processes, which are forked so that they share what was loaded."""

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, wait

from django.db import connection

from onboarding.progress.rebuild.compare import Comparison
from onboarding.progress.rebuild.fixes import Fix

Range = tuple[int, int]


def side_by_side(comparison: Comparison, ranges: Sequence[Range], processes: int) -> Iterator[list[Fix]]:
    """The fixes of each range of persons, in any order.

    The processes never use the database, and close their copy of its socket: otherwise the session, and with it the
    lock on rebuilding, would outlive a parent that is killed. They themselves end when nobody reads what they write.
    """
    if processes == 1:
        for first, end in ranges:
            yield list(comparison.fixes(first, end))
        return
    context = multiprocessing.get_context("fork")
    readers: list[Connection] = []
    workers = []
    try:
        for number in range(processes):
            reader, writer = context.Pipe(duplex=False)
            readers.append(reader)
            worker = context.Process(
                target=_work, args=(comparison, ranges[number::processes], writer, list(readers)), daemon=True
            )
            worker.start()
            workers.append(worker)
            writer.close()
        reading = list(readers)
        while reading:
            for ready in wait(reading):
                assert isinstance(ready, Connection)
                try:
                    yield ready.recv()
                except EOFError:
                    reading.remove(ready)
        for worker in workers:
            worker.join()
            if worker.exitcode:
                raise RuntimeError(f"A process that compared people ended with status {worker.exitcode}.")
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()
        for reader in readers:
            reader.close()


def _work(comparison: Comparison, ranges: Sequence[Range], writer: Connection, readers: Sequence[Connection]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent's Ctrl-C is the parent's to handle
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if connection.connection is not None:
        os.close(connection.connection.fileno())
    for reader in readers:
        reader.close()
    for first, end in ranges:
        writer.send(list(comparison.fixes(first, end)))
