"""A ladder's texts to a spreadsheet and back."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milestones.ladders import translations_csv
from milestones.ladders.document import DocumentError
from milestones.ladders.translations_csv import bring, defused, fused, read, write
from tests.milestones.ladders.documents import changed, documents, two_rungs
from tests.tiers import examples

pytestmark = pytest.mark.pure

PATIENT = settings(max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAME = "rungs.invite-team.name"
ORIGINAL = "Invite your team"


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def brought(text: str, document=None):
    return bring(document or two_rungs(), read(text.encode())).document


def milestone(document, key="invite-team"):
    return next(rung["milestone"] for rung in document["rungs"] if rung["milestone"]["key"] == key)


def problems_of(text) -> list[str]:
    with pytest.raises(DocumentError) as error:
        bring(two_rungs(), read(text.encode() if isinstance(text, str) else text))
    return [str(problem) for problem in error.value.problems]


def test_every_text_is_a_row_and_every_language_a_column():
    document = changed(two_rungs(), translations={"de": {"title": "Richten Sie sich ein"}})
    table = rows(write(document, ["de", "ja"]))
    assert table[0] == ["text", "original", "de", "ja"]
    assert table[1] == ["title", "Get set up", "Richten Sie sich ein", ""]
    assert [row[0] for row in table[2:]] == [
        "rungs.connect-source.name",
        NAME,
        "rungs.invite-team.messages.in_app",
        "rungs.invite-team.messages.help",
    ]


def test_filled_cells_are_taken_over_and_empty_ones_change_nothing():
    document = changed(two_rungs(), translations={"de": {"title": "Richten Sie sich ein"}})
    after = brought(f"text,original,de,fr\ntitle,Get set up,,Commencez\n{NAME},{ORIGINAL},Team einladen,\n", document)
    assert after["translations"]["de"]["title"] == "Richten Sie sich ein"
    assert after["translations"]["fr"]["title"] == "Commencez"
    assert milestone(after)["translations"]["de"]["name"] == "Team einladen"


def test_a_translation_of_an_original_that_was_changed_since_is_out_of_date():
    after = brought(f"text,original,de\n{NAME},Invite a team,Team einladen\n")
    marks = milestone(after)["translations"]["de"]["made_from"]
    assert (
        marks
        != milestone(brought(f"text,original,de\n{NAME},{ORIGINAL},Team einladen\n"))["translations"]["de"]["made_from"]
    )


@pytest.mark.parametrize("mark", [";", "\t"])
def test_files_of_other_spreadsheets_are_read_too(mark):
    text = mark.join(["text", "original", "de"]) + "\r\n" + mark.join([NAME, ORIGINAL, "Team einladen"]) + "\r\n"
    after = bring(two_rungs(), read(b"\xef\xbb\xbf" + text.encode())).document
    assert milestone(after)["translations"]["de"]["name"] == "Team einladen"


def test_every_problem_is_named_with_its_line_and_nothing_is_taken_over():
    text = (
        f"text,original,de,ja\n{NAME},{ORIGINAL},{'x' * 121},チーム\n"
        f'rungs.invite-team.messages.help,"a\nb",Guten Tag {{{{ vorname }}}},\n'
    )
    assert problems_of(text) == [
        "line 2, German: is 121 characters long; at most 120 fit",
        "line 3, German: {{ vorname }} is not known here; did you mean 'name'?",
    ]
    assert problems_of(f"text,original,de\n{NAME},a,b\nrungs.gone.name,a,b\ntitle,a,b\nkickoff,a,b\n") == [
        "line 3, German: This text is no longer there; somebody removed it.",
        "line 5, German: The original of this text was removed, so there is nothing to translate.",
    ]
    assert problems_of("text,de\ntitle,x\n") == [
        "line 1: has no column “original”; keep the first line as it was exported"
    ]
    assert problems_of("text,original,nl,de,de\n") == [
        "line 1: “nl” is no language; write en, de, fr, es, pt, ja, ar",
        "line 1: has two columns “de”",
    ]
    assert problems_of("text,original,de\ntitle,Get set up,a\0b\n") == [
        "line 2: contains a character that cannot be kept"
    ]
    assert problems_of("text,original,de\n\xfc".encode("latin-1")) == ["The file is not UTF-8; save it as “CSV UTF-8”"]
    assert problems_of(b" ") == ["Choose a file that says something"]
    assert problems_of(b"x" * (translations_csv.LARGEST + 1)) == ["The file has more than 2 MB"]


@PATIENT
@given(documents())
def test_what_is_exported_and_brought_back_changes_nothing(document):
    cells = read(write(document, ["de", "ar", "ja"]).encode())
    assert bring(document, cells).document == document


@PATIENT
@given(documents())
def test_what_is_exported_is_brought_into_a_ladder_without_translations(document):
    def bare(data):
        if isinstance(data, dict):
            return {field: bare(value) for field, value in data.items() if field != "translations"}
        return [bare(value) for value in data] if isinstance(data, list) else data

    cells = read(write(document, ["de", "ar", "ja"]).encode())
    again = bring(bare(document), cells).document
    assert write(again, ["de", "ar", "ja"]) == write(document, ["de", "ar", "ja"])


@given(st.text(st.sampled_from("'=+-@\t\r ab"), max_size=6))
def test_no_cell_is_a_formula_and_each_comes_back_as_it_was(text):
    assert defused(text)[:1] not in tuple("=+-@\t\r")
    assert fused(defused(text)) == text
