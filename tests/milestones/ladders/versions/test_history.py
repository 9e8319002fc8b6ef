"""The Versions tab: comparing, going back, beginning another ladder, discarding, archiving."""

import pytest

from milestones.ladders import drafts
from milestones.ladders.models import DraftEdit, Ladder
from tests.milestones.ladders.documents import two_rungs
from workspaces.audit.models import Entry
from workspaces.scope import scope


def actions(workspace) -> set[str]:
    with scope(workspace):
        return set(Entry.objects.values_list("action", flat=True))


@pytest.fixture
def two_live(workspace, ladder, ana):
    """Version 2 is live as well, under the title "Get going"."""
    with scope(workspace):
        ladder.publish(by=ana)
    return ladder


def test_every_version_is_listed_with_who_when_and_why(workspace, ladder, pages, ana, ben):
    browser = pages(ana)
    browser.post(seen=browser.seen(), notes="A title that says more.")
    page = pages(ben).get("versions/")
    assert page.index("Version 2</a>") < page.index("Version 1</a>")
    assert "by Ana · for newcomers" in page
    assert "by Ana · for everybody, history included" in page
    assert "A title that says more." in page
    assert page.count("Live</span>") == 1
    assert page.index("Live</span>") < page.index("Version 1</a>")


def test_a_viewer_reads_and_is_offered_nothing_to_change(workspace, two_live, pages, ben):
    page = pages(ben).get("versions/")
    for offered in ("Go back to it", "Begin another ladder", "Archive", "Publish version"):
        assert offered not in page


def test_two_versions_are_compared_in_words_whichever_way_round(workspace, two_live, pages, ben):
    browser = pages(ben)
    page = browser.get("compare/?from=1&to=2")
    assert "From version 1 to version 2" in page
    assert "Title changed" in page
    assert "[added: </span>going<span" in page
    assert "[removed: </span>going<span" in browser.get("compare/?from=2&to=1")
    assert "Choose two different versions" in browser.get("compare/?from=2&to=2")
    assert "From version 1 to version 2" in browser.get("compare/")
    assert "From version 1 to version 2" in browser.get("compare/?from=99&to=nonsense")


def test_going_back_makes_a_draft_with_the_old_content_and_leads_to_its_publication(workspace, two_live, pages, ana):
    browser = pages(ana)
    page = browser.post("versions/1/return/")
    assert "Publish version 3 of Administrators" in page
    assert "The draft says what version 1 said." in page
    assert "[removed: </span>going<span" in page
    assert "Back to what version 1 said.</textarea>" in page
    browser.post(seen=browser.seen(), notes="Back to what version 1 said.")
    with scope(workspace):
        version = two_live.published
        assert (version.number, version.title) == (3, "Get set up")
        before = two_live.versions.get(number=1)
        assert {**version.document, "notes": ""} == {**before.document, "notes": ""}
    assert "draft.taken_back" in actions(workspace)


def test_going_back_over_a_draft_can_be_undone(workspace, ladder, pages, ana):
    page = pages(ana).post("versions/1/return/")
    assert "Your draft as it was comes back with Undo" in page
    with scope(workspace):
        assert ladder.draft.title == "Get set up"
        drafts.undo(ladder.draft, by=ana)
        assert ladder.draft.title == "Get going"


def test_going_back_leaves_the_role_as_it_is_now(workspace, two_live, pages, ana):
    with scope(workspace):
        two_live.role.rule = {"everyone": True}
        two_live.role.save()
    pages(ana).post("versions/1/return/")
    with scope(workspace):
        assert two_live.draft.document["role"]["rule"] == {"everyone": True}


def test_another_ladder_begins_with_a_version(workspace, ladder, pages, ana):
    browser = pages(ana)
    assert 'value="Administrators (copy)"' in browser.get("versions/1/copy/")
    browser.post("versions/1/copy/", name="Admins on trial", key="admins-trial")
    with scope(workspace):
        copy = Ladder.objects.get(key="admins-trial")
        assert copy.role == ladder.role
        assert copy.published is None
        said = copy.draft.document
        assert (said["key"], said["name"], said["title"]) == ("admins-trial", "Admins on trial", "Get set up")
        assert said["rungs"] == two_rungs()["rungs"]
    assert "ladder.duplicated" in actions(workspace)


@pytest.mark.parametrize(
    "key, says", [("admins", "Another ladder has this key"), ("Not a key", "Use small letters"), ("", "required")]
)
def test_a_key_that_will_not_do_is_refused_beside_its_field(workspace, ladder, pages, ana, key, says):
    assert says in pages(ana).post("versions/1/copy/", name="Copy", key=key, status=422)
    with scope(workspace):
        assert Ladder.objects.count() == 1


def test_a_key_of_another_workspace_is_free_here(workspace, other_workspace, two_live, other_ladder, pages, ana):
    pages(ana).post("versions/1/copy/", name="Copy", key="free")
    with scope(other_workspace):
        assert [ladder.key for ladder in Ladder.objects.all()] == ["admins"]


def test_a_discarded_draft_can_be_brought_back_whole(workspace, ladder, pages, ana):
    browser = pages(ana)
    with scope(workspace):
        before = ladder.draft.document
    page = browser.post("draft/discard/")
    assert "The draft of version 2 is discarded." in page
    assert "Bring the draft back" in page
    with scope(workspace):
        assert ladder.draft is None
        assert not DraftEdit.objects.exists()
    assert "The draft of version 2 is back." in browser.post("draft/return/")
    with scope(workspace):
        assert ladder.draft.document == before
    assert "There is no discarded draft to bring back." in browser.post("draft/return/")


def test_what_was_discarded_before_the_last_publication_is_past(workspace, ladder, pages, ana):
    browser = pages(ana)
    browser.post("draft/discard/")
    browser.post("draft/")
    browser.post(seen=browser.seen())
    assert "Bring the draft back" not in browser.get("versions/")


def test_an_archived_ladder_is_out_of_the_list_and_comes_back(workspace, two_live, pages, ana, client_for):
    browser = pages(ana)
    listed = f"/w/{workspace.slug}/ladders/"
    assert "Administrators is archived: nobody begins it any more." in browser.post("archive/")
    page = client_for(ana).get(listed).content.decode()
    assert "Archived:" in page
    assert "Version 2 live" not in page
    assert "Take it back into use" in browser.get("versions/")
    browser.post("restore/")
    page = client_for(ana).get(listed).content.decode()
    assert "Archived:" not in page
    assert "Version 2 live" in page
    assert {"ladder.archived", "ladder.restored"} <= actions(workspace)


def test_archiving_twice_is_noted_once(workspace, two_live, pages, ana):
    for _ in range(2):
        pages(ana).post("archive/")
    with scope(workspace):
        assert Entry.objects.filter(action="ladder.archived").count() == 1


def test_archiving_is_for_those_who_may_publish(workspace, two_live, eve, client_for):
    workspace.publishers = 40
    workspace.save()
    assert client_for(eve).post(f"/w/{workspace.slug}/ladders/admins/archive/").status_code == 403
