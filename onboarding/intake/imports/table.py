"""What tables (CSV, Parquet) have in common: a header, and rows that become messages only by a mapping."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from onboarding.intake.imports.mapping import Mapping
from onboarding.intake.imports.rowreading import RowReader
from onboarding.intake.imports.sources import Format, Numbered
from onboarding.intake.reasons import Drop

# More names than a person can map, and than any table of events has.
MOST_COLUMNS = 1_000


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A row that has no cells: why, and as far as it can be shown."""

    drop: Drop
    text: str


class Table(ABC):
    """A source (see sources.Source) whose rows need `use` before they can be parsed. Read it once, from its start."""

    format: Format
    typed: bool
    size: int
    header: tuple[str, ...]

    def __init__(self) -> None:
        self._ahead: list[Numbered] = []
        self._rows: Iterator[Numbered] | None = None
        self._reader: RowReader | None = None
        self.mapping: Mapping | None = None

    def use(self, mapping: Mapping) -> None:
        """From now on rows are read by this mapping."""
        self.mapping = mapping
        self._reader = RowReader(mapping, self.header, typed=self.typed)

    def first(self, count: int) -> list[Numbered]:
        """The first rows, which stay to be read."""
        rows = self._rows = self._rows or self._read()
        self._ahead += islice(rows, count - len(self._ahead))
        return self._ahead[:count]

    def numbered(self, after: int = 0) -> Iterator[Numbered]:
        rows = self._rows or self._read(after)
        for ahead in self._ahead, rows:
            for number, row in ahead:
                if number > after:
                    yield number, row

    def parse(self, row: Any) -> tuple[Any, bool]:
        if isinstance(row, Unparsed):
            raise row.drop
        assert self._reader is not None, "a table needs a mapping first"
        return self._reader(row), True

    def weigh(self, row: Any) -> int:
        if isinstance(row, Unparsed):
            return len(row.text)
        return 16 + sum(len(cell) if isinstance(cell, str | bytes) else 16 for cell in row)

    @property
    @abstractmethod
    def position(self) -> int:
        """How far the file has been read, in bytes."""

    @abstractmethod
    def text(self, row: Any) -> str:
        """The row as the report of rejected lines shows it."""

    @abstractmethod
    def _read(self, after: int = 0) -> Iterator[Numbered]:
        """The rows after this number."""


def named(names: Sequence[str]) -> tuple[str, ...]:
    """Names for the columns, each once: what has none is called by its place."""
    found: list[str] = []
    taken: set[str] = set()
    for place, said in enumerate(names, 1):
        name = said.replace("\x00", "\ufffd").strip()[:200] or f"column {place}"
        number, unique = 1, name
        while unique in taken:
            number += 1
            unique = f"{name} {number}"
        taken.add(unique)
        found.append(unique)
    return tuple(found)
