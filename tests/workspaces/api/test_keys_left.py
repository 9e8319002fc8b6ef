"""Keys whose maker has left: told of once, at an end after a while, taken over or revoked in one step."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from workspaces.audit.models import Entry
from workspaces.keys import changing, left
from workspaces.keys.models import ApiKey
from workspaces.keys.tasks import look_for_makers
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.models import Member

pytestmark = pytest.mark.every_workspace


@pytest.fixture
def ada(workspace, make_member) -> Member:
    return make_member(workspace, "ada", Level.ADMIN)


@pytest.fixture
def nightly(workspace, ada) -> ApiKey:
    """Ada's key, by which something reads every night; she has left."""
    key = made_by(ada, "Nightly")
    made_by(ada, "Site", kind="write")
    Member.objects.filter(pk=ada.pk).delete()
    return key


def made_by(member, name, kind="secret", **more) -> ApiKey:
    issued, _ = ApiKey.issue(
        member.workspace, kind=kind, name=name, level=Level(member.level), made_by=member.user, **more
    )
    return issued


def again(key) -> ApiKey:
    return ApiKey.objects.get(pk=key.pk)


def test_owners_are_told_once_and_it_ends_a_month_later(workspace, ana, nightly, other_workspace):
    look_for_makers()
    look_for_makers()
    (sent,) = [message for message in mail.outbox if message.to == [ana.user.email]]
    assert "Nightly" in sent.body
    assert "Site" not in sent.body  # it stands in a web page, and goes on
    assert f"/w/{workspace.slug}/settings/keys/" in sent.body
    assert timedelta(days=29) < again(nightly).expires_at - timezone.now() <= left.GRACE
    assert not ApiKey.objects.filter(workspace=other_workspace, left_at__isnull=False).exists()
    with scope(workspace):
        assert Entry.objects.get(action="key.without_maker").target_id == str(nightly.pk)


def test_it_ends_though_no_mail_can_be_sent(nightly, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(left, "_tell", refuse)
    look_for_makers()
    assert again(nightly).expires_at is not None


def test_one_that_ends_sooner_ends_when_it_would_have(workspace, ada):
    soon = timezone.now() + timedelta(days=3)
    key = made_by(ada, "Short", expires_at=soon)
    Member.objects.filter(pk=ada.pk).delete()
    look_for_makers()
    assert again(key).expires_at == soon


def test_whoever_takes_it_over_vouches_for_it_and_it_ends_as_before(workspace, ana, nightly, client_for):
    look_for_makers()
    answer = client_for(ana).post(reverse("keys:adopt", args=[workspace.slug, nightly.pk]), follow=True)
    assert "Nightly is yours now" in answer.content.decode()
    key = again(nightly)
    assert (key.made_by, key.expires_at, key.left_at, key.level) == (ana.user, None, None, Level.ADMIN)
    with scope(workspace):
        assert Entry.objects.get(action="key.adopted").details["before"]["maker"].startswith("ada")
    look_for_makers()
    assert again(nightly).expires_at is None


def test_an_admin_who_takes_an_owners_key_over_makes_it_an_admins(workspace, ana, make_member):
    owner = make_member(workspace, "ora", Level.OWNER)
    key, admin = made_by(owner, "Mighty"), make_member(workspace, "adi", Level.ADMIN)
    Member.objects.filter(pk=owner.pk).delete()
    with scope(workspace):
        left.adopt([key], by=admin, maker=admin.user)
    assert again(key).level == Level.ADMIN


def test_all_are_taken_over_or_revoked_in_one_step(workspace, ana, ada, nightly, client_for):
    others = made_by(ana, "Ours")
    browser, page = client_for(ana), reverse("keys:keys", args=[workspace.slug])
    shown = browser.get(page).content.decode()
    assert "1 key was made by somebody who left" in shown
    browser.post(reverse("keys:revoke_left", args=[workspace.slug]))
    assert again(nightly).revoked_at is not None
    assert again(others).is_live
    second = made_by(ada, "Weekly")
    browser.post(reverse("keys:adopt_all", args=[workspace.slug]))
    assert again(second).made_by == ana.user
    assert "made by somebody who left" not in browser.get(page).content.decode()


def test_a_strangers_key_is_not_found_and_not_taken(other_workspace, cyd, nightly, client_for):
    browser = client_for(cyd)
    assert browser.post(reverse("keys:adopt", args=[other_workspace.slug, nightly.pk])).status_code == 404
    browser.post(reverse("keys:adopt_all", args=[other_workspace.slug]))
    browser.post(reverse("keys:revoke_left", args=[other_workspace.slug]))
    assert again(nightly).made_by.email.startswith("ada")
    assert again(nightly).is_live


def test_whoever_rotates_it_vouches_for_the_new_one(workspace, ana, nightly):
    look_for_makers()
    with scope(workspace):
        made, _ = changing.rotate(again(nightly), overlap=timedelta(hours=1), by=ana)
    assert (made.made_by, made.level, made.expires_at) == (ana.user, Level.ADMIN, None)


def test_whose_maker_comes_back_is_as_it_was(workspace, nightly):
    look_for_makers()
    workspace.join(nightly.made_by, Level.VIEWER)
    look_for_makers()
    assert (again(nightly).left_at, again(nightly).expires_at) == (None, None)


def test_such_a_key_makes_no_keys_and_keeps_none_alive(workspace, ana, nightly, program_with):
    leavers = program_with(workspace, made_by=nightly.made_by)
    assert leavers.get("keys").status_code == 200
    bodies = {"": {"name": "Child", "kind": "write"}, f"/{nightly.pk}/rotate": {}, f"/{nightly.pk}/adopt": None}
    for path, body in {**bodies, f"/{nightly.pk}/revoke": None}.items():
        answer = leavers.post(f"keys{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (403, "level_too_low"), path
    owners = program_with(workspace)
    assert owners.post(f"keys/{nightly.pk}/adopt").json()["left_at"] is None
    assert owners.post(f"keys/{nightly.pk}/adopt").json()["code"] == "conflict"


def test_in_the_environment_for_tests_the_team_is_lives(workspace, ana, client_for):
    from workspaces.environments.making import make_test

    key, _ = ApiKey.issue(make_test(by=ana), kind="secret", name="CI", made_by=ana.user)
    look_for_makers()
    assert again(key).left_at is None
