"""The pages of ladders and of the library."""

import pytest

from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder
from milestones.library.models import Milestone
from workspaces.audit.models import Entry
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


def test_an_empty_list_says_how_to_begin(workspace, ben, client_for):
    text = page(client_for(ben), workspace, "ladders/")
    assert f"manage.py ladders import FILE --workspace {workspace.slug}" in text


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


def test_an_owner_publishes_the_draft(workspace, ladder, ana, client_for):
    client = client_for(ana)
    assert "Publish version 1" in page(client, workspace, "ladders/admins/")
    response = client.post(f"/w/{workspace.slug}/ladders/admins/publication/", follow=True)
    assert response.redirect_chain[-1][0] == f"/w/{workspace.slug}/ladders/admins/versions/1/"
    text = response.content.decode()
    assert "Version 1 of Administrators is published." in text
    with scope(workspace):
        assert Ladder.objects.get().published.published_by == "Ana"
        assert Entry.objects.get(action="ladder.published").actor == ana.user.email


def test_a_viewer_is_not_offered_to_publish_and_cannot(workspace, ladder, ben, client_for):
    assert "Publish version" not in page(client_for(ben), workspace, "ladders/admins/")
    response = client_for(ben).post(f"/w/{workspace.slug}/ladders/admins/publication/")
    assert response.status_code == 403
    with scope(workspace):
        assert Ladder.objects.get().published is None


def test_a_stranger_finds_nothing_and_publishes_nothing(workspace, ladder, cyd, client_for):
    assert client_for(cyd).get(f"/w/{workspace.slug}/ladders/admins/").status_code == 404
    assert client_for(cyd).post(f"/w/{workspace.slug}/ladders/admins/publication/").status_code == 404
    with scope(workspace):
        assert Ladder.objects.get().published is None


def test_publishing_twice_says_that_there_is_no_draft(workspace, ladder, ana, client_for):
    client = client_for(ana)
    client.post(f"/w/{workspace.slug}/ladders/admins/publication/")
    response = client.post(f"/w/{workspace.slug}/ladders/admins/publication/")
    assert response.status_code == 422
    assert "Administrators has no draft; import or write one first" in response.content.decode()


def test_an_incomplete_draft_says_what_is_missing_instead_of_offering_to_publish(workspace, ladder, ana, client_for):
    with scope(workspace):
        import_ladder(changed(two_rungs(), title=""), by=None)
    text = page(client_for(ana), workspace, "ladders/admins/")
    assert "Before this draft can be published:" in text
    assert "<code>title</code> is empty; it is what the user reads above the steps" in text
    assert "Publish version" not in text


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
