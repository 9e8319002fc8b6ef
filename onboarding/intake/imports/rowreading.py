"""A row's cells, by a mapping, into the message that an SDK would have sent. Pure."""

from collections.abc import Callable, Sequence
from typing import Any

from onboarding.intake.imports import cells
from onboarding.intake.imports.cells import Type
from onboarding.intake.imports.mapping import FIELDS, LEFT_OUT, OBJECTS, Mapping, zone_of
from onboarding.intake.reasons import Drop, Reason

Read = Callable[[Any], Any]


class RowReader:
    """Reads rows of a file with these columns. `typed`: its cells are values already (Parquet), not texts."""

    def __init__(self, mapping: Mapping, header: Sequence[str], *, typed: bool) -> None:
        self._typed = typed
        self._constants = [(tuple(name.split(".")), value) for name, value in mapping.constants.items()]
        self._fields: list[tuple[int, str, str, Read]] = []
        self._objects: list[tuple[int, str, str, Read]] = []
        self._names: list[tuple[int, str, tuple[str, ...], Read]] = []
        zone = zone_of(mapping)

        def reading(kind: Type) -> Read:
            return lambda cell: cells.read(cell, kind, typed=typed, time_format=mapping.time_format, zone=zone)

        for place, column in enumerate(header):
            use = mapping.use_of(column)
            if use.to == LEFT_OUT:
                continue
            if use.to == "timestamp":
                self._fields.append((place, column, use.to, reading(Type.TIME)))
            elif use.to == "type":
                self._fields.append((place, column, use.to, _kind))
            elif use.to in FIELDS:
                self._fields.append((place, column, use.to, cells.text))
            elif use.to in OBJECTS:
                self._objects.append((place, column, use.to, reading(Type.JSON)))
            else:
                named = column in mapping.columns
                path = tuple(use.to.split(".")) if named else (mapping.others, column)
                self._names.append((place, column, path, reading(use.kind)))

    def __call__(self, row: Sequence[Any]) -> dict[str, Any]:
        """The row's message. Raises Drop for a cell that is not what it should be."""
        message: dict[str, Any] = {}
        typed = self._typed
        for place, column, name, read in self._fields:
            if not cells.is_empty(cell := row[place], typed=typed):
                message[name] = _read(read, cell, column, name)
        for place, column, name, read in self._objects:
            if not cells.is_empty(cell := row[place], typed=typed):
                value = _read(read, cell, column, name)
                if type(value) is not dict:
                    raise Drop(Reason.BAD_CELL, f"{column} is not a JSON object: {cells.shown(cell)}")
                message[name] = value
        for place, column, path, read in self._names:
            if not cells.is_empty(cell := row[place], typed=typed):
                _put(message, path, _read(read, cell, column, ""))
        for path, value in self._constants:
            _put(message, path, value, over=False)
        return message


def _read(read: Read, cell: Any, column: str, name: str) -> Any:
    try:
        return read(cell)
    except ValueError as error:
        reason = Reason.BAD_TIMESTAMP if name == "timestamp" else Reason.BAD_CELL
        raise Drop(reason, f"{column[:80]} {error}") from None


def _kind(cell: Any) -> str:
    return str(cell).strip().lower()


def _put(message: dict[str, Any], path: tuple[str, ...], value: Any, *, over: bool = True) -> None:
    holder = message
    for name in path[:-1]:
        inner = holder.setdefault(name, {})
        if type(inner) is not dict:
            raise Drop(Reason.BAD_CELL, f"{'.'.join(path)} cannot be set: {name} is already a value.")
        holder = inner
    if over or holder.get(path[-1]) is None:
        holder[path[-1]] = value
