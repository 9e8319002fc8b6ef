"""Rows as CSV that a spreadsheet reads as data: text that it would take for a formula is defused, numbers stay raw."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

# OWASP's list (CSV injection), and the wide forms that spreadsheets of some languages take for the same.
FORMULAS = "=+-@\uff1d\uff0b\uff0d\uff20"
BREAKS = "\t\r\n"
BYTE_ORDER_MARK = "\ufeff"


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, object]], *, bom: bool = False) -> str:
    """RFC 4180 with CRLF. `bom` for spreadsheets that would not take the file for UTF-8 otherwise."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow([cell(column) for column in columns])
    for row in rows:
        writer.writerow([cell(row.get(column)) for column in columns])
    return (BYTE_ORDER_MARK if bom else "") + out.getvalue()


def cell(value: object) -> str:
    """A number as it is, a time in ISO 8601, and text with a ' before it where it would be a formula."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return repr(value)
        case datetime() | date():
            return value.isoformat()
    text = str(value).replace("\x00", "")
    first = text.lstrip()[:1]
    risky = text.startswith(tuple(BREAKS)) or (first != "" and first in FORMULAS)
    return f"'{text}" if risky else text
