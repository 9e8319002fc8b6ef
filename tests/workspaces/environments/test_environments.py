"""The environment for tests: the same team, and otherwise a stranger."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.urls import reverse

from onboarding.people.models import Person
from onboarding.widget.embed import passes
from workspaces.audit.models import Entry
from workspaces.environments.making import make_test
from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.models import Member, Workspace


def url(name, workspace, **kwargs):
    return reverse(name, kwargs={"workspace_slug": workspace.slug, **kwargs})


@pytest.fixture
def test(workspace, ana):
    return make_test(by=ana)


def test_an_admin_makes_it_with_one_click_and_it_begins_like_live(workspace, ana, client_for):
    browser = client_for(ana)
    assert "Make the test environment" in browser.get(url("environments:environments", workspace)).content.decode()
    page = browser.post(url("environments:make", workspace), follow=True)
    made = Workspace.objects.get(live=workspace)
    assert page.redirect_chain[-1][0] == url("dashboards:adoption", made)
    assert "Test environment" in page.content.decode()
    assert (made.slug, made.name, made.segments) == (f"{workspace.slug}-test", "Acme (test)", ["plan"])
    for environment in (workspace, made):
        with scope(environment):
            assert Entry.objects.get(action="environment.made").actor == ana.user.email


def test_two_at_once_make_one(workspace, ana):
    together = Barrier(2)

    def make(_: int) -> int:
        try:
            together.wait(10)
            return make_test(by=ana).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(make, range(2))
    assert first == second


def test_a_taken_address_gets_a_number(workspace, ana):
    Workspace.objects.create(name="Squatter", slug=f"{workspace.slug}-test")
    assert make_test(by=ana).slug == f"{workspace.slug}-test-2"


def test_every_member_enters_with_the_level_they_have_and_nobody_else_does(workspace, test, ana, ben, cyd, client_for):
    for member, reads, changes in ((ana, 200, 200), (ben, 200, 403), (cyd, 404, 404)):
        browser = client_for(member)
        assert browser.get(url("ladders:index", test)).status_code == reads
        assert browser.get(url("keys:keys", test)).status_code == changes
    with pytest.raises(ValueError, match="no members of its own"):
        Member.objects.create(workspace=test, user=cyd.user, level=Level.OWNER)


def test_who_leaves_the_team_leaves_both(workspace, test, ben, client_for):
    browser = client_for(ben)
    assert browser.get(url("ladders:index", test)).status_code == 200
    ben.delete()
    assert browser.get(url("ladders:index", test)).status_code == 404


def test_joining_by_either_door_is_joining_the_team(workspace, test, cyd):
    there = test.join(cyd.user, Level.COACH)
    assert there.workspace == test
    assert workspace.member(user=cyd.user).level == Level.COACH
    assert [member.user for member in test.members.all()] == [member.user for member in workspace.members.all()]


def test_people_events_and_keys_are_apart(workspace, test, ana, client, client_for):
    _, token = ApiKey.issue(test, kind="write", name="staging")
    body = {"userId": "tess", "event": "Looked"}
    sent = client.post("/v1/track", body, content_type="application/json", headers={"Authorization": f"Bearer {token}"})
    assert sent.status_code == 200
    with scope(test):
        assert Person.objects.count() == 0  # the engine has not looked yet; dora and emil are live's
    with scope(workspace):
        dora = Person.objects.get(external_id="dora")
    browser = client_for(ana)
    assert browser.get(url("widget:person", workspace, pk=dora.pk)).status_code == 200
    assert browser.get(url("widget:person", test, pk=dora.pk)).status_code == 404
    assert list(workspace.keys.all()) == []
    from onboarding.progress import engine

    engine.settle(test.pk)
    engine.settle(workspace.pk)
    with scope(test):
        assert [person.external_id for person in Person.objects.all()] == ["tess"]
    with scope(workspace):
        assert not Person.objects.filter(external_id="tess").exists()


def test_settings_hold_for_their_own_environment(workspace, test, ana, client_for):
    Workspace.objects.filter(pk=workspace.pk).update(publishers=Level.ADMIN, review_needed=True)
    editor = workspace.join(ana.user.__class__.objects.create_user("ed@team.example"), Level.EDITOR)
    there = test.member(user=editor.user)
    workspace.refresh_from_db()
    assert not workspace.member(user=editor.user).may("ladders.publish")
    assert there.may("ladders.publish")
    assert there.workspace.review_needed is False


def test_the_home_page_shows_one_workspace_and_every_page_the_switch(workspace, test, ana, client_for):
    browser = client_for(ana)
    home = browser.get("/", follow=True)
    assert home.redirect_chain[-1][0] == url("dashboards:adoption", workspace)
    page = home.content.decode()
    assert url("dashboards:adoption", test) in page  # the same page over there
    assert "test-mark" not in page
    assert browser.get("/workspaces/").content.decode().count("Acme") == 1
    there = browser.get(url("dashboards:adoption", test)).content.decode()
    assert "test-mark" in there
    assert url("dashboards:adoption", workspace) in there


def test_the_team_is_changed_in_live(workspace, test, ana, ben, client_for):
    browser = client_for(ana)
    assert browser.get(url("team:members", test))["Location"] == url("team:members", workspace)
    browser.post(url("team:removal", test, pk=ben.pk))
    assert workspace.member(user=ben.user) is not None


def test_it_is_called_after_live(workspace, test, ana, client_for):
    form = {"name": "Acme Rockets", "time_zone": "UTC", "language": "en", "segments": "", "publishers": "30"}
    browser = client_for(ana)
    assert browser.post(url("settings:change", workspace), form).status_code == 302
    test.refresh_from_db()
    assert test.name == "Acme Rockets (test)"
    assert browser.post(url("settings:change", test), {**form, "name": "Own"}).status_code == 302
    test.refresh_from_db()
    assert test.name == "Acme Rockets (test)"


def test_a_pass_of_the_sandbox_holds_in_its_own_environment(workspace, test, ana):
    there = test.member(user=ana.user)
    token = passes.make(there, user="tess", origin="https://a.example")
    shown = passes.Shown(test.pk, "https://a.example", "tess")
    assert passes.identity_of(token, shown).secret_id == -ana.pk
    with pytest.raises(passes.Refused):
        passes.identity_of(token, passes.Shown(workspace.pk, "https://a.example", "tess"))
    ana.delete()
    with pytest.raises(passes.Refused):
        passes.identity_of(token, shown)
