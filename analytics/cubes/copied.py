"""Rows in COPY's binary format: bytes come as they are, while a SELECT's are spelled out in digits on the way."""

import io
from collections.abc import Iterator
from typing import Any

from django.db import connection

# The signature, flags and the length of an extension that nobody has: docs of PostgreSQL, COPY, Binary Format.
HEADER_BYTES = 11 + 4 + 4
NULL = -1
CHUNK = 1 << 20


def rows(statement: str, values: dict[str, Any]) -> Iterator[list[memoryview | None]]:
    """What a statement returns, each column as PostgreSQL sends it in binary; None for NULL. Inside a scope."""
    stream = io.BytesIO()
    with connection.cursor() as cursor:
        query = cursor.mogrify(statement, values).decode()  # COPY takes no parameters
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", stream, CHUNK)
    told, at = stream.getbuffer(), HEADER_BYTES
    while (columns := _number(told, at, 2)) >= 0:
        at += 2
        row: list[memoryview | None] = []
        for _ in range(columns):
            size = _number(told, at, 4)
            at += 4
            row.append(None if size == NULL else told[at : at + size])
            at += max(size, 0)
        yield row


def _number(told: memoryview, at: int, size: int) -> int:
    return int.from_bytes(told[at : at + size], "big", signed=True)
