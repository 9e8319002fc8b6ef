"""CSV by RFC 4180, whatever stands between the cells (, ; tab |) and whichever program wrote it.

The text is UTF-8, with or without a byte order mark, or UTF-16 with one, or else Windows-1252. A quote that is never
closed would take all of the file for one cell: a row longer than MAX_ROW is refused by its first line alone, and
reading goes on after that.
"""

import codecs
import csv
import io
import zlib
from collections import deque
from collections.abc import Iterator
from typing import Any

from onboarding.intake.imports.sources import BrokenFile, Format, Numbered, Unreadable
from onboarding.intake.imports.table import MOST_COLUMNS, Table, Unparsed, named
from onboarding.intake.limits import KB, MAX_EVENT_BYTES
from onboarding.intake.reasons import Drop, Reason

DELIMITERS = ",;\t|"
MAX_ROW = 128 * KB  # characters
_SAMPLE = 128 * KB  # bytes
_MOST_TAKEN_BACK = 200

csv.field_size_limit(MAX_ROW)


class Delimited(Table):
    """A CSV stream. Rows are numbered by the line of the file that they begin on, as editors count."""

    format = Format.CSV
    typed = False

    def __init__(self, stream: io.BufferedReader, *, raw: Any, size: int) -> None:
        super().__init__()
        self._raw = raw
        self.size = size
        try:
            sample = stream.peek(_SAMPLE)[:_SAMPLE]
        except (EOFError, zlib.error, OSError) as error:
            raise Unreadable(f"The file cannot be unpacked: {error}.") from None
        encoding = _encoding(sample)
        # What is no character becomes half of a surrogate pair, which intake's steps mend or refuse.
        errors = "replace" if encoding == "utf-16" else "surrogateescape"
        self._feed = _Feed(io.TextIOWrapper(stream, encoding, errors=errors, newline=""))
        self.delimiter = _delimiter(sample.decode(encoding, "replace"))
        self._reader_of_rows = csv.reader(self._feed, delimiter=self.delimiter)
        self.header = self._header()

    @property
    def position(self) -> int:
        return self._raw.tell() if self.size else 0

    def text(self, row: Any) -> str:
        return row.text if isinstance(row, Unparsed) else self._line(row)

    def _line(self, cells: list[str]) -> str:
        out = io.StringIO()
        csv.writer(out, delimiter=self.delimiter, lineterminator="\n").writerow(cells)
        return _storable(out.getvalue().removesuffix("\n"))

    def _header(self) -> tuple[str, ...]:
        first = next((row for _, row in self._records() if row), None)
        if first is None:
            raise Unreadable("The file is empty. Its first line must name the columns.")
        if isinstance(first, Unparsed):
            raise Unreadable(f"The first line, which must name the columns, cannot be read: {first.drop.sentence}")
        if len(first) > MOST_COLUMNS:
            raise Unreadable(f"The first line names {len(first):,} columns; {MOST_COLUMNS:,} can be read.")
        return named([_storable(name) for name in first])

    def _read(self, after: int = 0) -> Iterator[Numbered]:
        width = len(self.header)
        for number, row in self._records():
            if type(row) is list and len(row) != width:
                row = self._fitted(row, width)
            yield number, row

    def _fitted(self, cells: list[str], width: int) -> list[str] | Unparsed:
        """The row with as many cells as there are columns, if only empty ones are too many; else why not."""
        if len(cells) > width and not any(cells[width:]):
            return cells[:width]
        said = f"The row has {len(cells):,} cells; the first line names {width:,} columns."
        return Unparsed(Drop(Reason.BAD_ROW, said), self._line(cells)[:MAX_EVENT_BYTES])

    def _records(self) -> Iterator[Numbered]:
        """Each record that isn't blank: its cells, or why it has none."""
        feed = self._feed
        while True:
            start = feed.begin()
            try:
                cells = next(self._reader_of_rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield start, feed.refuse(str(error))
            except (BrokenFile, EOFError, zlib.error, OSError) as error:
                raise BrokenFile(f"after line {feed.line:,}: {error}") from None
            else:
                if feed.cut:
                    yield start, feed.refuse("a line is too long")
                elif cells:
                    yield start, cells


class _Feed:
    """The lines of a file for csv.reader, of which those of the current record are remembered and can be taken back."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self._record: list[str] = []
        self._length = 0
        self._taken_back = 0
        self.line = 0
        self.cut = False

    def begin(self) -> int:
        """A record begins: the number of its first line."""
        self._record, self._length, self.cut = [], 0, False
        return self.line + 1

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if self._length > MAX_ROW:
            raise csv.Error("a quote is opened and not closed")
        line = self._again.popleft() if self._again else self._text.readline(MAX_ROW)
        if not line:
            if self._record:  # the file ends inside of quotes
                raise csv.Error("a quote is opened and not closed")
            raise StopIteration
        self.line += 1
        if len(line) >= MAX_ROW:
            self.cut = True
            self._skip_rest(line)
            line = line.rstrip("\r\n") + "\n"
        self._record.append(line)
        self._length += len(line)
        return line

    def refuse(self, why: str) -> Unparsed:
        """Give up the current record, which cannot be read: its first line alone, unless that was done too often."""
        first, rest = self._record[0], self._record[1:]
        lines = ""
        if rest and self._taken_back < _MOST_TAKEN_BACK:
            self._taken_back += 1
            self._again.extendleft(reversed(rest))
            self.line -= len(rest)
        elif rest:
            lines = f" It took the lines up to {self.line:,} with it."
        if self.cut or len(first) >= MAX_ROW:
            drop = Drop(Reason.EVENT_TOO_LARGE, f"The line is longer than {MAX_ROW // KB} K characters.")
        else:
            drop = Drop(Reason.BAD_ROW, f"The row cannot be read: {why}.{lines}")
        return Unparsed(drop, _storable(first.rstrip("\r\n"))[:MAX_EVENT_BYTES])

    def _skip_rest(self, line: str) -> None:
        while line and not line.endswith(("\n", "\r")):
            line = self._text.readline(MAX_ROW)


def _storable(text: str) -> str:
    """The text without the stand-ins for bytes that were no characters."""
    return text.encode("utf-8", "replace").decode()


def _encoding(sample: bytes) -> str:
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    text = sample.decode("utf-8", "replace").removesuffix("\ufffd")
    lost = text.count("\ufffd")
    # One broken character among good ones is a broken character; more broken ones than good ones is another encoding.
    return "windows-1252" if lost and lost > sum(char > "\x7f" for char in text) - lost else "utf-8"


def _delimiter(sample: str) -> str:
    """What divides the first lines into most cells, the same number in each."""
    lines = [line for line in sample.splitlines()[:20] if line.strip()]
    best = (0, 0, ",")
    for place, delimiter in enumerate(DELIMITERS):
        try:
            widths = [len(row) for row in csv.reader(lines[:10], delimiter=delimiter)]
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            best = max(best, (sum(width == widths[0] for width in widths), widths[0] - place, delimiter))
    return best[2]
