"""Members: who may change whose level, remove whom, and that a workspace keeps an owner whatever happens at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from workspaces.audit.models import Entry
from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.team import changing, inviting
from workspaces.team.models import Invitation
from workspaces.tenants.access import Level
from workspaces.tenants.models import Member


@pytest.fixture
def staff(workspace, make_member) -> dict[Level, Member]:
    return {level: make_member(workspace, level.label, level) for level in Level}


def levels(workspace) -> dict[int, int]:
    return dict(workspace.members.values_list("pk", "level"))


def attempt(act, *args, **kwargs) -> bool:
    try:
        act(*args, **kwargs)
    except changing.Refused:
        return False
    return True


def test_who_may_give_whom_which_level(workspace, ana, make_member, staff):
    """Every actor, member and level: admins and owners, of nobody above them, to nothing above them."""
    for actor in staff.values():
        for before in Level:
            for after in Level:
                other = make_member(workspace, "other", before)
                with scope(workspace):
                    done = attempt(changing.change_level, other.pk, after, by=actor)
                may = actor.level >= Level.ADMIN and before <= actor.level and after <= actor.level
                assert done == may, (actor.level, before, after)
                other.refresh_from_db()
                assert other.level == (after if may else before)
                other.delete()


def test_who_may_remove_whom(workspace, ana, make_member, staff):
    for actor in staff.values():
        for level in Level:
            other = make_member(workspace, "other", level)
            with scope(workspace):
                done = attempt(changing.remove, other.pk, by=actor)
            assert done == (actor.level >= Level.ADMIN and level <= actor.level)
            assert Member.objects.filter(pk=other.pk).exists() == (not done)
            Member.objects.filter(pk=other.pk).delete()


def test_the_last_owner_stays(workspace, ana):
    with scope(workspace):
        for act in (
            lambda: changing.leave(by=ana),
            lambda: changing.change_level(ana.pk, Level.ADMIN, by=ana),
            lambda: changing.remove(ana.pk, by=ana),
        ):
            with pytest.raises(changing.Refused, match="at least one owner"):
                act()
    assert levels(workspace) == {ana.pk: Level.OWNER}


@pytest.mark.parametrize("way", ["leave", "step down", "remove each other"])
def test_of_two_owners_who_go_at_the_same_time_one_stays(way, workspace, ana, make_member):
    eva = make_member(workspace, "eva", Level.OWNER)
    together = Barrier(2)

    def go(member, other) -> bool:
        try:
            together.wait(10)
            with scope(workspace):
                if way == "leave":
                    return attempt(changing.leave, by=member)
                if way == "step down":
                    return attempt(changing.change_level, member.pk, Level.VIEWER, by=member)
                return attempt(changing.remove, other.pk, by=member)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(go, (ana, eva), (eva, ana)))
    assert sorted(done) == [False, True]
    assert workspace.members.filter(level=Level.OWNER).count() == 1


def test_a_stranger_is_nobody_here(workspace, ana, cyd):
    with scope(workspace):
        for act in (
            lambda: changing.remove(cyd.pk, by=ana),
            lambda: changing.hand_over(cyd.pk, by=ana),
            lambda: changing.change_level(cyd.pk, Level.VIEWER, by=ana),
        ):
            with pytest.raises(changing.NoSuchMember):
                act()


def test_who_was_demoted_meanwhile_changes_nothing_any_more(workspace, ana, ben, make_member):
    ada = make_member(workspace, "ada", Level.ADMIN)
    Member.objects.filter(pk=ada.pk).update(level=Level.VIEWER)
    with scope(workspace), pytest.raises(changing.Refused, match="load the page again"):
        changing.remove(ben.pk, by=ada)
    assert ben.pk in levels(workspace)


def test_ownership_is_handed_over_in_one_go(workspace, ana, ben):
    with scope(workspace):
        changing.hand_over(ben.pk, by=ana)
        assert levels(workspace) == {ana.pk: Level.ADMIN, ben.pk: Level.OWNER}
        entry = Entry.objects.get(action="member.made_owner")
        assert (entry.details["before"], entry.details["after"]) == ({"level": "Viewer"}, {"level": "Owner"})
        with pytest.raises(changing.Refused):
            changing.hand_over(ben.pk, by=ana)


def test_nobody_comes_back_by_an_invitation_of_their_own(workspace, ana, make_member):
    ada = make_member(workspace, "ada", Level.ADMIN)
    with scope(workspace):
        for level in (Level.VIEWER, Level.ADMIN):
            inviting.invite(f"second-{level}@team.example", level, by=ada)
        inviting.invite("kept@team.example", Level.ADMIN, by=ana)
        changing.remove(ada.pk, by=ana)
        assert [invitation.address for invitation in Invitation.waiting()] == ["kept@team.example"]


def test_pages_that_a_removed_member_has_open_end_at_once(workspace, ana, make_member, client_for, page_of):
    eva = make_member(workspace, "eva", Level.EDITOR)
    browser = client_for(eva)
    pages = [f"/w/{workspace.slug}/adoption/", f"/w/{workspace.slug}/events/", page_of(workspace)]
    poll = f"/w/{workspace.slug}/events/latest/"
    assert [browser.get(page).status_code for page in pages] == [200] * 3
    assert browser.get(poll, headers={"HX-Request": "true"}).status_code in (200, 304)
    removal = client_for(ana).post(page_of(workspace, "removal", pk=eva.pk), follow=True)
    assert f"{eva} is no longer a member" in removal.content.decode()
    assert [browser.get(page).status_code for page in pages] == [404] * 3
    assert browser.get(poll, headers={"HX-Request": "true"}).status_code == 404
    assert browser.get("/workspaces/").status_code == 200


def test_whoever_removes_somebody_learns_which_keys_they_made(workspace, ana, make_member, client_for, page_of):
    eva = make_member(workspace, "eva", Level.ADMIN)
    _, token = ApiKey.issue(workspace, kind="secret", name="Warehouse", made_by=eva.user)
    gone, _ = ApiKey.issue(workspace, kind="secret", name="Old", made_by=eva.user)
    gone.revoke()
    page = client_for(ana).post(page_of(workspace, "removal", pk=eva.pk), follow=True).content.decode()
    assert "1 secret key that they made works for 30 days more" in page
    assert ApiKey.find(token)  # a program may rest on it


def test_the_page_says_who_was_here_when(workspace, ana, ben, client_for, page_of):
    browser = client_for(ana)
    browser.get(page_of(workspace))
    ana.refresh_from_db()
    seen = ana.last_seen_at
    assert timezone.now() - seen < timezone.timedelta(minutes=1)
    page = browser.get(page_of(workspace)).content.decode()
    assert "just now" in page
    assert "Not yet" in page
    ana.refresh_from_db()
    assert ana.last_seen_at == seen  # not written at every page


def test_leaving_goes_to_what_is_left(workspace, ana, ben, client_for, page_of):
    answer = client_for(ben).post(page_of(workspace, "leaving"), follow=True)
    assert f"You have left {workspace.name}" in answer.content.decode()
    assert not workspace.members.filter(user=ben.user).exists()
    with scope(workspace):
        assert Entry.objects.get().action == "member.left"
