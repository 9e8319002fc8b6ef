"""Writing in place: who, why, and never over what somebody else wrote."""

import threading

import pytest
from django.db import connection

from milestones.ladders import drafts
from milestones.playbook.book import book_of
from milestones.playbook.models import Change, Playbook, Section, Span
from milestones.playbook.writing import (
    MOST_CHAPTERS,
    NoSuchPlace,
    Overtaken,
    TooMany,
    add_chapter,
    confirm,
    expect,
    move_chapter,
    remove_chapter,
    restore_chapter,
    write,
)
from workspaces.audit.models import Entry
from workspaces.scope import scope

PLACE = "milestone-connect"


def said(ladder, place=PLACE):
    return book_of(ladder).section(place)


def test_the_book_says_what_the_ladder_says(within, ladder):
    book = book_of(ladder)
    assert (book.title, book.role, book.for_whom) == (
        "Ready to run the dock",
        "Administrator",
        "people whose role is admin",
    )
    assert book.starts == "the user sends Signed Up"
    assert book.funnel == ("Connect a source", "Invite a teammate")
    assert [(phase.name, [step.key for step in phase.steps]) for phase in book.phases] == [
        ("quick wins", ["connect"]),
        ("core", ["invite"]),
    ]
    connect, invite = book.steps
    assert connect.done_when == "the user sends Connected within 14 days of starting"
    assert connect.actions == ("Create a service account", "Paste its key")
    assert connect.risks == ("The request to IT waits for days",)
    assert [(message.kind, message.subject) for message in connect.messages] == [
        ("in_app", ""),
        ("email", "{{ step }}, {{ first_name }}"),
        ("help", ""),
    ]
    assert invite.after == ("Connect a source",)
    assert invite.first_value
    assert not Playbook.objects.exists()  # reading makes nothing


def test_the_book_tells_the_live_version_and_mentions_the_draft(within, ladder, ana):
    draft = drafts.begin(ladder, by=ana)
    document = draft.document | {"title": "Another title"}
    drafts.write(draft, document, by=ana, words="title", place="title")
    book = book_of(ladder)
    assert (book.version.number, book.draft.number, book.title) == (1, 2, "Ready to run the dock")


def test_until_there_is_a_live_version_the_book_tells_the_draft(within, draft):
    book = book_of(draft)
    assert (book.version.is_published, book.draft) == (False, None)
    assert len(book.steps) == 2


def test_writing_says_who_and_why_and_keeps_what_was_there(within, ladder, ana, dan):
    write(ladder, PLACE, text="Ask IT early.", by=ana, why="First written", base=0)
    write(ladder, PLACE, text="Ask IT very early.", by=dan, why="Berthline waited a week", base=1)
    section = said(ladder)
    assert (section.text, section.revision, section.written_by) == ("Ask IT very early.", 2, "Dan")
    last, first = Change.objects.filter(playbook__ladder=ladder)
    assert (first.actor, first.what, first.why) == ("Ana", "wrote “Connect a source”", "First written")
    assert (last.actor, last.what, last.why) == ("Dan", "rewrote “Connect a source”", "Berthline waited a week")
    assert (last.before, last.after) == ("Ask IT early.", "Ask IT very early.")
    assert Entry.objects.filter(action="playbook.written").count() == 2


def test_the_second_of_two_writers_is_told_and_nothing_is_overwritten(within, ladder, ana, dan):
    write(ladder, PLACE, text="Ana's", by=ana, why="x", base=0)
    with pytest.raises(Overtaken) as told:
        write(ladder, PLACE, text="Dan's", by=dan, why="x", base=0)
    assert (told.value.now.text, told.value.now.written_by) == ("Ana's", "Ana")
    assert said(ladder).text == "Ana's"
    write(ladder, PLACE, text="Both", by=dan, why="x", base=told.value.now.revision)
    assert said(ladder).text == "Both"


def test_two_who_save_at_the_same_moment_do_not_both_win(workspace, ladder, ana, dan):
    outcomes = []
    ready = threading.Barrier(2)

    def save(member):
        try:
            with scope(workspace):
                ready.wait()
                write(ladder, PLACE, text=f"{member}'s", by=member, why="x", base=0)
                outcomes.append("saved")
        except Overtaken:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[member]) for member in (ana, dan)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "told"]


def test_saying_the_same_again_changes_nothing(within, ladder, ana):
    write(ladder, PLACE, text="Same", by=ana, why="x", base=0)
    write(ladder, PLACE, text="Same", by=ana, why="y", base=1)
    assert (said(ladder).revision, Change.objects.filter(playbook__ladder=ladder).count()) == (1, 1)


@pytest.mark.parametrize("place", ["milestone-nothing", "chapter-9", "nonsense"])
def test_nothing_is_written_where_there_is_no_place(within, ladder, ana, place):
    with pytest.raises(NoSuchPlace):
        write(ladder, place, text="x", by=ana, why="x")
    assert not Section.objects.exists()


def test_what_was_written_stays_when_the_ladder_changes_and_comes_back_with_the_milestone(within, ladder, ana, clock):
    write(ladder, "milestone-invite", text="Ask who else needs it.", by=ana, why="x")
    before = ladder.newest.document
    draft = drafts.begin(ladder, by=ana)
    (connect, _) = draft.document["rungs"]
    without = draft.document | {"rungs": [connect | {"first_value": True}], "funnel": []}
    drafts.write(draft, without, by=ana, words="took one out", place="rungs")
    ladder.publish(by=ana, at=clock)
    book = book_of(ladder)
    assert [step.key for step in book.steps] == ["connect"]
    assert [(section.rung, section.text) for section in book.left] == [("invite", "Ask who else needs it.")]
    drafts.write(drafts.begin(ladder, by=ana), before, by=ana, words="took it back", place="rungs")
    ladder.publish(by=ana)
    book = book_of(ladder)
    assert (book.left, book.steps[1].section.text) == ((), "Ask who else needs it.")


def test_chapters_are_added_moved_removed_and_brought_back(within, ladder, ana):
    first, second = (add_chapter(ladder, title=title, by=ana) for title in ("Who to talk to", "When stuck"))
    assert [chapter.title for chapter in book_of(ladder).chapters] == ["Who to talk to", "When stuck"]
    move_chapter(ladder, second.place, up=True, by=ana)
    move_chapter(ladder, second.place, up=True, by=ana)  # at the top already
    assert [chapter.title for chapter in book_of(ladder).chapters] == ["When stuck", "Who to talk to"]
    write(ladder, first.place, text="The dock manager", title="Whom to talk to", by=ana, why="x")
    remove_chapter(ladder, first.place, by=ana)
    assert [chapter.title for chapter in book_of(ladder).chapters] == ["When stuck"]
    with pytest.raises(NoSuchPlace):
        write(ladder, first.place, text="x", by=ana, why="x")
    restore_chapter(ladder, first.place, by=ana)
    assert [(chapter.title, chapter.text) for chapter in book_of(ladder).chapters][1] == (
        "Whom to talk to",
        "The dock manager",
    )


def test_a_new_chapter_never_takes_the_place_of_a_removed_one(within, ladder, ana):
    first = add_chapter(ladder, title="First", by=ana)
    remove_chapter(ladder, first.place, by=ana)
    assert add_chapter(ladder, title="Second", by=ana).place != first.place


def test_there_is_an_end_to_chapters(within, ladder, ana):
    for number in range(MOST_CHAPTERS):
        add_chapter(ladder, title=str(number), by=ana)
    with pytest.raises(TooMany):
        add_chapter(ladder, title="One more", by=ana)


def test_an_expected_range_is_said_with_its_reason(within, ladder, ana):
    expect(ladder, PLACE, span=Span(40, 60, 14), by=ana, why="As in the pilot")
    assert said(ladder).span == Span(40, 60, 14)
    expect(ladder, PLACE, span=None, by=ana, why="Not measured any more")
    assert said(ladder).span is None
    assert [change.what for change in Change.objects.filter(playbook__ladder=ladder)] == [
        "expects nothing of “Connect a source”",
        "expects 40–60% within 14 days of “Connect a source”",
    ]


def test_confirming_what_is_fresh_says_nothing(within, ladder, ana):
    write(ladder, PLACE, text="x", by=ana, why="x")
    confirm(ladder, PLACE, by=ana)
    assert Change.objects.filter(playbook__ladder=ladder).count() == 1


def test_another_workspaces_playbook_is_untouched_and_unseen(workspace, other_workspace, ladder, ana):
    with scope(workspace):
        write(ladder, PLACE, text="Ours", by=ana, why="x")
        assert "Globex" not in "".join(section.text + section.title for section in Section.objects.all())
    with scope(other_workspace):
        assert Section.objects.get(place=PLACE).text == "Globex's secret"


def test_the_goals_of_a_discovery_stand_in_the_playbook(within, ladder, clock):
    from milestones.discovery.models import Discovery, Plan

    discovery = Discovery.objects.create(name="Administrators", role_key="admin", role_name="Administrator")
    Plan.objects.create(
        discovery=discovery,
        ladder=ladder,
        answers={"success": "A day on live bookings"},
        answered_at=clock,
        made_at=clock,
        content={},
        decisions={},
    )
    assert [(one.question.key, one.texts) for one in book_of(ladder).goals] == [
        ("success", ("A day on live bookings",))
    ]
