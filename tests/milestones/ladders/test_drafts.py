"""Drafts: begun from what is published, changed by revisions, nothing overwritten, everything to take back."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milestones.ladders import drafts
from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import DraftEdit
from milestones.library.models import Milestone
from tests.milestones.ladders.documents import changed, two_rungs
from tests.tiers import examples
from workspaces.audit.models import Entry
from workspaces.scope import scope


@pytest.fixture
def ladder(workspace, ana):
    with scope(workspace):
        yield import_ladder(two_rungs(), by=ana).ladder


def retitled(draft, title):
    return changed(draft.document, title=title)


def write(draft, title, *, by, base=None):
    return drafts.write(draft, retitled(draft, title), by=by, words=f"Title {title}", place="title", base=base)


def test_a_draft_begins_as_what_the_newest_version_says(ladder, ana):
    published = ladder.publish(by=ana)
    draft = drafts.begin(ladder, by=ana)
    assert (draft.number, draft.state) == (2, "draft")
    assert draft.document == published.document
    assert drafts.begin(ladder, by=ana).pk == draft.pk
    assert Entry.objects.filter(action="draft.begun").count() == 1


def test_the_notes_of_a_version_are_not_those_of_the_next(ladder, ana):
    drafts.write(ladder.draft, changed(two_rungs(), notes="The first"), by=ana, words="Notes", place="notes")
    ladder.publish(by=ana)
    assert drafts.begin(ladder, by=ana).notes == ""


def test_a_change_is_a_revision_with_who_and_what(ladder, ana):
    assert write(ladder.draft, "Begin", by=ana) == 1
    draft = ladder.draft
    assert (draft.title, draft.revision, draft.changed_by) == ("Begin", 1, "Ana")
    edit = draft.edits.get()
    assert (edit.words, edit.actor, edit.before["title"]) == ("Title Begin", "Ana", "Get set up")


def test_a_change_that_says_nothing_new_is_none(ladder, ana):
    assert write(ladder.draft, "Get set up", by=ana) == 0
    assert not DraftEdit.objects.exists()


def test_somebody_elses_change_is_told_and_never_overwritten(ladder, ana, make_member, workspace):
    from workspaces.tenants.access import Level

    eve = make_member(workspace, "eve", Level.EDITOR)
    write(ladder.draft, "Eve's", by=eve, base=0)
    with pytest.raises(drafts.Stale) as stale:
        write(ladder.draft, "Ana's", by=ana, base=0)
    assert [(edit.actor, edit.place) for edit in stale.value.since] == [("Eve", "title")]
    assert ladder.draft.title == "Eve's"


def test_undo_takes_back_one_change_after_another_and_redo_makes_them_again(ladder, ana):
    for title in ("A", "B", "C"):
        write(ladder.draft, title, by=ana)
    titles = []
    for step in (drafts.undo, drafts.undo, drafts.redo, drafts.undo, drafts.undo):
        step(ladder.draft, by=ana)
        titles.append(ladder.draft.title)
    assert titles == ["B", "A", "B", "A", "Get set up"]
    with pytest.raises(drafts.NothingToUndo):
        drafts.undo(ladder.draft, by=ana)
    for title in ("A", "B", "C"):
        assert drafts.redo(ladder.draft, by=ana).words == f"Title {title}"
        assert ladder.draft.title == title
    with pytest.raises(drafts.NothingToUndo):
        drafts.redo(ladder.draft, by=ana)


def test_after_a_new_change_what_was_taken_back_is_not_made_again(ladder, ana):
    write(ladder.draft, "A", by=ana)
    drafts.undo(ladder.draft, by=ana)
    write(ladder.draft, "B", by=ana)
    assert drafts.redoable(ladder.draft) is None
    assert drafts.undoable(ladder.draft).words == "Title B"


@settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.sampled_from(["write", "write", "undo", "redo"]), max_size=25))
def test_undo_and_redo_go_the_way_of_two_stacks(steps, make_workspace):
    with scope(make_workspace("Stacks")):
        ladder = import_ladder(two_rungs(), by=None).ladder
        done, undone, number = ["Get set up"], [], 0
        for step in steps:
            if step == "write":
                number += 1
                write(ladder.draft, f"T{number}", by=None)
                done.append(f"T{number}")
                undone = []
            elif step == "undo" and len(done) > 1:
                drafts.undo(ladder.draft, by=None)
                undone.append(done.pop())
            elif step == "redo" and undone:
                drafts.redo(ladder.draft, by=None)
                done.append(undone.pop())
            assert ladder.draft.title == done[-1]
            assert (drafts.undoable(ladder.draft) is not None) == (len(done) > 1)
            assert (drafts.redoable(ladder.draft) is not None) == bool(undone)


def test_rungs_change_places_and_come_and_go(ladder, ana):
    document = ladder.draft.document
    first, second = document["rungs"]
    second = {key: value for key, value in second.items() if key != "prerequisites"}
    new = {"milestone": {"key": "new-one", "name": "New", "criterion": {"event": "Newly Done"}}, "phase": "core"}
    drafts.write(ladder.draft, {**document, "rungs": [second, new]}, by=ana, words="Rebuilt", place="rungs")
    assert [rung["milestone"]["key"] for rung in ladder.draft.document["rungs"]] == ["invite-team", "new-one"]
    assert Milestone.objects.get(key="new-one").name == "New"
    drafts.undo(ladder.draft, by=ana)
    assert ladder.draft.document == document
    assert first["milestone"]["key"] == "connect-source"


def test_a_drafts_copy_and_the_library_change_apart_until_one_takes_over_the_other(ladder, ana):
    module = Milestone.objects.get(key="invite-team")
    module.become({**module.content, "name": "Bring your team"})
    assert ladder.draft.document["rungs"][1]["milestone"]["name"] == "Invite your team"
    drafts.take_module(ladder.draft, module, by=ana)
    assert ladder.draft.document["rungs"][1]["milestone"]["name"] == "Bring your team"


def test_a_discarded_draft_leaves_the_published_version_and_an_audit_entry(ladder, ana):
    ladder.publish(by=ana)
    draft = drafts.begin(ladder, by=ana)
    write(draft, "Thrown away", by=ana)
    drafts.discard(ladder.draft, by=ana)
    assert ladder.draft is None
    assert ladder.published.number == 1
    assert Entry.objects.get(action="draft.discarded").details["document"]["title"] == "Thrown away"


def test_a_published_version_is_no_draft_to_change(ladder, ana):
    draft = ladder.draft
    ladder.publish(by=ana)
    with pytest.raises(drafts.Gone):
        drafts.write(draft, changed(two_rungs(), title="Too late"), by=ana, words="Late", place="title")
