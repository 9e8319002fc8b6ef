"""Whatever is done to a ladder in whatever order, it stays one that can be read, and its rules hold."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milestones.ladders import editing
from milestones.ladders.document import PHASES, read
from milestones.ladders.editing import CannotEdit
from milestones.ladders.editing.order import in_phases
from milestones.library.content import MESSAGES
from milestones.library.criteria import to_data
from tests.milestones.library.strategies import criteria
from tests.tiers import examples

pytestmark = pytest.mark.pure

KEYS = ["a", "b", "c", "d", "e"]
EMPTY = read({"ladder": {"key": "l", "name": "L", "role": {"key": "r", "name": "R", "rule": {"everyone": True}}}})
texts = st.text(max_size=12) | st.sampled_from(["", "fine", "{{ name }}", "{{ nobody }}", "</script>"])
values = st.one_of(
    st.tuples(
        st.sampled_from(["name", "cue", "tip", "unlock", "action_url", *(f"messages.{m}" for m in MESSAGES)]), texts
    ),
    st.tuples(st.sampled_from(["due_after", "spacing"]), st.sampled_from(["1 day", "3 weeks", "0 day", "soon", None])),
    st.tuples(st.just("minutes"), st.integers(-1, 700) | st.none() | texts),
    st.tuples(st.just("prerequisites"), st.lists(st.sampled_from(KEYS), max_size=3, unique=True)),
    st.tuples(st.sampled_from(["first_value", "in_funnel"]), st.booleans()),
    st.tuples(st.just("phase"), st.sampled_from([*PHASES, "later"])),
    st.tuples(st.just("criterion"), criteria().map(to_data) | st.just({"event": ""})),
    st.tuples(st.just("tags.industry"), st.lists(texts, max_size=2)),
)
keys = st.sampled_from(KEYS)
steps = st.one_of(
    st.tuples(st.just("add"), keys, st.sampled_from(PHASES), st.none() | st.just("") | keys),
    st.tuples(st.just("remove"), keys),
    st.tuples(st.just("move_up"), keys),
    st.tuples(st.just("move_down"), keys),
    st.tuples(st.just("move_to"), keys, st.sampled_from(PHASES), st.just("") | keys),
    st.tuples(st.just("duplicate"), keys),
    st.tuples(st.just("set_rung"), keys, st.lists(values, min_size=1, max_size=3).map(dict)),
    st.tuples(
        st.just("set_about"), st.fixed_dictionaries({"title": texts}) | st.fixed_dictionaries({"impact.after": texts})
    ),
    st.tuples(st.just("add_story"), st.fixed_dictionaries({"text": texts, "who": texts})),
    st.tuples(st.just("remove_story"), st.integers(0, 2)),
)


def carry_out(document, verb, *arguments):
    match verb, arguments:
        case "add", (key, phase, after):
            content = {"key": key, "name": key.upper(), "criterion": {"event": key}}
            return editing.add(document, content, phase=phase, after=after)
        case "move_to", (key, phase, after):
            return editing.move_to(document, key, phase=phase, after=after)
        case _:
            return getattr(editing, verb)(document, *arguments)


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(steps, max_size=14))
def test_any_sequence_of_changes_keeps_the_ladder_valid(sequence):
    document = EMPTY
    for step in sequence:
        before = read({"ladder": document})
        try:
            edit = carry_out(document, *step)
        except CannotEdit:
            edit = None
        assert document == before  # a change, refused or not, leaves what it was made from as it was
        if edit is None:
            continue
        document = edit.document
        assert read({"ladder": document}) == document
        assert edit.words
        assert len(edit.place) <= 200
        check(document)


def check(document):
    rungs = document.get("rungs", [])
    found = [rung["milestone"]["key"] for rung in rungs]
    assert len(set(found)) == len(found)
    assert sum(rung.get("first_value", False) for rung in rungs) <= 1
    for n, rung in enumerate(rungs):
        assert set(rung.get("prerequisites", [])) <= set(found[:n])
    assert set(document.get("funnel", [])) <= set(found)
    assert in_phases(rungs)
