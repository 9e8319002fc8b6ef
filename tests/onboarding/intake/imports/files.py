"""Files to import, and what is in the log afterwards."""

import csv
import io
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq

HEADER = ["user_id", "event", "time", "plan", "amount"]


def rows(count: int, start: int = 0) -> list[list[str]]:
    """Rows of a table, each another event."""
    return [
        [f"user-{n % 7}", "Report Shared", f"2026-02-{n % 28 + 1:02} 10:{n // 60 % 60:02}:{n % 60:02}", "team", str(n)]
        for n in range(start, start + count)
    ]


def as_csv(table: list[list[str]], *, header: list[str] | None = None, delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([header or HEADER, *table])
    return out.getvalue().encode()


def as_parquet(table: list[list[str]], **options) -> bytes:
    """The same rows, typed."""
    users, events, times, plans, amounts = zip(*table, strict=True)
    typed = pa.table(
        {
            "user_id": users,
            "event": events,
            "time": pa.array([datetime.fromisoformat(time) for time in times], pa.timestamp("us")),
            "plan": plans,
            "amount": pa.array([int(amount) for amount in amounts]),
        }
    )
    return written(typed, **options)


def written(table: pa.Table, **options) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()
