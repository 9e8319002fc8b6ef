"""Values and names as people type them into one line of a form, without losing what kind of value it is. Pure.

    growth        a text                    10, -2.5      numbers
    "10"          the text 10               true, false   yes and no
    growth, scale, "a, b"                   a list of three texts

A text is only written in quotes (JSON's) when it would be read as something else without them. For every value
that a criterion can hold `read_value(write_value(v))` is `v` again, of the same kind; likewise lists and names.
"""

import json
import math
import re
from collections.abc import Iterable
from typing import Any

from .operators import Scalar

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
_LONGEST_NUMBER = 400  # digits; Python refuses to read very long ones
_ITEM = re.compile(r'\s*(?P<item>"(?:[^"\\]|\\.)*"(?=\s*(?:,|$))|[^,]*)(?:,|$)', re.DOTALL)
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f]")


def read_value(typed: str) -> Scalar:
    """What somebody means by what they typed as one value."""
    text = typed.strip()
    if text in ("true", "false"):
        return text == "true"
    if len(text) <= _LONGEST_NUMBER and (found := _NUMBER.fullmatch(text)):
        if found[2] is None and found[3] is None:
            return int(text)
        if math.isfinite(number := float(text)):
            return number
    return _unquoted(text)


def write_value(value: Any) -> str:
    """A value as it is typed; '' for None, which is no value."""
    return _written(value, not_in="")


def read_values(typed: str) -> list[Scalar]:
    """What somebody means by a list with commas; gaps in it are nothing."""
    return [read_value(found["item"]) for found in _ITEM.finditer(typed) if found["item"].strip()]


def write_values(values: Iterable[Any]) -> str:
    return ", ".join(_written(value, not_in=",") for value in values)


def read_texts(typed: str) -> list[str]:
    """Like `read_values` where all are texts, such as tags: 50 is the text 50."""
    return [_unquoted(found["item"].strip()) for found in _ITEM.finditer(typed) if found["item"].strip()]


def write_texts(texts: Iterable[str]) -> str:
    return ", ".join(
        text if read_texts(text) == [text] and not _UNPRINTED.search(text) else json.dumps(text, ensure_ascii=False)
        for text in texts
    )


def read_name(typed: str) -> str:
    """A name (of an event, a property, a trait) as it is typed: itself, but for those `write_name` had to quote."""
    text = typed.strip()
    name = _unquoted(text)
    return name if name.startswith('"') or _UNPRINTED.search(name) else text


def write_name(name: str) -> str:
    """A name for one line. Only one with a line break in it, or that looks like such a one, stands in quotes."""
    plain = read_name(name) == name and not _UNPRINTED.search(name)
    return name if plain else json.dumps(name, ensure_ascii=False)


def read_pattern(typed: str) -> str:
    """A regular expression as it is typed: itself, but for those `write_pattern` had to quote."""
    return _unquoted(typed.strip())


def write_pattern(pattern: str) -> str:
    """A regular expression for one line: in quotes only with a line break in it, or spaces or quotes at its ends."""
    plain = read_pattern(pattern) == pattern and not _UNPRINTED.search(pattern)
    return pattern if plain else json.dumps(pattern, ensure_ascii=False)


def _written(value: Any, *, not_in: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return json.dumps(value)
    plain = value and not value.startswith('"') and not _UNPRINTED.search(value) and not (not_in and not_in in value)
    # The comparison of kinds tells the text "1" from the number 1, and of values " a" from "a".
    return value if plain and read_value(value) == value else json.dumps(value, ensure_ascii=False)


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text.startswith('"') and text.endswith('"'):
        try:
            found = json.loads(text)
        except ValueError:
            return text
        return found if isinstance(found, str) else text
    return text
