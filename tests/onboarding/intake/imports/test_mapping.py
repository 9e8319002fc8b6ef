"""A mapping is a value: what is written is read again, and what is wrong is told in sentences."""

import json

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onboarding.intake.imports import mapping_form
from onboarding.intake.imports.cells import UNITS, Type
from onboarding.intake.imports.mapping import FIELDS, OBJECTS, BadMapping, Mapping, Use, read_mapping

pytestmark = pytest.mark.pure
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

NAMES = st.text("aZ9äß .:#\"'-_{[,", min_size=1, max_size=12)
PARTS = st.from_regex(r"[a-z][a-z0-9_ ]{0,6}[a-z]", fullmatch=True)


@st.composite
def mappings(draw) -> Mapping:
    """Any good mapping."""
    fields = draw(st.lists(st.sampled_from([f for f in FIELDS if f != "userId"]), unique=True))
    insides = draw(st.lists(st.tuples(st.sampled_from(OBJECTS), PARTS), unique=True, max_size=4))
    targets = [
        "userId",
        *fields,
        *(f"{head}.{name}" for head, name in insides),
        *draw(st.lists(st.just(""), max_size=2)),
    ]
    columns = draw(st.lists(NAMES, unique=True, min_size=len(targets), max_size=len(targets)))
    kinds = draw(st.lists(st.sampled_from(Type), min_size=len(targets), max_size=len(targets)))
    uses = {c: Use(t, k if t else Type.AUTO) for c, t, k in zip(columns, targets, kinds, strict=True)}
    constants = draw(
        st.dictionaries(st.sampled_from(["properties.x y", "context.z"]), st.text(max_size=5) | st.integers())
    )
    if "type" not in fields:
        constants["type"] = "identify"
    return Mapping(
        uses,
        draw(st.sampled_from(["", *OBJECTS])),
        constants,
        draw(st.sampled_from(["auto", "iso", *UNITS, "%d.%m.%Y %H:%M"])),
        draw(st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"])),
    )


@patient
@given(mappings())
def test_what_is_written_is_read_again_from_yaml_and_from_json(mapping):
    assert read_mapping(yaml.safe_load(yaml.safe_dump(mapping.document()))) == mapping
    assert read_mapping(json.loads(json.dumps(mapping.document()))) == mapping


@patient
@given(mappings())
def test_the_form_says_what_it_was_drawn_from(mapping):
    header = list(mapping.columns)
    shown = mapping_form.lines(mapping, header, [])
    fields = {}
    for line in shown:
        fields |= {f"c{line.place}.to": line.to, f"c{line.place}.name": line.name, f"c{line.place}.as": line.kind}
    again = mapping_form.read_form(fields, header, otherwise=Mapping())
    assert {name: use for name, use in again.columns.items() if use.to} == {
        name: use for name, use in mapping.columns.items() if use.to
    }


@patient
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
    )
)
def test_any_document_is_a_mapping_or_is_told_what_is_wrong(document):
    with pytest.raises(BadMapping) as caught:  # nothing drawn names a person's column by chance
        read_mapping(document)
    assert caught.value.problems
    assert all(problem.endswith((".", "…")) for problem in caught.value.problems)


GOOD = {"columns": {"user": "userId", "what": "event"}, "constants": {"type": "track"}}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"columns": {"what": "event"}}, "Say whose the rows are"),
        ({"columns": {"user": "userId"}}, "Rows of the type track need event"),
        ({"constants": {}}, "Say what the rows are"),
        ({"constants": {"type": "trck"}}, "The constant type must be one of alias, group"),
        ({"constants": {"type": "track", "colour": "red"}}, "There can be no constant “colour”"),
        ({"constants": {"type": "track", "properties.x": [1]}}, "must be a text, a number, true or false"),
        ({"columns": {"user": "userId", "what": "event", "x": "colour"}}, "“x” cannot become “colour”: it is none of"),
        ({"columns": {"user": "userId", "what": "event", "x": "userId"}}, "“user” and “x” cannot both become userId"),
        ({"columns": {"user": "userId", "what": "event", "x": "properties."}}, "a name in it is empty"),
        ({"columns": {"user": "userId", "what": "event", "x": 5}}, "“x” must be what the column becomes"),
        ({"columns": {"user": "userId", "what": "event", "x": {"to": "properties.x", "as": "float"}}}, "“float”"),
        (
            {"columns": {"user": "userId", "what": "event", "x": "properties.a", "y": "properties.a.b"}},
            "properties.a cannot be both a value and an object with b in it",
        ),
        ({"columns": {"user": "userId", "what": "event", "x": "traits.plan"}}, "traits.plan would be forgotten"),
        ({"time": {"zone": "Mars/Olympus"}}, "There is no time zone “Mars/Olympus”"),
        ({"time": {"format": "%q"}}, "The time's format must be one of auto"),
        ({"time": {"colour": 1}}, "time has no “colour”"),
        ({"others": "somewhere"}, "others must be one of properties, traits, context"),
        ({"colums": {}}, "A mapping has no “colums”; it has columns, others, constants, time"),
        ({"columns": []}, "columns must be an object"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(change, says):
    assert read_mapping(GOOD)
    with pytest.raises(BadMapping) as caught:
        read_mapping({**GOOD, **change})
    assert any(says in problem for problem in caught.value.problems), caught.value.problems


def test_everything_that_is_wrong_is_told_at_once():
    with pytest.raises(BadMapping) as caught:
        read_mapping({"columns": {"a": "colour"}, "others": "x", "time": {"zone": "y"}})
    assert len(caught.value.problems) == 5


def test_a_column_that_the_file_lacks_is_named_with_those_it_has():
    mapping = read_mapping({**GOOD, "columns": {"user": "userId", "what": "event", "plan": "properties.plan"}})
    assert mapping.problems(["user", "what", "size"]) == ["The file has no column “plan”; it has user, what, size."]
