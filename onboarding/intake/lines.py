"""The lines of a JSONL file, gzip or not, however long they are and wherever the file ends."""

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from onboarding.intake.limits import MAX_BODY_BYTES
from onboarding.intake.reading import GZIP


class BrokenFile(Exception):
    """The file ends or breaks in the middle. What came before was read."""


class Lines:
    """A JSONL stream. `size` and `position` are bytes as they lie in the file; size is 0 where nobody knows it."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        buffered = io.BufferedReader(raw, 1 << 20)  # type: ignore[type-var]
        zipped = buffered.peek(len(GZIP))[: len(GZIP)] == GZIP
        self._stream = io.BufferedReader(gzip.GzipFile(fileobj=buffered), 1 << 20) if zipped else buffered
        status = os.fstat(raw.fileno())
        self.size = status.st_size if os.path.isfile(raw.fileno()) else 0

    @property
    def position(self) -> int:
        """How far the file itself has been read."""
        return self._raw.tell() if self.size else 0

    def numbered(self) -> Iterator[tuple[int, bytes]]:
        """Each line that isn't blank, with its number from 1.

        Of a line longer than a whole batch may be, only that much comes. Raises BrokenFile.
        """
        number = 0
        try:
            while line := self._stream.readline(MAX_BODY_BYTES):
                number += 1
                if len(line) == MAX_BODY_BYTES:
                    self._skip_rest(line)
                if not line.isspace():
                    yield number, line
        except (EOFError, zlib.error, OSError) as error:
            raise BrokenFile(f"after line {number:,}: {error}") from error

    def _skip_rest(self, line: bytes) -> None:
        while line and not line.endswith(b"\n"):
            line = self._stream.readline(MAX_BODY_BYTES)
