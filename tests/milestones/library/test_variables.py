"""Variables in messages are looked up, never evaluated."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.library.variables import VARIABLES, Piece, fill, names_in, pieces, problems_in

pytestmark = pytest.mark.pure

DORA = {"first_name": "Dora", "email": "dora@customer.example", "account": "", "trait.plan": "scale"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hello {{ first_name }}, welcome.", "Hello Dora, welcome."),
        ("Hello {{first_name}}", "Hello Dora"),
        ("Hello {{ first_name | there }}", "Hello Dora"),
        ("Everybody at {{ account | your company }}", "Everybody at your company"),
        ("Everybody at {{ account }}.", "Everybody at ."),
        ("{{ no_such_thing }}{{ no_such_thing | well }}", "well"),
        ("You are on {{ trait.plan }}", "You are on scale"),
        ("{{ trait.seats | some }} seats", "some seats"),
        ("{{ first_name | a | b }}{{ account | a | b }}", "Doraa | b"),
        ("No variable: { first_name } {{ first_name", "No variable: { first_name } {{ first_name"),
        ("{{ }}{{}}", ""),
    ],
)
def test_a_variable_is_its_value_or_its_fallback_or_nothing(text, filled):
    assert fill(text, DORA) == filled


@pytest.mark.parametrize(
    "attempt",
    [
        "{{ 7*7 }}",
        "{{ first_name.__class__ }}",
        "{{ values }}",
        "{{ first_name|upper }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ config.SECRET_KEY }}",
        "{{ fill(first_name) }}",
    ],
)
def test_nothing_is_ever_evaluated(attempt):
    assert fill(attempt, {"first_name": ""}) in ("", "upper")
    assert problems_in(attempt) or attempt == "{{ first_name|upper }}"


@pytest.mark.parametrize(
    "untouched", ["{% load x %}", "${first_name}", "{first_name}", "%(first_name)s", "<%= 1 %>", "{0}"]
)
def test_other_template_languages_mean_nothing_here(untouched):
    assert fill(untouched, DORA) == untouched
    assert problems_in(untouched) == []


def test_what_was_filled_in_is_not_read_again():
    assert fill("Hello {{ first_name }}", {"first_name": "{{ email }}", "email": "secret"}) == "Hello {{ email }}"
    assert fill("{{{ first_name }}}", {"first_name": "x", "x": "secret"}) == "{x}"


@given(st.text(), st.dictionaries(st.sampled_from([*VARIABLES, "trait.plan"]), st.text()))
def test_any_text_can_be_filled_and_looked_at(text, values):
    filled = fill(text, values)
    if not re.search(r"\{\{[^{}]*\}\}", text):
        assert filled == text
    assert "".join(piece.text for piece in pieces(text, values)) == filled
    assert all(isinstance(problem, str) and problem for problem in problems_in(text))


@given(st.text(alphabet="ab }{|"), st.text())
def test_values_come_out_as_they_are(around, value):
    around = around.replace("{", "").replace("}", "")
    assert fill(f"{around}{{{{ name }}}}{around}", {"name": value}) == f"{around}{value}{around}"


def test_a_preview_can_mark_what_was_filled_in():
    found = list(pieces("Hello {{ first_name | there }}, {{ account | friend }}{{ nothing }}.", DORA))
    assert found == [
        Piece("Hello "),
        Piece("Dora", "first_name"),
        Piece(", "),
        Piece("friend", "account"),
        Piece("."),
    ]


def test_the_variables_of_a_text_are_known():
    assert names_in("{{ name }} {{ trait.plan | free }} {{ name }}") == ["name", "trait.plan"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Hello {{ frist_name }}", "did you mean 'first_name'?"),
        ("Hello {{ }}", "names no variable; write for example {{ first_name }}"),
        ("On {{ trait. }}", "names no trait; write for example {{ trait.plan }}"),
        ("Hello {{ first_name", "is half a variable"),
        ("Hello first_name }}", "is half a variable"),
    ],
)
def test_a_mistake_says_what_to_write(text, says):
    (problem,) = problems_in(text)
    assert says in problem


def test_what_is_right_has_no_problems():
    assert problems_in(" ".join(f"{{{{ {name} | x }}}}" for name in [*VARIABLES, "trait.any name.at all"])) == []
    assert all(VARIABLES.values())


def test_a_hostile_text_costs_no_time():
    began = time.monotonic()
    for hostile in ("{{" * 20_000, "{{ a " * 20_000, "{{ " + "| " * 20_000, "}}" * 20_000):
        fill(hostile, {})
        problems_in(hostile)
    assert time.monotonic() - began < 2
