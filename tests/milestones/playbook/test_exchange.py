"""Playbooks as YAML: the round trip is exact, and an import touches only what differs."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from milestones.ladders.document import DocumentError
from milestones.ladders.yaml_text import dump, load_as
from milestones.playbook.book import book_of
from milestones.playbook.care import Care, take_care
from milestones.playbook.document import read
from milestones.playbook.exchange import export_playbook, import_playbook
from milestones.playbook.models import Change, Playbook, Section, Span
from milestones.playbook.writing import add_chapter, expect, write
from workspaces.scope import scope

WORDS = """
playbook:
  ladder: admins
  owner: {owner}
  review_every: 6 weeks
  numbers_within: 30 days
  chapters:
    - key: people
      title: Who to talk to
      text: |
        # First
        The *dock manager*: no, yes, 12:30.
    - {{key: stuck, title: When stuck}}
  milestones:
    - key: connect
      text: Ask IT early.
      expected: {{from: 40, to: 60, within: 2 weeks}}
    - {{key: invite, expected: {{from: 0, to: 100, within: 1 day}}}}
"""


def loaded(text):
    return load_as(text, read, kind="playbook")


def problems_of(text):
    with pytest.raises(DocumentError) as error:
        loaded(text)
    return [str(problem) for problem in error.value.problems]


def test_an_import_makes_the_playbook_say_what_the_file_says(within, workspace, ladder, ana):
    imported = import_playbook(loaded(WORDS.format(owner=ana.user.email)), workspace=workspace, by=ana)
    book = book_of(ladder)
    playbook = book.playbook
    assert (playbook.owner, playbook.cadence_weeks, playbook.window_days) == (ana.user, 6, 30)
    assert [(chapter.title, chapter.text) for chapter in book.chapters] == [
        ("Who to talk to", "# First\nThe *dock manager*: no, yes, 12:30."),
        ("When stuck", ""),
    ]
    assert [step.section.span for step in book.steps] == [Span(40, 60, 14), Span(0, 100, 1)]
    assert book.steps[0].section.text == "Ask IT early."
    assert imported.changes[-5:] == [
        "chapter people added",
        "chapter stuck added",
        "milestone connect written",
        "milestone connect expects 40–60% within 14 days",
        "milestone invite expects 0–100% within 1 day",
    ]
    whys = set(Change.objects.filter(playbook=playbook, what__startswith="wrote").values_list("why", flat=True))
    assert whys == {"Imported from YAML"}


def test_importing_what_was_exported_changes_nothing(within, workspace, ladder, ana):
    import_playbook(loaded(WORDS.format(owner=ana.user.email)), workspace=workspace, by=ana)
    text = dump(export_playbook(ladder), kind="playbook")
    changes = Change.objects.count()
    assert import_playbook(loaded(text), workspace=workspace, by=ana).changes == []
    assert Change.objects.count() == changes
    assert dump(export_playbook(ladder), kind="playbook") == text
    assert "within: 14 days" in text


def test_only_what_differs_is_touched_and_said(within, workspace, ladder, ana):
    document = loaded(WORDS.format(owner=ana.user.email))
    import_playbook(document, workspace=workspace, by=ana)
    before = {section.place: section.revision for section in Section.objects.filter(playbook__ladder=ladder)}
    text = dump(document, kind="playbook").replace("Ask IT early.", "Ask IT very early.").replace("6 weeks", "1 week")
    changes = import_playbook(loaded(text), workspace=workspace, by=ana).changes
    assert changes[0] == "set reviews to every week (was every 6 weeks)"
    assert changes[1].startswith("set the next review to")
    assert changes[2:] == ["milestone connect rewritten"]
    after = {section.place: section.revision for section in Section.objects.filter(playbook__ladder=ladder)}
    assert after == before | {"milestone-connect": before["milestone-connect"] + 1}


def test_what_the_file_does_not_have_is_removed_and_its_text_kept(within, workspace, ladder, ana):
    import_playbook(loaded(WORDS.format(owner=ana.user.email)), workspace=workspace, by=ana)
    changes = import_playbook({"ladder": "admins"}, workspace=workspace, by=ana).changes
    assert "chapter people removed" in changes
    assert export_playbook(ladder) == {"ladder": "admins"}
    again = import_playbook(loaded(WORDS.format(owner=ana.user.email)), workspace=workspace, by=ana).changes
    assert "chapter people brought back" in again
    assert "chapter people added" not in again


def test_chapters_take_the_order_of_the_file(within, workspace, ladder, ana):
    one, two = (add_chapter(ladder, title=title, by=ana) for title in ("One", "Two"))
    write(ladder, one.place, title="One", text="x", by=ana, why="x")
    document = export_playbook(ladder)
    document["chapters"].reverse()
    assert import_playbook(document, workspace=workspace, by=ana).changes == ["chapters put in another order"]
    assert [chapter.place for chapter in book_of(ladder).chapters] == [two.place, one.place]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("playbook: {}", "playbook: names no ladder"),
        ("playbook: {ladder: admins, oner: x}", "did you mean 'owner'?"),
        ("playbook: {ladder: admins, review_every: 10 days}", "is not a whole number of weeks"),
        ("playbook:\n  ladder: admins\n  chapters:\n    - {title: x}", "line 4, chapters[0]: has no key"),
        ("playbook:\n  ladder: admins\n  chapters: [{key: a, title: x}, {key: a, title: y}]", "is already the key of"),
        (
            "playbook: {ladder: admins, milestones: [{key: a, expected: {from: 60, to: 40, within: 1 day}}]}",
            "goes from 60 to 40",
        ),
        ("playbook: {ladder: admins, milestones: [{key: a, expected: {from: 1, to: 2}}]}", "says no 'within'"),
        (
            "playbook: {ladder: admins, milestones: [{key: a, expected: {from: -1, to: 101, within: 1 day}}]}",
            "0 to 100",
        ),
        ("playbook: {ladder: admins, milestones: [{key: a, expected: {from: 1, to: 2, within: 90 minutes}}]}", "days"),
        ("ladder: {}", "is not known here"),
        ("playbook: &a {ladder: *a}", "aliases"),
    ],
)
def test_every_mistake_is_named(text, problem):
    assert any(problem in told for told in problems_of(text)), problems_of(text)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"ladder": "nothing"}, "there is no ladder 'nothing' here; there are: admins"),
        ({"ladder": "admins", "owner": "stranger@example.com"}, "stranger@example.com is no member here"),
        ({"ladder": "admins", "milestones": [{"key": "gone", "text": "x"}]}, "no 'gone'; it has connect, invite"),
    ],
)
def test_what_does_not_fit_here_is_refused_before_anything_changes(within, workspace, ladder, ana, document, problem):
    with pytest.raises(DocumentError) as error:
        import_playbook(document, workspace=workspace, by=ana)
    assert problem in str(error.value)
    assert not Playbook.objects.exists()


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60).map(str.strip)
keys = st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,3})?", fullmatch=True)
days = st.integers(1, 365).map(lambda n: f"{n} day{'' if n == 1 else 's'}")
spans = st.tuples(st.integers(0, 100), st.integers(0, 100), days).map(
    lambda drawn: {"from": min(drawn[:2]), "to": max(drawn[:2]), "within": drawn[2]}
)
documents = st.fixed_dictionaries(
    {"ladder": keys},
    optional={
        "review_every": st.integers(1, 104).map(lambda n: f"{n} week{'' if n == 1 else 's'}"),
        "numbers_within": days,
        "chapters": st.lists(
            st.fixed_dictionaries({"key": keys, "title": texts.filter(bool)}, optional={"text": texts}),
            unique_by=lambda item: item["key"],
            max_size=4,
        ),
        "milestones": st.lists(
            st.fixed_dictionaries({"key": keys}, optional={"text": texts, "expected": spans}),
            unique_by=lambda item: item["key"],
            max_size=4,
        ),
    },
)


@pytest.mark.pure
@given(documents)
def test_the_canonical_form_survives_being_written_and_read(data):
    document = read({"playbook": data})
    assert loaded(dump(document, kind="playbook")) == document
    assert read({"playbook": document}) == document


def test_the_command_exports_and_imports(workspace, ladder, ana, tmp_path):
    with scope(workspace):
        take_care(ladder, Care(ana.user, 4, None, 14), by=ana)
        write(ladder, "milestone-connect", text="Ask IT early.", by=ana, why="x")
        expect(ladder, "milestone-connect", span=Span(40, 60, 14), by=ana, why="x")
    out = StringIO()
    call_command("playbook", "export", "admins", workspace=workspace.slug, stdout=out)
    file = tmp_path / "playbook.yaml"
    file.write_text(out.getvalue())
    said = StringIO()
    call_command("playbook", "import", str(file), workspace=workspace.slug, stdout=said)
    assert said.getvalue() == "admins: nothing to change\n"
    file.write_text(out.getvalue().replace("early", "first"))
    said = StringIO()
    call_command("playbook", "import", str(file), workspace=workspace.slug, stdout=said)
    assert said.getvalue() == "admins: milestone connect rewritten\n"
    with scope(workspace):
        assert book_of(ladder).steps[0].section.text == "Ask IT first."


def test_the_command_says_what_is_wrong(workspace, ladder, tmp_path):
    file = tmp_path / "playbook.yaml"
    file.write_text("playbook: {ladder: admins, owner: nobody@example.com}")
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("playbook", "import", str(file), workspace=workspace.slug)
    with pytest.raises(CommandError, match="There is no ladder 'x'"):
        call_command("playbook", "export", "x", workspace=workspace.slug)
    with pytest.raises(CommandError, match="There is no workspace"):
        call_command("playbook", "export", "x", workspace="no-such")
