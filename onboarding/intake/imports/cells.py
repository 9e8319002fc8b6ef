"""What a cell says: a value as JSON has it, from text as people write it or from a typed file's own values. Pure.

Each function takes a cell that is not empty and raises ValueError with the end of a sentence that begins with the
column's name: "is not a number such as 12.5".
"""

import base64
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

# How programs write that there is nothing. Only in files without types; elsewhere nothing is nothing.
NOTHING = frozenset(("", "NULL", "null", "\\N"))

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)
_LENIENT_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
# Longer ones are nearly always identifiers, and a double could not hold them.
_MOST_DIGITS = 15
_YES = frozenset(("true", "t", "yes", "y", "1"))
_NO = frozenset(("false", "f", "no", "n", "0"))

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Ticks a second of Unix times; by how many digits a time of 1973 to 2286 has, its unit is known.
UNITS = {"seconds": 1, "milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}
_BY_DIGITS = {9: "seconds", 10: "seconds", 12: "milliseconds", 13: "milliseconds"}
_BY_DIGITS |= {15: "microseconds", 16: "microseconds", 18: "nanoseconds", 19: "nanoseconds"}
_UNIX = re.compile(r"([0-9]+)(?:\.[0-9]{1,9})?", re.ASCII)
_COMPACT = {8: "%Y%m%d", 14: "%Y%m%d%H%M%S"}
# Python's own reading is more lenient than any program that writes.
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.{0,40}|[0-9]{8}T.{4,40}", re.ASCII)


class Type(StrEnum):
    """As what a cell is read."""

    AUTO = "auto"
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "time"
    JSON = "json"


def is_empty(cell: Any, *, typed: bool) -> bool:
    """Whether the cell says nothing. In a typed file even an empty text says something."""
    return cell is None or (not typed and (cell in NOTHING or cell.isspace()))


def read(cell: Any, kind: Type, *, typed: bool, time_format: str, zone: tzinfo) -> Any:
    """The cell's value, of the kind that is asked for."""
    match kind:
        case Type.TEXT:
            return text(cell)
        case Type.NUMBER:
            return number(cell)
        case Type.BOOLEAN:
            return boolean(cell)
        case Type.TIME:
            return moment(cell, time_format, zone)
        case Type.JSON:
            return from_json(cell, zone)
    return plain(cell, zone) if typed else guessed(cell)


def guessed(cell: str) -> Any:
    """The value that the text looks like: a number, true or false, JSON's objects and lists, or else the text."""
    first = cell[0]
    if first in "{[":
        try:
            return orjson.loads(cell)
        except (orjson.JSONDecodeError, UnicodeEncodeError):
            return cell
    if (first in "-0123456789") and len(cell) <= _MOST_DIGITS and _NUMBER.fullmatch(cell):
        return float(cell) if "." in cell else int(cell)
    if len(cell) <= 5 and (lower := cell.lower()) in ("true", "false"):
        return lower == "true"
    return cell


def text(cell: Any) -> str:
    """The cell as text; a whole number without a decimal point, as identifiers are meant."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    value = plain(cell, UTC)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def number(cell: Any) -> int | float:
    value = plain(cell, UTC)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    said = str(value).strip()
    if len(said) > 400 or not _LENIENT_NUMBER.fullmatch(said):
        raise ValueError(f"is not a number such as 12.5: {shown(cell)}")
    return _number(Decimal(said))


def boolean(cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    said = str(cell).strip().lower()
    if said in _YES:
        return True
    if said in _NO:
        return False
    raise ValueError(f"is neither true nor false: {shown(cell)}")


def from_json(cell: Any, zone: tzinfo) -> Any:
    if not isinstance(cell, str):
        return plain(cell, zone)
    try:
        return orjson.loads(cell)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        raise ValueError(f"is not JSON: {shown(cell)}") from None


def moment(cell: Any, time_format: str, zone: tzinfo) -> str:
    """The time as ISO 8601. What states no zone of its own is in `zone`; of an hour told twice, the first is meant."""
    try:
        return _moment(cell, time_format, zone).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        raise ValueError(f"is not a time {_wanted(time_format)}: {shown(cell)}") from None


def _moment(cell: Any, time_format: str, zone: tzinfo) -> datetime:
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=zone)
    if isinstance(cell, date):
        return datetime.combine(cell, time(), zone)
    said = str(cell).strip()
    if time_format in UNITS:
        return _from_epoch(said, time_format)
    if time_format == "auto" and (number := _UNIX.fullmatch(said)):
        digits = len(number[1])
        if digits in _BY_DIGITS:
            return _from_epoch(said, _BY_DIGITS[digits])
        time_format = _COMPACT.get(digits if "." not in said else 0, "iso")
    if "%" in time_format:
        found = datetime.strptime(said, time_format)
    elif _ISO.fullmatch(said):
        found = datetime.fromisoformat(said.removesuffix(" UTC") + "Z" if said.endswith(" UTC") else said)
    else:
        raise ValueError
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _from_epoch(said: str, unit: str) -> datetime:
    try:
        micros = Decimal(said) * 10**6 / UNITS[unit]
        return _EPOCH + timedelta(microseconds=int(micros))
    except InvalidOperation:
        raise ValueError from None


def _wanted(time_format: str) -> str:
    if time_format in UNITS:
        return f"in {time_format} since 1970"
    if "%" in time_format:
        return f"like {datetime(2026, 3, 2, 17, 5, tzinfo=UTC).strftime(time_format)}"
    return "such as 2026-03-02T12:00:00Z"


_PLAIN: dict[type, Callable[[Any, tzinfo], Any]] = {}


def plain(value: Any, zone: tzinfo) -> Any:
    """A typed file's own value as JSON has it."""
    kind = type(value)
    if kind in (str, int, float, bool, type(None)):
        return value
    found = _PLAIN.get(kind)
    if found is None:
        found = next((convert for base, convert in _PLAIN.items() if isinstance(value, base)), lambda v, _: str(v))
    return found(value, zone)


def _number(exact: Decimal) -> int | float:
    if exact == exact.to_integral_value() and abs(exact.adjusted()) < _MOST_DIGITS + 3:
        return int(exact)
    return float(exact)


def _bytes(value: bytes, _: tzinfo) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()


def _list(value: Any, zone: tzinfo) -> Any:
    return [plain(part, zone) for part in value]


_PLAIN |= {
    datetime: lambda value, zone: moment(value, "auto", zone),
    date: lambda value, _: value.isoformat(),
    time: lambda value, _: value.isoformat(),
    timedelta: lambda value, _: value.total_seconds(),
    Decimal: lambda value, _: _number(value) if value.is_finite() else None,
    bytes: _bytes,
    UUID: lambda value, _: str(value),
    dict: lambda value, zone: {str(key): plain(part, zone) for key, part in value.items()},
    list: _list,
    tuple: _list,
}


def shown(cell: Any) -> str:
    """The cell for a sentence."""
    said = cell if isinstance(cell, str) else str(cell)
    return f"“{said[:60]}…”" if len(said) > 60 else f"“{said}”"
