"""The parts of a criterion's form: one field, one comparison, one condition with all its fields. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .literals import write_name, write_pattern, write_value, write_values
from .operators import OPERATORS
from .problems import is_predicate

OPERATIONS = (
    *((name, operator.words) for name, operator in OPERATORS.items() if name != "exists"),
    ("exists", gettext_lazy("is known")),
    ("missing", gettext_lazy("is not known")),
)
NOUNS = {"list": gettext_lazy("values"), "pattern": gettext_lazy("pattern")}

# What a comparison is about, as _(subject) says it.
SUBJECTS = (gettext_lazy("property"), gettext_lazy("trait"))


def operations() -> tuple[tuple[str, str], ...]:
    return tuple((name, str(words)) for name, words in OPERATIONS)


@dataclass
class Field:
    """One control: its name in the form, what it is called aloud, what is in it, and what is wrong with that."""

    name: str
    label: str
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    blank: str = ""  # what to say when it is wrong because there is nothing in it
    focus: bool = False
    problems: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")

    @property
    def chosen_words(self) -> str:
        return dict(self.choices).get(self.value, "")

    @property
    def errors(self) -> str:
        """The ids of the texts that say what is wrong."""
        return " ".join(f"{self.id}-{n}-error" for n in range(1, len(self.problems) + 1))

    def add(self, message: str) -> None:
        if not self.value.strip() and self.blank:
            message = self.blank
        elif is_predicate(message):
            message = f"{self.label} {message}"
        if (told := message[:1].upper() + message[1:]) not in self.problems:
            self.problems.append(told)


@dataclass
class Comparison:
    """A property or trait, an operator and a value: "audience is team"."""

    path: str
    place: str
    subject: Field
    operator: Field
    operand: Field | None  # "is known" needs none
    operand_hint: str = ""

    @property
    def lists(self) -> bool:
        return self._takes == "list"

    @property
    def matches(self) -> bool:
        return self._takes == "pattern"

    @property
    def _takes(self) -> str:
        return OPERATORS["exists" if self.operator.value == "missing" else self.operator.value].takes


@dataclass
class Node:
    """One condition or group. `path` is as in the acts, `place` as in problems, both without the editor's own."""

    path: str
    place: str
    name: str
    kind: Field
    depth: int
    number: str = ""
    word: str = ""  # "and" or "or", before all but the first of a group
    event: Field | None = None
    at_least: Field | None = None
    within: tuple[Field, Field] | None = None
    of: Field | None = None
    comparison: Comparison | None = None
    where: list[Comparison] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    may: frozenset[str] = frozenset()  # which acts there are buttons for

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")

    @property
    def fields(self) -> Iterator[Field]:
        """Every field in it but those of its children."""
        rows = [self.comparison, *self.where] if self.comparison else self.where
        found = [self.kind, self.event, self.at_least, *(self.within or ()), self.of]
        found += [part for row in rows for part in (row.subject, row.operator, row.operand)]
        yield from (one for one in found if one)

    @property
    def wrong(self) -> list[Field]:
        return [one for one in self.fields if one.problems]

    @property
    def nodes(self) -> Iterator["Node"]:
        yield self
        for child in self.children:
            yield from child.nodes


def comparison(data: Mapping[str, Any], subject: str, path: str, place: str, name: str, said: str) -> Comparison:
    operator = next((one for one in OPERATORS if one in data), "equals")
    operand = data.get(operator)
    shown = operator if operator != "exists" or operand else "missing"
    value, hint = None, ""
    if operator != "exists":
        takes = OPERATORS[operator].takes
        written = _operand(operand, takes)
        blank = {
            "scalar": _('Write a value; "" is the empty text'),
            "list": _("Write values with commas between them"),
            "number": _("Write a number"),
            "pattern": _("Write a pattern, such as ^https:// for what begins so"),
        }.get(takes, "")
        value = Field(f"{name}.operand", label(said, str(NOUNS.get(takes, _("value")))), written, blank=blank)
        hint = {"list": "a, b, c", "number": "10", "pattern": "^https://"}.get(takes, "")
    return Comparison(
        path,
        place,
        Field(
            f"{name}.{subject}",
            label(said, _("name") if subject == "property" and said else _(subject)),
            write_name(data[subject]),
            blank=_("Write the trait’s name") if subject == "trait" else _("Write the property’s name"),
        ),
        Field(f"{name}.operator", label(said, _("comparison")), shown, operations()),
        value,
        hint,
    )


def _operand(operand: Any, takes: str) -> str:
    if takes == "list":
        return write_values(operand or ())
    if takes == "pattern" and isinstance(operand, str):
        return write_pattern(operand)
    return write_value(operand)


def field_at(node: Node, rest: str) -> Field | None:
    named = {
        ".event": node.event,
        ".at_least": node.at_least,
        ".within": node.within[0] if node.within else None,
        ".of": node.of,
        ".by": node.kind,
    }
    if rest in named:
        return named[rest]
    for row in [node.comparison, *node.where] if node.comparison else node.where:
        inner = rest.removeprefix(row.place[len(node.place) :])
        if not rest.startswith(row.place[len(node.place) :]):
            continue
        match re.sub(r"\[[0-9]+\]$", "", inner):
            case ".property" | ".trait":
                return row.subject
            case operand if operand.removeprefix(".") in OPERATORS:
                return row.operand or row.operator
            case "" if row.place != node.place:
                return row.operator
    return None


def label(said: str, what: str) -> str:
    return f"{said}: {what}" if said else what[:1].upper() + what[1:]
