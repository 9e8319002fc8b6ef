"""Which column of a table becomes what of a message: a value, read from a document (YAML, JSON) with problems in words.

columns:
  user_id: userId
  event_name: event
  created_at: timestamp
  amount: {to: properties.amount, as: number}
  plan: properties.account.plan       # a dot makes an object
  details: properties                 # a cell that is a whole JSON object
  internal_note: null                 # left out
others: properties                    # what is not named above: properties, traits, context, or left out
constants: {type: track}              # what a row says where it says nothing itself
time: {format: auto, zone: Europe/Berlin}
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from onboarding.intake.imports.cells import UNITS, Type
from onboarding.intake.limits import MAX_IDENTIFIER
from onboarding.intake.steps import TYPES

FIELDS = ("userId", "anonymousId", "event", "timestamp", "messageId", "groupId", "type", "previousId")
OBJECTS = ("properties", "traits", "context")
LEFT_OUT = ""
AUTO = "auto"
# Levels that a dotted name may make inside an object.
MOST_LEVELS = 8

_FORMATS = (AUTO, "iso", *UNITS)
_KEYS = ("columns", "others", "constants", "time")
_PATTERN = re.compile(r"(?:[^%]|%[YymdHIMSfpzZjbBaA%])+")
_NEEDS = {"track": "event", "group": "groupId", "alias": "previousId"}
_TRAITS_FROM = ("identify", "group")


class BadMapping(ValueError):
    """The document is no mapping; each problem is a sentence."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Use:
    """What one column becomes: a field, an object or a name in one (LEFT_OUT: nothing), and as what it is read."""

    to: str
    kind: Type = Type.AUTO


@dataclass(frozen=True, slots=True)
class Mapping:
    columns: dict[str, Use] = field(default_factory=dict)
    others: str = LEFT_OUT
    constants: dict[str, Any] = field(default_factory=dict)
    time_format: str = AUTO
    zone: str = "UTC"

    def use_of(self, column: str) -> Use:
        """What the column becomes, named here or not."""
        if column in self.columns:
            return self.columns[column]
        return Use(f"{self.others}.{column}") if self.others else Use(LEFT_OUT)

    def document(self) -> dict[str, Any]:
        """The mapping as plain data, of which `read_mapping` makes it again."""
        columns = {name: _written(use) for name, use in self.columns.items()}
        document: dict[str, Any] = {"columns": columns}
        if self.others:
            document["others"] = self.others
        if self.constants:
            document["constants"] = dict(self.constants)
        if (self.time_format, self.zone) != (AUTO, "UTC"):
            document["time"] = {"format": self.time_format, "zone": self.zone}
        return document

    def problems(self, header: Iterable[str] | None = None) -> list[str]:
        """What is wrong with it, of itself or for a file of these columns."""
        found = [*_target_problems(self), *_time_problems(self)]
        found += _missing(self, has=self._says(header))
        if header is not None:
            there = list(header)
            found += [
                f"The file has no column {_quoted(name)}; it has {_listed(there)}."
                for name in self.columns
                if name not in there
            ]
        return found

    def _says(self, header: Iterable[str] | None) -> set[str]:
        """The fields that rows can have."""
        columns = self.columns if header is None else header
        return {self.use_of(column).to for column in columns} | set(self.constants)


def read_mapping(document: Any, *, finished: bool = True) -> Mapping:
    """The mapping that the document says. Raises BadMapping with everything that is wrong with it.

    Of one that is not finished, such as a guess, only its form is judged; `problems` says what it lacks.
    """
    problems: list[str] = []
    if not isinstance(document, dict):
        raise BadMapping(["A mapping is an object with columns; see docs/importing.md."])
    problems += [f"A mapping has no {_quoted(str(key))}; it has {_listed(_KEYS)}." for key in document.keys() - _KEYS]
    columns = dict(_columns(_part(document, "columns", problems), problems))
    constants = _part(document, "constants", problems)
    times = _part(document, "time", problems)
    problems += [f"time has no {_quoted(str(key))}, only format and zone." for key in times.keys() - {"format", "zone"}]
    others = document.get("others") or LEFT_OUT
    mapping = Mapping(
        columns,
        others if isinstance(others, str) else repr(others),
        {str(name): value for name, value in constants.items()},
        str(times.get("format") or AUTO),
        str(times.get("zone") or "UTC"),
    )
    if finished:
        problems += mapping.problems()
    if problems:
        raise BadMapping(problems)
    return mapping


def _written(use: Use) -> Any:
    if use.kind is Type.AUTO:
        return use.to or None
    return {"to": use.to, "as": use.kind.value}


def _part(document: dict[str, Any], name: str, problems: list[str]) -> dict[str, Any]:
    value = document.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        problems.append(f"{name} must be an object.")
        return {}
    return value


def _columns(columns: dict[Any, Any], problems: list[str]) -> Iterator[tuple[str, Use]]:
    for key, said in columns.items():
        name = str(key)
        if isinstance(said, dict) and said.keys() <= {"to", "as"}:
            to, kind = said.get("to"), said.get("as", Type.AUTO.value)
        else:
            to, kind = said, Type.AUTO.value
        if not (to is None or isinstance(to, str)):
            problems.append(f"{_quoted(name)} must be what the column becomes, such as userId or properties.plan.")
        elif kind not in list(Type):
            problems.append(f"{_quoted(name)} is read as one of {_listed(Type)}, not as {_quoted(str(kind))}.")
        else:
            yield name, Use(to or LEFT_OUT, Type(kind))


def _target_problems(mapping: Mapping) -> Iterator[str]:
    taken: dict[str, str] = {}
    for name, use in mapping.columns.items():
        if use.to == LEFT_OUT:
            continue
        if problem := _bad_target(use.to):
            yield f"{_quoted(name)} cannot become {_quoted(use.to)}: {problem}"
        elif use.to in taken:
            yield f"{_quoted(taken[use.to])} and {_quoted(name)} cannot both become {use.to}."
        taken.setdefault(use.to, name)
    for to in taken:
        inside = next((other for other in taken if "." in to and other.startswith(f"{to}.")), None)
        if inside:
            yield f"{to} cannot be both a value and an object with {inside.removeprefix(to + '.')} in it."
    for name, value in mapping.constants.items():
        if problem := _bad_target(name):
            yield f"There can be no constant {_quoted(name)}: {problem}"
        elif not isinstance(value, str | int | float | bool):
            yield f"The constant {name} must be a text, a number, true or false."
    if mapping.others and mapping.others not in OBJECTS:
        yield f"others must be one of {_listed(OBJECTS)}, or be left out."


def _bad_target(to: str) -> str:
    """Why nothing can become this; empty when it can."""
    if to in FIELDS or to in OBJECTS:
        return ""
    head, *names = to.split(".")
    if head not in OBJECTS:
        return f"it is none of {_listed(FIELDS)}, and no name such as properties.plan, traits.plan or context.ip."
    if not all(names):
        return "a name in it is empty."
    if len(names) > MOST_LEVELS:
        return f"it has more than {MOST_LEVELS} levels."
    return f"it is longer than {MAX_IDENTIFIER} characters." if len(to) > MAX_IDENTIFIER else ""


def _time_problems(mapping: Mapping) -> Iterator[str]:
    if mapping.time_format not in _FORMATS and not ("%" in mapping.time_format and _is_pattern(mapping.time_format)):
        yield f"The time's format must be one of {_listed(_FORMATS)}, or a pattern such as %d.%m.%Y %H:%M."
    if mapping.zone not in _zones():
        yield f"There is no time zone {_quoted(mapping.zone)}; write one such as Europe/Berlin or UTC."


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _is_pattern(text: str) -> bool:
    return len(text) <= 60 and _PATTERN.fullmatch(text) is not None


def _missing(mapping: Mapping, *, has: set[str]) -> Iterator[str]:
    kind = mapping.constants.get("type")
    if "type" not in has:
        yield "Say what the rows are: a column becomes type, or the constant type is track, identify or group."
    elif kind is not None and kind not in TYPES:
        yield f"The constant type must be one of {_listed(sorted(TYPES))}."
    if not {"userId", "anonymousId"} & has:
        yield "Say whose the rows are: a column becomes userId or anonymousId."
    only = str(kind) if "type" not in {use.to for use in mapping.columns.values()} else ""
    if only in _NEEDS and _NEEDS[only] not in has:
        yield f"Rows of the type {only} need {_NEEDS[only]}: a column that becomes it, or a constant."
    traits = sorted(to for to in has if to.partition(".")[0] == "traits")
    if only in TYPES and only not in _TRAITS_FROM and traits:
        yield f"{traits[0]} would be forgotten: traits are kept from identify and group, and these rows are {only}."


def zone_of(mapping: Mapping) -> ZoneInfo:
    return ZoneInfo(mapping.zone)


def _quoted(name: str) -> str:
    return f"“{name[:80]}”"


def _listed(names: Iterable[str]) -> str:
    shown = list(names)
    return ", ".join(name[:80] for name in shown[:20]) + (f" and {len(shown) - 20} more" if len(shown) > 20 else "")
