"""A milestone's content as a form, there and back."""

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from milestones.library.content import read_content
from milestones.library.milestone_form import MilestoneForm, read_form, read_lines, write_lines
from milestones.library.problems import Problems
from tests.tiers import examples
from workspaces.privacy.models import Deletion

from .forms import Controls
from .strategies import criteria, names, texts

pytestmark = pytest.mark.pure

words = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=30)
# Text areas send line breaks in one way only.
paragraphs = st.lists(words, max_size=3).map("\n".join).filter(lambda text: "{" not in text and "}" not in text)
tags = st.dictionaries(
    st.sampled_from(["use_case", "industry", "size", "role"]), st.lists(words.filter(str.strip), min_size=1, max_size=3)
)
messages = st.fixed_dictionaries(
    {"email_subject": words.filter(lambda text: "{" not in text and "}" not in text)},
    optional={"in_app": paragraphs, "email": paragraphs, "help": paragraphs},
)


@st.composite
def contents(draw):
    """Canonical content, as the library keeps it."""
    from milestones.library.criteria import to_data

    data = {"key": "k", "name": draw(words.filter(str.strip)), "criterion": to_data(draw(criteria()))}
    for field in ("purpose", "cue", "tip", "value_statement"):
        data[field] = draw(paragraphs)
    data["action_label"] = draw(words)
    for field in ("expected_actions", "risks"):
        data[field] = draw(st.lists(paragraphs.filter(str.strip), max_size=3))
    data["unlock"] = draw(st.sampled_from(["", "sso", "live-inventory"]))
    data["action_url"] = draw(st.sampled_from(["", "/settings", "https://example.com/?a=b&c=%20"]))
    data["minutes"] = draw(st.none() | st.integers(1, 600))
    data["tags"], data["messages"] = draw(tags), draw(messages)
    problems = Problems()
    content = read_content(data, "milestone", problems)
    assert problems == []
    return content


class Acme:
    """A workspace as the templates see it."""

    pk, slug, name = 0, "acme", "Acme"


@pytest.fixture(autouse=True)
def _not_about_to_be_deleted(monkeypatch):
    """Every page asks the database whether its workspace is about to be."""
    monkeypatch.setattr(Deletion, "of", lambda workspace_id: None)


def drawn(form):
    context = {"form": form, "milestone": None, "workspace": Acme}
    return Controls(render_to_string("library/edit.html", context, RequestFactory().get("/")))


def sent(controls):
    """As browsers send it: line breaks as CR LF."""
    return {name: value.replace("\n", "\r\n") for name, value in controls.fields.items()}


@settings(max_examples=examples(60), deadline=None)
@given(contents())
def test_a_milestone_comes_back_from_its_form_as_it_was(content):
    problems = Problems()
    read = read_content({**read_form(sent(drawn(MilestoneForm(content)))), "key": "k"}, "milestone", problems)
    assert problems == []
    assert read == content


@given(st.lists(paragraphs.map(str.strip).filter(bool), max_size=4))
def test_lists_keep_their_entries_even_those_of_several_lines(entries):
    assert read_lines(write_lines(entries)) == entries


def test_empty_lines_between_entries_are_nothing():
    assert read_lines("Ask IT\n\n  for an account\r\n\r\nWait\n") == ["Ask IT\nfor an account", "Wait"]


def problems_of(post):
    data, problems = read_form(post), Problems()
    read_content({**data, "key": "k"}, "milestone", problems)
    return MilestoneForm(data, problems=problems)


@pytest.mark.parametrize(
    ("typed", "box", "said"),
    [
        ({"name": " "}, "name", "Write a name: the user reads it as the step’s title"),
        ({"name": "x" * 130}, "name", "Name is 130 characters long; at most 120 fit"),
        ({"minutes": "ten"}, "minutes", "'ten' is not a whole number from 1 to 600"),
        ({"action_url": "javascript:alert(1)"}, "action_url", "no link; it begins with https:// or with one /"),
        ({"unlock": "Live Inventory"}, "unlock", "is not a feature key"),
        ({"messages.email": "Hi {{ frist_name }}"}, "messages_email", "did you mean 'first_name'?"),
        ({"risks": "a\n" + "b" * 3000}, "risks", "Entry 2 is 3000 characters long; at most 2000 fit"),
        ({"tags.industry": "a, " + "b" * 3000}, "tags_industry", "Entry 2 is 3000 characters long"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(typed, box, said):
    form = problems_of({"name": "A", "criterion.kind": "event", "criterion.event": "A", **typed})
    assert [wrong.name.replace(".", "_") for wrong in form.wrong] == [box]
    assert said in form.boxes[box].problems[0]
    assert form.problems == []
    assert not form.criterion.wrong


def test_what_is_wrong_with_the_criterion_is_told_in_its_editor():
    form = problems_of({"name": "A", "criterion.kind": "event", "criterion.event": ""})
    assert form.criterion.wrong
    assert form.wrong == []


def test_an_empty_form_says_all_that_is_needed():
    form = problems_of({})
    assert [box.name for box in form.wrong] == ["name"]
    assert form.criterion.wrong


def test_a_line_break_where_one_line_is_meant_becomes_a_space():
    assert MilestoneForm({"name": "Invite\nyour team"}).boxes["name"].value == "Invite your team"


@given(st.dictionaries(st.sampled_from(["name", "minutes", "risks", "tags.size", "criterion.event"]), texts | names))
def test_anything_can_be_typed_and_is_shown_again(post):
    form = problems_of(post)
    assert form.boxes["name"].value == post.get("name", "").replace("\n", " ")
