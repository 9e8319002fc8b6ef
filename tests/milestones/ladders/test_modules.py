"""Drafts hold copies of modules; the library's page says which differ, and how, and lets them take it over."""

import html

import pytest

from milestones.ladders import drafts, modules
from milestones.ladders.exchange import import_ladder
from milestones.library import writing
from milestones.library.models import Milestone
from workspaces.audit.models import Entry
from workspaces.scope import scope

from .documents import changed, two_rungs


@pytest.fixture
def two_ladders(workspace):
    """The same two modules in the published ladder `admins`, its next draft, and the draft of `second`."""
    with scope(workspace):
        first = import_ladder(two_rungs(), by=None).ladder
        first.publish(by=None)
        drafts.begin(first, by=None)
        second = import_ladder(changed(two_rungs(), key="second", name="Second ladder"), by=None).ladder
        return first, second


@pytest.fixture
def rewritten(workspace, ana, two_ladders):
    """The module invite-team, which Ana has changed since."""
    with scope(workspace):
        milestone = Milestone.objects.get(key="invite-team")
        messages = {**milestone.messages, "help": "Teams of four keep going."}
        content = {**milestone.content, "messages": messages, "minutes": 7}
        writing.change(milestone, content, base=milestone.revision, by=ana)
        return Milestone.objects.get(key="invite-team")


def said(ladder, number=None):
    version = ladder.draft if number is None else ladder.versions.get(number=number)
    return {rung["milestone"]["key"]: rung["milestone"] for rung in version.document["rungs"]}["invite-team"]


def test_a_change_in_the_library_touches_neither_drafts_nor_versions(workspace, two_ladders, rewritten):
    with scope(workspace):
        for ladder, number in [(two_ladders[0], 1), (two_ladders[0], None), (two_ladders[1], None)]:
            assert said(ladder, number)["messages"]["help"] == "Teams of three keep going."


def test_the_drafts_that_hold_another_copy_are_named_with_every_difference(workspace, two_ladders, rewritten):
    with scope(workspace):
        copies = modules.other_copies(rewritten)
        assert [copy.draft.ladder.key for copy in copies] == ["admins", "second"]
        assert all(not copy.draft.is_published for copy in copies)
        assert [change.words for change in copies[0].changes] == [
            "Minutes it takes: 7 instead of nothing",
            "Help-centre article changed",
        ]
        assert modules.other_copies(Milestone.objects.get(key="connect-source")) == []


def test_drafts_take_over_the_library_and_can_go_back(workspace, ana, two_ladders, rewritten):
    first, second = two_ladders
    with scope(workspace):
        assert [draft.ladder.key for draft in modules.update(rewritten, ["admins"], by=ana)] == ["admins"]
        assert said(first) == rewritten.content
        assert said(first, 1)["messages"]["help"] == "Teams of three keep going.", "a published version never changes"
        assert said(second)["messages"]["help"] == "Teams of three keep going.", "not asked for"
        assert Entry.objects.get(action="draft.module_updated").details == {"milestone": "invite-team"}
        drafts.undo(first.draft, by=ana)
        assert said(first)["messages"]["help"] == "Teams of three keep going."


def test_the_librarys_page_offers_to_update_them_all(workspace, ana, ben, client_for, two_ladders, rewritten):
    url = f"/w/{workspace.slug}/library/invite-team"
    text = html.unescape(client_for(ana).get(f"{url}/uses/").content.decode())
    assert "2 drafts say something else" in text
    assert "Update 2 drafts" in text
    assert "four" in text
    seen = html.unescape(client_for(ben).get(f"{url}/uses/").content.decode())
    assert "2 drafts say something else" in seen
    assert "Update 2 drafts" not in seen
    client = client_for(ana)
    response = client.post(f"{url}/drafts/", {"ladder": ["admins", "second", "no-such"]})
    assert response["Location"] == f"{url}/"
    assert "in the draft of Administrators and Second ladder" in client.get(f"{url}/").content.decode()
    assert "say something else" not in client.get(f"{url}/uses/").content.decode()
    client.post(f"{url}/drafts/", {"ladder": ["admins"]})
    assert "No draft was changed" in client.get(f"{url}/").content.decode()


def test_another_workspaces_drafts_are_never_touched(workspace, other_workspace, ana, cyd, client_for, rewritten):
    with scope(other_workspace):
        theirs = import_ladder(two_rungs(), by=None).ladder
    client_for(ana).post(f"/w/{workspace.slug}/library/invite-team/drafts/", {"ladder": "admins"})
    with scope(other_workspace):
        assert said(theirs)["messages"]["help"] == "Teams of three keep going."
