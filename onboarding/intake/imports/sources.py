"""What every kind of file has in common: numbered rows, each of which becomes a message or is refused."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Protocol


class Format(StrEnum):
    """The kinds of files that can be imported."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


class Unreadable(Exception):
    """The file cannot be imported at all; the sentence says why and what to do."""


class BrokenFile(Exception):
    """The file ends or breaks in the middle, and where. What came before was read."""


Numbered = tuple[int, Any]


class Source(Protocol):
    """A file being read. Sizes and positions are bytes as they lie in the file; size is 0 where nobody knows it."""

    format: Format
    size: int

    @property
    def position(self) -> int:
        """How far the file itself has been read."""

    def numbered(self, after: int = 0) -> Iterator[Numbered]:
        """Each row with its number from 1, in growing order, without those up to `after`. Raises BrokenFile."""

    def parse(self, row: Any) -> tuple[Any, bool]:
        """The row's message as an SDK would send it, and whether it needs the careful look. Raises Drop."""

    def text(self, row: Any) -> str:
        """The row as somebody who repairs it wants to see it."""

    def weigh(self, row: Any) -> int:
        """About how many bytes the row holds, for batches of a bounded size."""
