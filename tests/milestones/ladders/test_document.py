"""Reading ladder documents and their YAML."""

import copy
from pathlib import Path

import pytest
from hypothesis import given, settings

from milestones.ladders.document import DocumentError, missing_for_publication, read
from milestones.ladders.yaml_text import dump, load
from tests.tiers import examples

from .documents import documents, two_rungs

pytestmark = pytest.mark.pure

TRAVEL = Path(__file__).parents[2] / "travel" / "ladder.yaml"


def problems_of(data, reader=read):
    with pytest.raises(DocumentError) as error:
        reader(data)
    return [str(problem) for problem in error.value.problems]


def with_rung(n, **fields):
    """The two-rung ladder with other fields in rung n; fields of the milestone are written m_name=…"""
    document = copy.deepcopy(two_rungs())
    for field, value in fields.items():
        target = document["rungs"][n]["milestone"] if field.startswith("m_") else document["rungs"][n]
        target[field.removeprefix("m_")] = value
    return {"ladder": document}


@settings(max_examples=examples(60), deadline=None)
@given(documents())
def test_yaml_is_read_back_as_the_same_document(document):
    assert load(dump(document)) == document


@settings(max_examples=examples(60), deadline=None)
@given(documents())
def test_a_canonical_document_is_read_as_itself(document):
    assert read({"ladder": document}) == document


def test_dumping_what_was_loaded_gives_the_same_text_again():
    text = dump(load(TRAVEL.read_text()))
    assert dump(load(text)) == text


def test_the_travel_ladder_is_read_and_lacks_nothing():
    document = load(TRAVEL.read_text())
    assert [rung["milestone"]["key"] for rung in document["rungs"]] == [
        "fill-profile",
        "take-tour",
        "ask-question",
        "get-answer",
        "first-vote",
        "accept-answer",
        "ten-comments",
    ]
    assert document["funnel"] == ["ask-question", "get-answer", "accept-answer"]
    assert missing_for_publication(document) == []


def test_what_looks_like_something_else_stays_a_text():
    text = dump(two_rungs()).replace("Nothing can be shown without data.", "no").replace("Get set up", "2024-05-01")
    document = load(text)
    assert document["rungs"][0]["milestone"]["purpose"] == "no"
    assert document["title"] == "2024-05-01"


def test_all_problems_are_named_at_once_with_place_and_line():
    text = """\
ladder:
  key: Admins
  name: Administrators
  role: {key: admin, name: Admin, rule: {trait: role, equals: admin}}
  fnnel: []
  rungs:
    - milestone:
        key: a
        name: A
        criterion: {event: A}
      phase: quick wins
    - milestone:
        key: b
        name: B
        criterion:
          all:
            - event: B
              within: 14 dayz
      phase: quick winz
      prerequisites: [c]
"""
    assert problems_of(text, load) == [
        "line 2, key: 'Admins' is not a key; use small letters, digits and single hyphens",
        "line 5, ladder.fnnel: is not known here; did you mean 'funnel'?",
        "line 18, rungs[1].criterion.all[0].within: '14 dayz' is not a period; write for example '14 days'",
        "line 19, rungs[1].phase: 'quick winz' is no phase; write quick wins, core, advanced",
        "line 20, rungs[1].prerequisites[0]: no rung has the key 'c'; write a, b",
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (with_rung(1, m_criterion={"evnt": "A"}), "rungs[1].criterion.evnt: is not known here; did you mean 'event'?"),
        (with_rung(1, m_criterion=None), "rungs[1]: has no criterion; every milestone needs one"),
        (with_rung(1, m_key="connect-source"), "rungs[1].key: 'connect-source' is already the key of rungs[0]"),
        (with_rung(0, first_value=True), "rungs[1].first_value: is already at rungs[0]; one ladder has one"),
        (with_rung(1, first_value="yes"), "rungs[1].first_value: 'yes' is neither true nor false"),
        (
            with_rung(1, prerequisites=["conect-source"]),
            "rungs[1].prerequisites[0]: no rung has the key 'conect-source'; did you mean 'connect-source'?",
        ),
        (
            with_rung(0, prerequisites=["invite-team"]),
            "rungs[0].prerequisites[0]: 'invite-team' stands at or below this rung; put it above",
        ),
        (
            with_rung(0, prerequisites=["connect-source"]),
            "rungs[0].prerequisites[0]: 'connect-source' stands at or below this rung; put it above",
        ),
        (with_rung(1, due_after="soon"), "rungs[1].due_after: 'soon' is not a period; write for example '14 days'"),
        (with_rung(1, dueafter="1 day"), "rungs[1].dueafter: is not known here; did you mean 'due_after'?"),
        (with_rung(1, m_minutes=0), "rungs[1].minutes: 0 is not a whole number from 1 to 600"),
        (
            with_rung(1, m_action_url="javascript:alert(1)"),
            "rungs[1].action_url: 'javascript:alert(1)' is no link; it begins with https:// or with one /",
        ),
        (
            with_rung(1, m_action_url="//evil.example"),
            "rungs[1].action_url: '//evil.example' is no link; it begins with https:// or with one /",
        ),
        (
            with_rung(1, m_video_url="/film"),
            "rungs[1].video_url: '/film' is not a web address; it begins with https://",
        ),
        (with_rung(1, m_tags={"sise": ["small"]}), "rungs[1].tags.sise: is not known here; did you mean 'size'?"),
        ({"ladder": {**two_rungs(), "funnel": ["x"]}}, "funnel[0]: no rung has the key 'x'; write "),
        (
            {"ladder": {**two_rungs(), "funnel": ["invite-team", "invite-team"]}},
            "funnel[1]: 'invite-team' is listed twice",
        ),
        ({"ladder": {**two_rungs(), "rungs": {}}}, "rungs: a mapping is not a list"),
        ({"ladder": {**two_rungs(), "role": None}}, "ladder: has no role; every ladder needs one"),
        ({"laddr": {}}, "laddr: is not known here; did you mean 'ladder'?"),
        ({}, "has no ladder; the document begins with 'ladder:'"),
        (["ladder"], "a list is not a mapping of keys to values"),
    ],
)
def test_a_mistake_is_named_with_its_place(data, message):
    assert any(problem.startswith(message) for problem in problems_of(data)), problems_of(data)


def test_a_role_is_checked_too():
    data = {"ladder": {**two_rungs(), "role": {"key": "a", "name": "A", "rule": {"event": "A"}, "precedence": -1}}}
    assert problems_of(data) == [
        "role.rule: a role is chosen by traits; an event cannot stand here",
        "role.precedence: -1 is not a whole number from 0 to 30000",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ladder: [", "line 1: is not YAML: "),
        ("ladder: {a: 1, a: 2}", "line 1: the key 'a' stands here for the second time"),
        ("a: &x [1]\nladder: *x", "line 2: is not YAML: aliases (*name) are not read here"),
        ("? [1]\n: 2", "line 1: a key is a plain word, not a list or a mapping"),
        ("a: 1\n---\nb: 2", "line 2: is not YAML: but found another document"),
        ("\0", "is not YAML: "),
        ("[" * 10_000, "is nested too deeply to be a ladder"),
        ("a" * 1_000_001, "is 1000001 characters long; at most 1000000 are read"),
        ("", "nothing is not a mapping of keys to values"),
        ("ladder: !!python/object:os.system {}", "line 1, "),
    ],
)
def test_a_text_that_is_no_ladder_is_refused_with_its_line(text, message):
    assert problems_of(text, load)[0].startswith(message), problems_of(text, load)


def test_a_draft_without_rungs_or_first_value_can_be_read_but_not_published():
    empty = read({"ladder": {"key": "a", "name": "A", "role": two_rungs()["role"]}})
    assert [str(problem) for problem in missing_for_publication(empty)] == [
        "rungs: is empty; a ladder needs at least one rung",
        "title: is empty; it is what the user reads above the steps",
    ]
    unmarked = read(with_rung(1, first_value=False))
    assert [str(problem) for problem in missing_for_publication(unmarked)] == [
        "rungs: none has 'first_value: true'; mark the one at which the user has got real value"
    ]


def test_a_problem_of_a_translation_names_its_line():
    translations = "{de: {name: Team einladen,\n  cu: Na}}"
    text = dump(two_rungs()).replace("name: Invite your team", f"translations: {translations}\n$name: Invite your team")
    indent = text[text.rindex("\n", 0, text.index("translations")) + 1 : text.index("translations")]
    text = text.replace("$", indent)
    line = text[: text.index("cu: Na")].count("\n") + 1
    assert problems_of(text, load) == [
        f"line {line}, rungs[1].translations.de.cu: is not known here; did you mean 'cue'?"
    ]


def test_translations_stand_beside_what_they_translate():
    document = two_rungs() | {
        "translations": {"de": {"title": "Richten Sie sich ein"}},
        "stories": [{"text": "Half the time.", "who": "Ana", "translations": {"ja": {"text": "半分の時間で。"}}}],
    }
    text = dump(read({"ladder": document}))
    assert "title: Richten Sie sich ein" in text
    assert "半分の時間で。" in text
    assert problems_of({"ladder": document | {"translations": {"de": {"notes": "Nein"}}}}) == [
        "translations.de.notes: is not known here; write title, value_proposition, kickoff, done_looks_like, impact, "
        "made_from"
    ]
    wrong = [{"text": "Half the time.", "translations": {"ja": {"role": "管理者"}}}]
    assert problems_of({"ladder": document | {"stories": wrong}}) == [
        "stories[0].translations.ja.role: is not known here; write text, who, made_from"
    ]
