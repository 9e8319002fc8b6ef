"""The operators of conditions on properties and traits, and how a value is found. Pure.

Values are JSON. null counts as missing. Comparison is strict: 1 equals 1.0, but neither true nor "1".
A missing value equals nothing, so `not_equals` and `not_in` hold for it and every other operator but
`exists: false` does not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from .patterns import LONGEST_PATTERN, NotAPattern, compiled, found_in
from .problems import Problems, shown

Scalar = str | int | float | bool
Operand = Scalar | tuple[Scalar, ...]

LARGEST_NUMBER = 2**53  # beyond it JSON's readers disagree about which number was meant
LONGEST_TEXT = 500
LONGEST_LIST = 200


class Missing:
    """The value of a property or trait that is not there."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()


def lookup(values: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, or MISSING. A key that itself contains the dots goes first."""
    if path in values:
        found: Any = values[path]
    else:
        found = values
        for key in path.split("."):
            if not isinstance(found, Mapping) or key not in found:
                return MISSING
            found = found[key]
    return MISSING if found is None else found


def same(value: Any, operand: Scalar) -> bool:
    """JSON equality: numbers with numbers, booleans with booleans, texts with texts."""
    if isinstance(value, bool) or isinstance(operand, bool):
        return value is operand
    return bool(value == operand)


def _contains(value: Any, operand: Any) -> bool:
    if isinstance(value, str):
        return isinstance(operand, str) and operand in value
    return isinstance(value, list) and any(same(item, operand) for item in value)


def _matches(value: Any, pattern: str) -> bool:
    return isinstance(value, str) and found_in(pattern, value)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(frozen=True)
class Operator:
    words: Any  # as in "audience is team", in the language that is active
    takes: str  # scalar | list | number | pattern | boolean
    holds: Callable[[Any, Any], bool]


OPERATORS: dict[str, Operator] = {
    "equals": Operator(pgettext_lazy("audience … team", "is"), "scalar", same),
    "not_equals": Operator(
        pgettext_lazy("audience … team", "is not"), "scalar", lambda value, operand: not same(value, operand)
    ),
    "in": Operator(
        pgettext_lazy("audience … team", "is one of"),
        "list",
        lambda value, operand: any(same(value, one) for one in operand),
    ),
    "not_in": Operator(
        pgettext_lazy("audience … team", "is none of"),
        "list",
        lambda value, operand: not any(same(value, one) for one in operand),
    ),
    "contains": Operator(pgettext_lazy("audience … team", "contains"), "scalar", _contains),
    "greater_than": Operator(
        pgettext_lazy("audience … team", "is more than"),
        "number",
        lambda value, operand: _number(value) and value > operand,
    ),
    "less_than": Operator(
        pgettext_lazy("audience … team", "is less than"),
        "number",
        lambda value, operand: _number(value) and value < operand,
    ),
    "matches": Operator(pgettext_lazy("audience … team", "matches the pattern"), "pattern", _matches),
    "exists": Operator(
        pgettext_lazy("audience … team", "exists"), "boolean", lambda value, operand: (not _absent(value)) is operand
    ),
}


def _absent(value: Any) -> bool:
    return value is MISSING or value is None


def read_operand(operator: str, data: Any, at: str, problems: Problems) -> Operand:
    """The operand in its canonical form; a problem and a harmless value when it does not fit the operator."""
    match OPERATORS[operator].takes:
        case "list":
            items = problems.items(data, at)
            if items == []:
                problems.add(at, _("is empty; list at least one value"))
            if items and len(items) > LONGEST_LIST:
                problems.add(
                    at, _("lists %(n)d values; at most %(most)d are allowed") % {"n": len(items), "most": LONGEST_LIST}
                )
                return ()
            return tuple(_scalar(item, f"{at}[{n}]", problems) for n, item in enumerate(items or []))
        case "number" if not _number(data):
            problems.add(at, _("%(value)s is not a number"), value=shown(data))
            return 0
        case "pattern":
            return _pattern(data, at, problems)
        case "boolean" if not isinstance(data, bool):
            problems.add(at, _("%(value)s is neither true nor false"), value=shown(data))
            return True
    return _scalar(data, at, problems)


def _pattern(data: Any, at: str, problems: Problems) -> str:
    if not isinstance(data, str):
        problems.add(at, _("%(value)s is not a text; put the pattern in quotes"), value=shown(data))
    elif not data:
        problems.add(at, _("is empty; write a pattern, for example ^https://"))
    elif len(data) > LONGEST_PATTERN:
        problems.add(
            at,
            _("is %(n)d characters long; a pattern has at most %(most)d") % {"n": len(data), "most": LONGEST_PATTERN},
        )
    elif problems.storable(data, at):
        try:
            compiled(data)
        except NotAPattern as error:
            problems.add(at, str(error))
        else:
            return data
    return ""


def _scalar(data: Any, at: str, problems: Problems) -> Scalar:
    if isinstance(data, bool):
        return data
    if isinstance(data, int | float):
        if not abs(data) <= LARGEST_NUMBER:  # written so that NaN fails too
            problems.add(
                at,
                _("%(value)s is too large; numbers go up to %(most)d") % {"value": shown(data), "most": LARGEST_NUMBER},
            )
            return 0
        # jsonb keeps no difference between 3 and 3.0, so neither does the canonical form.
        return int(data) if data == int(data) else data
    if not isinstance(data, str):
        message = _("%(value)s is not a text, a number, true or false")
        if data is None:
            message = _(
                "%(value)s is not a text, a number, true or false; to ask whether it is there write {exists: false}"
            )
        problems.add(at, message % {"value": shown(data)})
        return ""
    if len(data) > LONGEST_TEXT:
        problems.add(at, _("is %(n)d characters long; at most %(most)d fit"), n=len(data), most=LONGEST_TEXT)
        return ""
    problems.storable(data, at)
    return data


def path_text(data: Any, at: str, problems: Problems) -> str:
    """A dotted path such as `plan` or `address.city`."""
    path = problems.text(data, at, longest=200)
    if path and not all(path.split(".")):
        problems.add(at, _("%(value)s has an empty part between its dots"), value=shown(path))
    return path
