"""The lines of a JSONL file, gzip or not, however long they are and wherever the file ends."""

import io
import zlib
from collections.abc import Iterator
from typing import Any

from onboarding.intake.imports.sources import BrokenFile, Format
from onboarding.intake.limits import MAX_BODY_BYTES, MAX_DEPTH, MAX_EVENT_BYTES
from onboarding.intake.reading import parse


def parse_line(line: bytes) -> tuple[Any, bool]:
    """The line's value, and whether it needs the careful look. Raises Drop."""
    value, suspect = parse(line)
    return value, suspect or len(line) > MAX_EVENT_BYTES or line.count(b"{") + line.count(b"[") > MAX_DEPTH


def text_of(line: bytes) -> str:
    """The line as text, as far as an event may be long."""
    return line[:MAX_EVENT_BYTES].decode("utf-8", "replace").rstrip("\r\n")


class Lines:
    """A JSONL stream (see sources.Source). Its messages stand in it as they are."""

    format = Format.JSONL

    def __init__(self, stream: io.BufferedReader, *, raw: Any, size: int) -> None:
        self._stream = stream
        self._raw = raw
        self.size = size

    @property
    def position(self) -> int:
        return self._raw.tell() if self.size else 0

    def numbered(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Each line that isn't blank. Of a line longer than a whole batch may be, only that much comes."""
        number = 0
        try:
            while line := self._stream.readline(MAX_BODY_BYTES):
                number += 1
                if len(line) == MAX_BODY_BYTES:
                    self._skip_rest(line)
                if number > after and not line.isspace():
                    yield number, line
        except BrokenFile as error:
            raise BrokenFile(f"after line {number:,}: {error}") from None
        except (EOFError, zlib.error, OSError) as error:
            raise BrokenFile(f"after line {number:,}: {error}") from error

    def parse(self, row: bytes) -> tuple[Any, bool]:
        return parse_line(row)

    def text(self, row: bytes) -> str:
        return text_of(row)

    def weigh(self, row: bytes) -> int:
        return len(row)

    def _skip_rest(self, line: bytes) -> None:
        while line and not line.endswith(b"\n"):
            line = self._stream.readline(MAX_BODY_BYTES)
