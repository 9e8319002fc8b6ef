"""A CSV of answers as values, or as sentences."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.feedback.reading import LARGEST, Unreadable, decoded, read

pytestmark = pytest.mark.pure

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def lines(text):
    return read(text, zone=BERLIN, now=NOW)


def test_columns_are_found_by_their_names_in_any_order_and_spelling():
    sheet = lines("NPS Score;E-Mail;Submitted at;browser\n9;Dora@X.example;2026-03-01T10:00:00Z;Firefox\n")
    assert sheet.columns == {"email": "E-Mail", "score": "NPS Score", "said_at": "Submitted at"}
    assert sheet.passed_over == ("browser",)
    (said,) = sheet.answers
    assert (said.line, said.user, said.email, said.score) == (2, "", "dora@x.example", 9)
    assert said.said_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert (said.comment, said.source) == ("", "import")


def test_a_day_is_its_beginning_where_the_workspace_is():
    (said,) = lines("user_id,score,date\ndora,0,2026-03-01\n").answers
    assert said.said_at == datetime(2026, 2, 28, 23, tzinfo=UTC)


def test_every_wrong_line_is_told_and_the_others_are_read():
    sheet = lines(
        "user_id,score,said_at,comment\n"
        "dora,11,2026-03-01,\n"
        ",9,2026-03-01,\n"
        "emil,nine,2026-03-01,\n"
        "emil,9,yesterday,\n"
        "emil,9,2026-03-04,\n"
        "emil,9,0001-01-01T00:00:00+14:00,\n"
        "\n"
        'emil,10,2026-03-01,"two\nlines"\n'
        "emil,8\n"
    )
    assert [(wrong.line, wrong.sentence) for wrong in sheet.problems] == [
        (2, "“11” is no answer from 0 to 10"),
        (3, "says nobody: fill in the user id or the e-mail address"),
        (4, "“nine” is no answer from 0 to 10"),
        (5, "“yesterday” is no time; write 2026-03-31 or 2026-03-31T14:05:00Z"),
        (6, "“2026-03-04” is still to come"),
        (7, "“0001-01-01T00:00:00+14:00” is no time from 1970 on"),
        (11, "“” is no time; write 2026-03-31 or 2026-03-31T14:05:00Z"),
    ]
    assert [(said.line, said.comment) for said in sheet.answers] == [(9, "two\nlines")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Choose a file that says something."),
        ("user_id,said_at\n", "names no column “score”"),
        ("user_id,score\n", "names no column “said_at”"),
        ("score,said_at\n", "names no column “user_id” or “email”"),
        ('user_id,score,said_at\n"dora,1', "cannot be read as CSV"),
    ],
)
def test_what_is_no_table_of_answers_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(Unreadable, match=sentence):
        lines(text)


def test_files_too_large_or_in_another_encoding_are_refused():
    with pytest.raises(Unreadable, match="more than 1 MB"):
        decoded(b"a" * (LARGEST + 1))
    with pytest.raises(Unreadable, match="not UTF-8"):
        decoded("é".encode("latin-1"))
    assert decoded(b"\xef\xbb\xbfuser_id") == "user_id"


@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=30), st.text(max_size=20))
def test_whatever_a_line_says_it_is_an_answer_or_a_sentence(user, score, said_at, comment):
    cells = ('"' + cell.replace('"', '""') + '"' for cell in (user, score, said_at, comment))
    try:
        sheet = lines("user_id,score,said_at,comment\n" + ",".join(cells))
    except Unreadable:
        return
    assert len(sheet.answers) + len(sheet.problems) <= 1
    assert all(0 <= said.score <= 10 and said.said_at <= NOW for said in sheet.answers)
