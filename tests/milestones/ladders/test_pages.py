"""The pages of ladders and of the library."""

import pytest

from milestones.ladders.exchange import import_ladder
from milestones.library.models import Milestone
from workspaces.scope import scope

from .documents import changed, two_rungs


@pytest.fixture
def ladder(workspace):
    """Administrators at Acme, with a draft of version 1."""
    with scope(workspace):
        return import_ladder(two_rungs(), by=None).ladder


def publish(workspace, ladder):
    with scope(workspace):
        return ladder.publish(by=None)


def page(client, workspace, path, status=200):
    response = client.get(f"/w/{workspace.slug}/{path}", follow=False)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def test_the_list_shows_each_ladder_with_role_and_state(workspace, ladder, ben, client_for):
    text = page(client_for(ben), workspace, "ladders/")
    assert "Administrators" in text
    assert "people whose role is admin" in text
    assert "Draft of version 1" in text
    publish(workspace, ladder)
    text = page(client_for(ben), workspace, "ladders/")
    assert "Version 1 live" in text
    assert "Draft" not in text


def test_an_empty_list_says_how_to_begin_to_those_who_may(workspace, ana, ben, client_for):
    text = page(client_for(ana), workspace, "ladders/")
    assert "No ladder yet" in text
    assert f"/w/{workspace.slug}/ladders/new/" in text
    text = page(client_for(ben), workspace, "ladders/")
    assert "No ladder yet" in text
    assert "ladders/new/" not in text


def test_a_ladder_shows_its_rungs_with_what_each_asks_and_gives(workspace, ladder, ben, client_for):
    text = page(client_for(ben), workspace, "ladders/admins/")
    assert "Done when the user sends Source Connected." in text
    assert "Due 3 days after it opens · about 5 minutes" in text
    assert "dashboards" in text
    assert "Done when the user sends Invite Sent at least 2 times within 14 days of starting." in text
    assert "opens after Connect a data source" in text
    assert text.index("Quick wins") < text.index("Connect a data source") < text.index("Core")
    assert "First value" in text
    assert "the user sends Signed Up" in text


def test_a_version_stays_as_it_was_published(workspace, ladder, ben, client_for):
    publish(workspace, ladder)
    with scope(workspace):
        renamed = two_rungs()
        renamed["rungs"][0]["milestone"]["name"] = "Connect your warehouse"
        import_ladder(changed(renamed, title="Get going"), by=None)
    assert "Connect a data source" in page(client_for(ben), workspace, "ladders/admins/versions/1/")
    assert "Connect your warehouse" in page(client_for(ben), workspace, "ladders/admins/versions/2/")
    assert "version 1 is live, this is the draft of version 2" in page(client_for(ben), workspace, "ladders/admins/")


def test_what_is_not_there_is_not_found(workspace, ladder, ana, other_workspace, cyd, client_for):
    page(client_for(ana), workspace, "ladders/nothing/", status=404)
    page(client_for(ana), workspace, "ladders/admins/versions/9/", status=404)
    page(client_for(ana), workspace, "library/nothing/", status=404)
    page(client_for(cyd), other_workspace, "ladders/admins/", status=404)


def test_the_library_lists_every_milestone(workspace, ladder, ben, client_for):
    text = page(client_for(ben), workspace, "library/")
    assert "Connect a data source" in text
    assert "the user sends Invite Sent at least 2 times within 14 days of starting" in text


def test_a_milestones_page_shows_what_it_says(workspace, ladder, ben, client_for):
    text = page(client_for(ben), workspace, "library/invite-team/")
    assert "The user sends Invite Sent at least 2 times within 14 days of starting." in text
    assert "Teams of three keep going." in text
    assert text.index("In-app message") < text.index("Help-centre article")


def test_a_milestone_says_where_it_is_used(workspace, ladder, other_workspace, cyd, ben, client_for):
    publish(workspace, ladder)
    with scope(workspace):
        import_ladder(changed(two_rungs(), title="Get going"), by=None)
        import_ladder(changed(two_rungs(), key="second", name="Second ladder"), by=None)
    text = page(client_for(ben), workspace, "library/invite-team/uses/")
    assert "Administrators" in text
    assert "v2 (draft)" in text
    assert "Second ladder" in text
    page(client_for(cyd), other_workspace, "library/invite-team/uses/", status=404)


def test_a_milestone_that_stands_alone_says_so(workspace, ladder, ben, client_for):
    with scope(workspace):
        Milestone.objects.create(key="alone", name="Alone", criterion={"event": "A"})
    assert "No ladder uses this milestone." in page(client_for(ben), workspace, "library/alone/uses/")


def test_what_a_ladder_says_cannot_smuggle_markup_into_the_page(workspace, ben, client_for):
    document = changed(two_rungs(), name="<script>alert(1)</script>", title="<b>x</b>")
    document["rungs"][0]["milestone"]["value_statement"] = "<img src=x>"
    with scope(workspace):
        import_ladder(document, by=None)
    text = page(client_for(ben), workspace, "ladders/admins/")
    assert "<script>alert(1)" not in text
    assert "<img src=x>" not in text
    assert "&lt;img src=x&gt;" in text
