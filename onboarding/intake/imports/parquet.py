"""Parquet, read as a stream: some hundred rows of one row group at a time, never the file and never a whole group."""

import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from onboarding.intake.imports.cells import plain
from onboarding.intake.imports.sources import BrokenFile, Format, Numbered, Unreadable
from onboarding.intake.imports.table import MOST_COLUMNS, Table, named
from onboarding.intake.limits import KB, MAX_EVENT_BYTES
from onboarding.intake.reasons import Drop, Reason

AT_ONCE = 512
# What no file of events is: more rows than this a byte, or columns that unpack to this many times their size.
MOST_ROWS_A_BYTE = 64
MOST_TIMES = 500
ALWAYS_FINE = 256 * KB * KB
_READ_AHEAD = 256 * KB


class Parquet(Table):
    """A Parquet file, which needs to be a real file or like one: its table of contents stands at its end."""

    format = Format.PARQUET
    typed = True

    def __init__(self, raw: Any, *, size: int) -> None:
        super().__init__()
        self.size = size
        self._done = 0
        try:
            self._file = pq.ParquetFile(
                pa.PythonFile(raw, mode="r"),
                buffer_size=_READ_AHEAD,
                pre_buffer=False,
                coerce_int96_timestamp_unit="us",
            )
            self.header = named(self._file.schema_arrow.names)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise Unreadable(f"This is no whole Parquet file: {_first_line(error)}.") from None
        self._refuse_bombs()

    @property
    def position(self) -> int:
        rows = self._file.metadata.num_rows
        return self.size * self._done // rows if rows else self.size

    def text(self, row: Any) -> str:
        said = dict(zip(self.header, (_shown(cell) for cell in row), strict=True))
        return json.dumps(said, ensure_ascii=False)[:MAX_EVENT_BYTES]

    def _read(self, after: int = 0) -> Iterator[Numbered]:
        meta = self._file.metadata
        number, groups = 0, list(range(meta.num_row_groups))
        while groups and number + meta.row_group(groups[0]).num_rows <= after:
            number += meta.row_group(groups.pop(0)).num_rows
        try:
            for batch in self._batches(groups):
                if number + batch.num_rows > after:
                    for row in zip(*(_values(column) for column in batch.columns), strict=True):
                        number += 1
                        yield number, row
                else:
                    number += batch.num_rows
                self._done = number
        except (pa.ArrowException, OSError, ValueError) as error:
            raise BrokenFile(f"after row {number:,}: {_first_line(error)}") from None

    def _batches(self, groups: list[int]) -> Iterator[pa.RecordBatch]:
        for group in groups:  # each by itself: a batch over two would be lost whole where the second is broken
            yield from self._file.iter_batches(AT_ONCE, row_groups=[group], use_threads=False)

    def parse(self, row: Any) -> tuple[Any, bool]:
        for cell in row:
            if isinstance(cell, Drop):
                raise cell
        return super().parse(row)

    def _refuse_bombs(self) -> None:
        meta = self._file.metadata
        if meta.num_columns > MOST_COLUMNS:
            raise Unreadable(f"The file has {meta.num_columns:,} columns; {MOST_COLUMNS:,} can be read.")
        if not meta.num_columns:
            raise Unreadable("The file has no columns.")
        if meta.num_rows > MOST_ROWS_A_BYTE * max(self.size, KB):
            raise Unreadable(f"The file claims to hold {meta.num_rows:,} rows in {self.size:,} bytes.")
        for group in range(meta.num_row_groups):
            for place in range(meta.num_columns):
                column = meta.row_group(group).column(place)
                there, packed = column.total_uncompressed_size, column.total_compressed_size
                if there > ALWAYS_FINE and there > MOST_TIMES * packed:
                    raise Unreadable(f"A column unpacks to more than {MOST_TIMES} times its size.")


def _values(column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    try:
        return column.to_pylist(maps_as_pydicts="lossy")
    except (ValueError, OverflowError, pa.ArrowException):
        return [_value(scalar) for scalar in column]


def _value(scalar: pa.Scalar) -> Any:
    try:
        return scalar.as_py(maps_as_pydicts="lossy")
    except (ValueError, OverflowError, pa.ArrowException) as error:
        return Drop(Reason.BAD_CELL, f"A value cannot be read: {_first_line(error)}.")


def _shown(cell: Any) -> Any:
    return None if isinstance(cell, Drop) else plain(cell, UTC)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")[:200]
