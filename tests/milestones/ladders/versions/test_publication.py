"""The page from which a draft is published."""

import pytest

from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder, LadderVersion
from tests.milestones.ladders.documents import changed, two_rungs
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.access import Level


def published(workspace) -> list[int]:
    with scope(workspace):
        return list(LadderVersion.objects.filter(state="published").order_by("number").values_list("number", flat=True))


def test_it_says_what_changes_against_the_live_version_in_words(ladder, pages, ana):
    page = pages(ana).get()
    assert "Publish version 2 of Administrators" in page
    assert "Title changed" in page
    assert '<del><span class="visually-hidden">[removed: </span>set up' in page
    assert '<ins><span class="visually-hidden">[added: </span>going' in page
    assert "Publish version 2 now" in page


def test_publishing_takes_notes_and_whom_it_concerns(workspace, ladder, pages, ana):
    browser = pages(ana)
    page = browser.post(seen=browser.seen(), moves="1", notes="Shorter title, because nobody read it.")
    assert "Version 2 of Administrators is published." in page
    assert "Version 2 is live. What now happens" in page
    assert "People under way go on with it" in page
    assert "Shorter title, because nobody read it." in page
    with scope(workspace):
        version = ladder.published
        assert (version.number, version.moves, version.published_by) == (2, True, "Ana")
        assert version.notes == "Shorter title, because nobody read it."
        entry = Entry.objects.get(action="ladder.published", details__number=2)
        assert (entry.actor, entry.details["moves"]) == (ana.user.email, True)


def test_without_a_choice_only_newcomers_get_it(workspace, ladder, pages, ana):
    browser = pages(ana)
    page = browser.post(seen=browser.seen())
    assert "People under way stay on the version they began with." in page
    with scope(workspace):
        assert ladder.published.moves is False


def test_a_first_version_is_for_everybody_and_offers_no_choice(workspace, ana, pages):
    with scope(workspace):
        import_ladder(two_rungs(), by=ana)
    browser = pages(ana)
    page = browser.get()
    assert "its first version: everybody who has the role gets it" in page
    assert "Only newcomers" not in page
    assert "Everybody who has the role gets the ladder within moments" in browser.post(seen=browser.seen())


def test_a_draft_that_was_changed_meanwhile_is_shown_anew_instead(workspace, ladder, edit, eve, pages, ana):
    browser = pages(ana)
    seen = browser.seen()
    edit(ladder, eve, title="Get on with it")
    page = browser.post(seen=seen, notes="Mine", status=422)
    assert "The draft was changed while you looked at it, and nothing was done." in page
    assert "on with it" in page
    assert ">Mine</textarea>" in page
    assert published(workspace) == [1]
    browser.post(seen=browser.seen())
    assert published(workspace) == [1, 2]


def test_a_role_that_was_changed_meanwhile_counts_as_a_change_too(workspace, ladder, pages, ana):
    browser = pages(ana)
    seen = browser.seen()
    with scope(workspace):
        ladder.role.rule = {"everyone": True}
        ladder.role.save()
    assert "people whose role is admin" in browser.post(seen=seen, status=422)
    assert published(workspace) == [1]


def test_a_page_that_shows_nothing_of_the_draft_publishes_nothing(workspace, ladder, pages, ana):
    assert "Nothing was published." in pages(ana).post(status=422)
    assert published(workspace) == [1]


def test_publishing_twice_says_that_there_is_no_draft(workspace, ladder, pages, ana):
    browser = pages(ana)
    seen = browser.seen()
    browser.post(seen=seen)
    page = browser.post(seen=seen, status=422)
    assert "Administrators has no draft" in page
    assert "Begin version 3" in page
    assert published(workspace) == [1, 2]


def test_what_is_missing_is_said_with_the_place_where_it_is_written(workspace, ladder, pages, ana):
    rungs = [{**rung, "first_value": False} for rung in two_rungs()["rungs"]]
    with scope(workspace):
        import_ladder(changed(two_rungs(), rungs=rungs, title=""), by=ana)
    browser = pages(ana)
    page = browser.get()
    assert "Before it can be published" in page
    assert f'<a href="/w/{workspace.slug}/ladders/admins/">Rungs</a>' in page
    assert "#title" in page
    assert "Publish version 2 now" not in page
    assert "mark the one at which the user has got real value" in browser.post(seen=browser.seen(), status=422)
    assert published(workspace) == [1]


def test_a_draft_that_says_nothing_new_says_so(workspace, ladder, edit, pages, ana):
    edit(ladder, ana, title=two_rungs()["title"])
    assert "It says the same as version 1." in pages(ana).get()


def test_without_a_draft_one_can_be_begun(workspace, ladder, pages, ana):
    browser = pages(ana)
    browser.post(seen=browser.seen())
    assert "Nothing waits to be published" in browser.get()
    assert "Publish version 3 of Administrators" in browser.post("draft/")
    with scope(workspace):
        assert Entry.objects.filter(action="draft.begun").count() == 2


def test_an_archived_ladder_is_not_published(workspace, ladder, pages, ana):
    browser = pages(ana)
    browser.post("archive/")
    assert "is archived" in browser.get()
    assert "take it back into use first" in browser.post(seen=browser.seen(), status=422)
    assert published(workspace) == [1]


def test_notes_that_are_too_long_are_refused_beside_their_field(workspace, ladder, pages, ana):
    browser = pages(ana)
    page = browser.post(seen=browser.seen(), notes="x" * 2001, status=422)
    assert 'id="notes-error"' in page
    assert published(workspace) == [1]


@pytest.mark.parametrize(
    "publishers, level, status",
    [
        (Level.EDITOR, Level.EDITOR, 302),
        (Level.ADMIN, Level.EDITOR, 403),
        (Level.ADMIN, Level.ADMIN, 302),
        (Level.EDITOR, Level.COACH, 403),
    ],
)
def test_who_may_publish_is_the_workspaces_to_say(
    workspace, ladder, make_member, client_for, publishers, level, status, ana, pages
):
    workspace.publishers = publishers
    workspace.save()
    fay = make_member(workspace, "fay", level)
    seen = pages(ana).seen()
    response = client_for(fay).post(f"/w/{workspace.slug}/ladders/admins/publication/", {"seen": seen})
    assert response.status_code == status
    assert published(workspace) == ([1, 2] if status == 302 else [1])


def test_an_editor_who_may_not_publish_is_told_so_and_can_ask_for_a_review(workspace, ladder, eve, pages):
    workspace.publishers = Level.ADMIN
    workspace.save()
    page = pages(eve).get()
    assert "Your level doesn’t publish in this workspace." in page
    assert "Publish version 2 now" not in page
    assert "Ask somebody to review it" in page


def test_a_viewer_and_a_stranger_publish_nothing(workspace, ladder, ben, cyd, client_for):
    url = f"/w/{workspace.slug}/ladders/admins/publication/"
    assert client_for(ben).post(url).status_code == 403
    assert client_for(cyd).get(url).status_code == 404
    assert client_for(cyd).post(url).status_code == 404
    assert published(workspace) == [1]


def test_publishing_leaves_the_other_workspaces_ladder_of_the_same_key_alone(
    workspace, other_workspace, ladder, other_ladder, pages, ana
):
    browser = pages(ana)
    page = browser.get()
    assert "Theirs" not in page
    browser.post(seen=browser.seen())
    assert published(other_workspace) == []
    with scope(other_workspace):
        assert Ladder.objects.get().draft.title == "Theirs"
