"""Names are one line, whatever was typed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspaces.tenants.lines import one_line

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "typed, name",
    [
        ("  Ana   Berg ", "Ana Berg"),
        ("Ana\n\nhttps://evil.example/login\n\n", "Ana https://evil.example/login"),
        ("Ana\r\nBcc: x@y.example\x00\u2028\u0085z", "Ana Bcc: x@y.example z"),
        ("\u202egro.live\u202c", "gro.live"),
        ("Мария 鈴木 👩\u200d🔧 O’Néill-Ŝ", "Мария 鈴木 👩\u200d🔧 O’Néill-Ŝ"),
        ("\n\u2066", ""),
    ],
)
def test_what_is_typed_is_one_line(typed, name):
    assert one_line(typed) == name


@given(st.text())
def test_nothing_ends_a_line_or_turns_it_round(text):
    line = one_line(text)
    assert one_line(line) == line == line.strip()
    assert not any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in line)
    assert not {unicodedata.bidirectional(character) for character in line} & {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI"}
