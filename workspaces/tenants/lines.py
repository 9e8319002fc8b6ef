"""Names of people and companies: one line of text. They stand in mails to strangers, where a line of its own would
look like ours, and beside other names, which must not be turned round by them.
"""

import unicodedata
from typing import Any

from django import forms

_BREAKS = {"Cc", "Zl", "Zp"}  # control characters, and whatever ends a line or a paragraph
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F])  # the direction of writing


def one_line(text: str) -> str:
    spaced = (" " if unicodedata.category(character) in _BREAKS else character for character in text.translate(_TURNS))
    return " ".join("".join(spaced).split())


class OneLine(forms.CharField):
    """Whatever is typed, as one line."""

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value) or ""
        return one_line(text)
