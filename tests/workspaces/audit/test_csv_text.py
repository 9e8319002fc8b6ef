"""Nothing in a file is a formula, and every number is as it was."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspaces.audit.csv_text import BYTE_ORDER_MARK, cell, csv_text

pytestmark = pytest.mark.pure

FORMULAS = [
    "=1+1",
    '=HYPERLINK("https://evil.example","Click")',
    "+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1+1",
    "\u3000=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_would_be_a_formula_is_defused(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Acme", "a=b", "", "   ", "1+1", "Łódź", "O'Neil"])
def test_other_text_stays_as_it_is(text):
    assert cell(text) == text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-1, "-1"),
        (-0.25, "-0.25"),
        (1234567, "1234567"),
        (0.1 + 0.2, "0.30000000000000004"),
        (None, ""),
        (True, "yes"),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 8, tzinfo=UTC), "2026-03-01T08:00:00+00:00"),
    ],
)
def test_numbers_and_times_are_raw(value, written):
    assert cell(value) == written


def test_a_byte_order_mark_comes_only_when_it_is_asked_for():
    assert csv_text(["a"], [{"a": "ü"}], bom=True) == BYTE_ORDER_MARK + "a\r\nü\r\n"
    assert csv_text(["a"], [{"a": "ü"}]) == "a\r\nü\r\n"


@given(rows=st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=2), max_size=5))
def test_whatever_people_write_no_cell_begins_a_formula_and_nothing_is_lost(rows):
    text = csv_text(["a", "b"], [dict(zip("ab", row, strict=True)) for row in rows])
    found = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert len(found) == len(rows)
    for read, written in zip(found, rows, strict=True):
        for got, said in zip(read, written, strict=True):
            assert not got.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
            assert not got.startswith(("\t", "\r", "\n"))
            assert got.removeprefix("'") == said.replace("\x00", "").removeprefix("'")
