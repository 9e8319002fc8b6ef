"""Values, lists and names as they are typed into one line."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.library.literals import (
    read_name,
    read_texts,
    read_value,
    read_values,
    write_name,
    write_texts,
    write_value,
    write_values,
)

from .strategies import names, paths, scalars, texts

pytestmark = pytest.mark.pure

LINE_BREAKS = ("\n", "\r")


def one_line(written):
    assert not any(character in written for character in LINE_BREAKS)
    return written


@given(scalars)
def test_a_value_is_read_as_what_was_written_and_of_the_same_kind(value):
    back = read_value(one_line(write_value(value)))
    assert (back, type(back)) == (value, type(value))


@given(st.lists(scalars, max_size=5))
def test_a_list_is_read_as_what_was_written(values):
    back = read_values(one_line(write_values(values)))
    assert [(one, type(one)) for one in back] == [(one, type(one)) for one in values]


@given(st.lists(texts | scalars.map(str), max_size=5))
def test_tags_are_read_as_what_was_written_and_stay_texts(tags):
    assert read_texts(one_line(write_texts(tags))) == tags


@given(names | paths.map(str.strip) | names.map(json.dumps))
def test_a_name_is_read_as_what_was_written(name):
    assert read_name(one_line(write_name(name))) == name


@given(texts)
def test_whatever_is_typed_is_a_value_a_list_and_a_name(typed):
    read_value(typed), read_values(typed), read_name(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("growth", "growth"),
        (" growth plan ", "growth plan"),
        ("10", 10),
        ("-2.5", -2.5),
        ("1e3", 1000.0),
        ("true", True),
        ("True", "True"),
        ("007", "007"),
        ("1,5", "1,5"),
        ('"10"', "10"),
        ('"true"', "true"),
        ('""', ""),
        ('"', '"'),
        ('"open', '"open'),
        ("1e999", "1e999"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_what_is_typed_means_what_it_looks_like(typed, meant):
    back = read_value(typed)
    assert (back, type(back)) == (meant, type(meant))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("growth, scale", ["growth", "scale"]),
        ('"a, b", 3, true, "3"', ["a, b", 3, True, "3"]),
        ("a,,b,", ["a", "b"]),
        ("", []),
        (" , ", []),
        ('say "hi", twice', ['say "hi"', "twice"]),
        ('"a" b', ['"a" b']),
    ],
)
def test_lists_are_parted_by_commas_outside_of_quotes(typed, meant):
    assert read_values(typed) == meant


def test_only_what_would_be_misread_is_written_in_quotes():
    assert write_values(["growth", 3, True, "3", "a, b", " x", ""]) == 'growth, 3, true, "3", "a, b", " x", ""'
    assert write_value("a, b") == "a, b"
    assert write_name("Report Shared") == "Report Shared"
    assert write_name('"quoted"') == '"quoted"'
    assert write_name("two\nlines") == '"two\\nlines"'
    assert write_value(None) == ""
