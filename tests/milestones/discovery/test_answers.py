"""Reading what was typed into a questionnaire."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.discovery.answers import bounded, read, typed_of, values_of
from milestones.discovery.questions import LONGEST_TEXT, QUESTIONS, questionnaire
from milestones.discovery.roles import KINDS, kind_of
from milestones.discovery.topics import TOPICS
from milestones.discovery.words import shared_words, stem

pytestmark = pytest.mark.pure
TODAY = date(2026, 3, 2)
LEAST = {"success": "Figures that hold", "outcomes": ["insight"]}


def answers(**typed):
    return read({**LEAST, **typed}, kind="administrator", today=TODAY)


def wrong(**typed) -> dict[str, str]:
    return {problem.place: problem.message for problem in answers(**typed)[1]}


def days(data):
    return values_of(data, role="", kind="", product="").days


def test_two_answers_are_enough():
    data, problems = answers()
    assert problems == []
    assert data == {**LEAST, "answered_on": "2026-03-02"}


def test_everything_that_is_missing_is_named_at_once():
    _, problems = read({}, kind="administrator", today=TODAY)
    assert [problem.place for problem in problems] == ["success", "outcomes"]


def test_a_deadline_is_weeks_or_a_date_to_come():
    assert days(answers(deadline="weeks", deadline_weeks="6")[0]) == 42
    assert days(answers(deadline="on", deadline_on="2026-03-12")[0]) == 10
    assert days(answers(deadline="none", deadline_weeks="6")[0]) is None
    assert "how many" in wrong(deadline="weeks")["deadline"]
    assert "past" in wrong(deadline="on", deadline_on="2026-03-02")["deadline"]
    assert "no date" in wrong(deadline="on", deadline_on="soon")["deadline"]
    assert "not known" in wrong(deadline="someday")["deadline"]


@pytest.mark.parametrize("text", ["0", "-3", "3.5", "a few", "٣", "1" * 30])
def test_a_team_is_a_whole_number_of_people(text):
    assert "whole number" in wrong(team=text)["team"]


def test_sources_are_told_apart_and_named_once():
    data, _ = answers(sources=" Salesforce, snowflake ;Snowflake,, a CSV file ")
    assert data["sources"] == ["Salesforce", "snowflake", "a CSV file"]
    assert "20 most important" in wrong(sources=",".join(f"s{n}" for n in range(21)))["sources"]


def test_only_offered_choices_count_and_no_more_than_allowed():
    assert "not offered" in wrong(outcomes=["insight", "<script>"])["outcomes"]
    every = [choice.key for choice in questionnaire("administrator")[1].choices]
    assert "at most 3" in wrong(outcomes=every)["outcomes"]
    # Administrators are not asked about automation; operators are.
    assert "outcomes" in wrong(outcomes=["automated"])
    assert read({**LEAST, "outcomes": ["automated"]}, kind="operator", today=TODAY)[1] == []


def test_too_long_an_answer_is_no_answer_and_nothing_else_is_lost():
    assert "at most 2000 fit" in wrong(success="x" * (LONGEST_TEXT + 1))["success"]
    kept, problems = bounded({**LEAST, "success": "x" * 3000, "notes": "n", "spam": "y"}, kind="administrator")
    assert kept == {"outcomes": ["insight"], "notes": "n"}
    assert [problem.place for problem in problems] == ["success"]


@pytest.mark.parametrize("text", ["\0", "\ud800"])
def test_what_the_database_cannot_keep_is_refused(text):
    assert "cannot be kept" in wrong(success=f"a{text}b")["success"]
    assert bounded({"notes": f"a{text}b"}, kind="")[0] == {}


scraps = st.none() | st.text(max_size=30) | st.lists(st.text(max_size=5), max_size=3) | st.integers()
fields = [question.key for question in QUESTIONS] + ["deadline_weeks", "deadline_on", "else"]


@given(st.dictionaries(st.sampled_from(fields), scraps), st.sampled_from([*KINDS, ""]))
def test_whatever_is_typed_is_read_or_named_as_a_problem(typed, kind):
    data, problems = read(typed, kind=kind, today=TODAY)
    if not problems:
        assert read(typed_of(data), kind=kind, today=TODAY) == (data, [])
    bounded(typed, kind=kind)


def test_a_questionnaire_has_ten_questions_each_with_a_help():
    for kind in (*KINDS, ""):
        asked = questionnaire(kind)
        assert len(asked) == 10
        assert all(question.help for question in asked)
        assert all(question.choices for question in asked if question.kind == "many")


def test_every_choice_speaks_of_topics_that_exist():
    for question in QUESTIONS:
        for choice in question.choices:
            assert set(choice.topics) <= set(TOPICS)
            assert choice.topics or choice.done or choice.key == "overload", choice.key


def test_roles_are_known_by_their_names():
    assert kind_of("administrator") == "administrator"
    assert kind_of("team-leads", "Workspace admins") == "administrator"
    assert kind_of("power-user") == "power-user"
    assert kind_of("member", "Member") == ""


def test_the_forms_of_a_word_are_one_word():
    assert {stem(word) for word in ("connect", "connected", "connections", "connecting")} == {"connect"}
    assert {stem(word) for word in ("invite", "invited", "invitation", "invitations")} == {"invit"}
    assert shared_words("Reports by e-mail, the report", "Build a report and mail it") == ["reports", "mail"]
