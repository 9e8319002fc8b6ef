"""Random criteria, rules and JSON for property tests."""

from dataclasses import replace
from datetime import timedelta

import re2
from hypothesis import strategies as st

from milestones.library.criteria import (
    All,
    Any_,
    EventCondition,
    Everyone,
    PropertyCondition,
    TraitCondition,
)

# Texts that PostgreSQL can keep: no NUL, no lone surrogate.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
names = texts.map(str.strip).filter(bool)
paths = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0."), min_size=1, max_size=6)
    .map(str.strip)
    .filter(bool),
    min_size=1,
    max_size=3,
).map(".".join)

integers = st.integers(-(2**53), 2**53)
floats = st.floats(-1e9, 1e9, allow_nan=False).filter(lambda x: x != int(x))
numbers = integers | floats
scalars = st.booleans() | numbers | texts
periods = (
    st.integers(1, 365).map(lambda n: timedelta(days=n))
    | st.integers(1, 500).map(lambda n: timedelta(hours=n))
    | st.integers(1, 5000).map(lambda n: timedelta(minutes=n))
)

patterns = (
    st.sampled_from(
        ["^https://", "(trial|demo)$", r"\d{3}", "10", "true", " two ", '"quoted"', "a|b", r"\pL+", "(?i)team"]
    )
    | texts.filter(bool).map(re2.escape)
    | texts.filter(bool).map(re2.escape).map(lambda text: f"^({text})?$")
)

operations = (
    st.tuples(st.sampled_from(["equals", "not_equals", "contains"]), scalars)
    | st.tuples(st.sampled_from(["in", "not_in"]), st.lists(scalars, min_size=1, max_size=4).map(tuple))
    | st.tuples(st.sampled_from(["greater_than", "less_than"]), numbers)
    | st.tuples(st.just("matches"), patterns)
    | st.tuples(st.just("exists"), st.booleans())
)

property_conditions = st.builds(lambda path, o: PropertyCondition(path, *o), paths, operations)
trait_conditions = st.builds(lambda path, o: TraitCondition(path, *o), paths, operations)
whose = st.sampled_from(["person", "person", "account"])


@st.composite
def event_conditions(draw):
    return EventCondition(
        draw(names),
        tuple(draw(st.lists(property_conditions, max_size=3))),
        draw(st.integers(1, 50)),
        draw(st.none() | periods),
        draw(st.sampled_from(["start", "opening"])),
        draw(whose),
    )


anyones_trait_conditions = st.builds(lambda condition, by: replace(condition, by=by), trait_conditions, whose)


def _groups(leaves, depth):
    if depth == 0:
        return leaves
    children = st.lists(leaves | _groups(leaves, depth - 1), min_size=1, max_size=2).map(tuple)
    return leaves | st.builds(All, children) | st.builds(Any_, children)


def criteria():
    return _groups(event_conditions() | anyones_trait_conditions, 4)


def rules():
    return st.just(Everyone()) | _groups(trait_conditions, 3)


def json_values():
    keys = st.sampled_from(["event", "where", "property", "equals", "in", "trait", "all", "any", "within", "of"])
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys | st.text(max_size=3), inner, max_size=4),
        max_leaves=12,
    )
