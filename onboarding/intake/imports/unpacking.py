"""A stream without its gzip, whose unpacked size stays within reason."""

import gzip
import io
from typing import Any

from onboarding.intake.imports.sources import BrokenFile, Unreadable
from onboarding.intake.limits import KB
from onboarding.intake.reading import GZIP

BUFFER = KB * KB
# What a file of repeated text may unpack to: gzip reaches 1,000, events in earnest reach 60.
MOST_TIMES = 250
ALWAYS_FINE = 256 * KB * KB

_FOREIGN = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
}


def unpacked(buffered: io.BufferedReader, *, raw: Any, size: int) -> io.BufferedReader:
    """The stream that `buffered` (over `raw`) holds: itself, or what its gzip holds."""
    start = buffered.peek(8)[:8]
    for magic, name in _FOREIGN.items():
        if start.startswith(magic):
            raise Unreadable(f"This is {name}. Unpack it, or save it as CSV, and import what is inside.")
    if not start.startswith(GZIP):
        return buffered
    return io.BufferedReader(_Bounded(gzip.GzipFile(fileobj=buffered), raw if size else None), BUFFER)


class _Bounded(io.RawIOBase):
    """What a gzip file holds, unless that is out of all proportion to what was read of the file."""

    def __init__(self, packed: gzip.GzipFile, raw: Any) -> None:
        self._packed = packed
        self._raw = raw
        self._unpacked = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._packed.read1(len(buffer))  # what is there before a break; readinto would lose it
        count = len(part)
        buffer[:count] = part
        self._unpacked += count
        if self._raw and self._unpacked > ALWAYS_FINE and self._unpacked > MOST_TIMES * self._raw.tell():
            raise BrokenFile(f"it unpacks to more than {MOST_TIMES} times its size, as no file of events does")
        return count
