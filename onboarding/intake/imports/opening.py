"""Which kind of file it is, told by what it holds, and it as a source of rows."""

import io
import os
import stat
from typing import Any

from onboarding.intake.imports.delimited import Delimited
from onboarding.intake.imports.jsonl import Lines
from onboarding.intake.imports.parquet import Parquet
from onboarding.intake.imports.sources import Format, Unreadable
from onboarding.intake.imports.table import Table
from onboarding.intake.imports.unpacking import BUFFER, unpacked
from onboarding.intake.reading import BYTE_ORDER_MARK

_PARQUET = b"PAR1"
_NAMED = {".jsonl": Format.JSONL, ".ndjson": Format.JSONL, ".json": Format.JSONL}
_NAMED |= {".csv": Format.CSV, ".tsv": Format.CSV, ".parquet": Format.PARQUET}


def format_by_name(name: str) -> Format | None:
    """The format that a file's name claims, gzip or not."""
    root, ending = os.path.splitext(name.lower())
    if ending == ".gz":
        ending = os.path.splitext(root)[1]
    return _NAMED.get(ending)


def open_source(raw: Any, *, name: str = "", wanted: Format | None = None, size: int = 0) -> Lines | Table:
    """The rows of an unbuffered binary file. What was asked for counts, then the content, then the name.

    `size` is 0 for what has none (a pipe), which cannot be Parquet. Raises Unreadable.
    """
    buffered = io.BufferedReader(raw, BUFFER)
    is_parquet = buffered.peek(len(_PARQUET)).startswith(_PARQUET)
    if wanted is Format.PARQUET or (wanted is None and is_parquet):
        if not size:
            raise Unreadable("Parquet has its table of contents at its end, so it must be a file that is not empty.")
        return Parquet(buffered.detach(), size=size)  # a buffer that nobody holds would close the file
    stream = unpacked(buffered, raw=raw, size=size)
    found = wanted or _by_content(stream, format_by_name(name))
    if found is Format.CSV:
        return Delimited(stream, raw=raw, size=size)
    return Lines(stream, raw=raw, size=size)


def size_of(raw: Any) -> int:
    """The size of an opened file; 0 for a pipe or a terminal."""
    status = os.fstat(raw.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else 0


def _by_content(stream: io.BufferedReader, named: Format | None) -> Format:
    if named is Format.PARQUET:
        raise Unreadable("The file is named like Parquet but does not begin like it.")
    if named is not None:
        return named
    try:
        start = stream.peek(1024).removeprefix(BYTE_ORDER_MARK).lstrip()
    except (EOFError, OSError):
        return Format.JSONL  # which says where it breaks
    return Format.JSONL if not start or start[:1] in b"{[" else Format.CSV
