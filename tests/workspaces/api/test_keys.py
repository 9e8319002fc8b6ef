"""Secret keys: what they may do, how they end, how they are rotated; on the page and by program."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from workspaces.audit.models import Entry
from workspaces.keys import known
from workspaces.keys.mail import tell_of_ends
from workspaces.keys.models import ApiKey
from workspaces.keys.scopes import READING, SCOPES, completed, scope_of
from workspaces.scope import scope
from workspaces.tenants.access import PERMISSIONS, Level


@pytest.fixture
def issue(workspace, ana, client_for):
    browser = client_for(ana)

    def make(**said):
        page = reverse("keys:issue", args=[workspace.slug])
        answer = browser.post(page, {"name": "Warehouse", "kind": "secret", **said})
        token = re.search(r'id="new-token">([^<]+)<', answer.content.decode())
        return answer, token[1] if token else ""

    return make


def test_every_permission_but_help_has_a_scope():
    assert {scope_of(permission) for permission in PERMISSIONS} - set(SCOPES) == {"help:read"}
    assert completed(["ladders:write"]) == ["ladders:read", "ladders:write"]
    with pytest.raises(LookupError):
        completed(["everything"])


def test_a_key_of_the_page_reads_unless_told_otherwise(workspace, issue, ana):
    answer, token = issue()
    assert answer.status_code == 200
    assert "no-cache" in answer["Cache-Control"]
    key = ApiKey.find(token)
    assert key.scopes == list(READING)
    assert (key.made_by, key.level, key.expires_at) == (ana.user, Level.OWNER, None)
    with scope(workspace):
        entry = Entry.objects.get(action="key.issued")
    assert entry.details["scopes"] == list(READING)
    assert token not in str(entry.details)


def test_what_is_ticked_is_what_it_may(issue):
    answer, token = issue(may="some", scopes=["people:read", "ladders:write"], days="30")
    key = ApiKey.find(token)
    assert key.scopes == ["ladders:read", "ladders:write", "people:read"]
    assert timedelta(days=29) < key.expires_at - timezone.now() <= timedelta(days=30)
    answer, token = issue(may="some")
    assert (answer.status_code, token) == (422, "")
    assert "Tick at least one thing" in answer.content.decode()


def test_an_admins_key_may_no_more_than_the_admin(workspace, make_member, client_for, program_with):
    admin = make_member(workspace, "ada", Level.ADMIN)
    browser = client_for(admin)
    browser.post(reverse("keys:issue", args=[workspace.slug]), {"name": "x", "kind": "secret", "may": "all"})
    assert ApiKey.objects.get(workspace=workspace, name="x").level == Level.ADMIN


def test_a_rotated_key_lives_on_beside_the_new_one_and_then_ends(workspace, ana, client_for, program, program_with):
    old = ApiKey.objects.get(workspace=workspace, name="Warehouse")
    page = reverse("keys:rotate", args=[workspace.slug, old.pk])
    answer = client_for(ana).post(page, {"overlap": "day"}).content.decode()
    new = type(program)(re.search(r'id="new-token">([^<]+)<', answer)[1])
    assert program.get("workspace").status_code == new.get("workspace").status_code == 200
    old.refresh_from_db()
    made = ApiKey.find(new.token)
    assert (made.name, made.scopes, made.replaces) == (old.name, old.scopes, old)
    ApiKey.objects.filter(pk=old.pk).update(expires_at=timezone.now())
    assert program.get("workspace").json()["code"] == "bad_key"
    assert new.get("workspace").status_code == 200
    assert client_for(ana).post(page, {"overlap": "day"}).status_code == 422


def test_an_expired_key_neither_sends_nor_asks(workspace, client):
    key, token = ApiKey.issue(workspace, kind="secret", name="x")
    send = {"data": '{"userId": "dora", "event": "Looked"}', "content_type": "application/json"}
    bearer = {"headers": {"Authorization": f"Bearer {token}"}}
    assert client.post("/v1/track", **send, **bearer).status_code == 200
    ask = {"data": '{"context": {"targetingKey": "dora"}}', "content_type": "application/json"}
    assert client.post("/ofrep/v1/evaluate/flags", **ask, **bearer).status_code == 200
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())
    assert client.post("/v1/track", **send, **bearer).status_code == 401
    assert client.post("/ofrep/v1/evaluate/flags", **ask, **bearer).status_code == 401


def test_a_secret_key_sends_only_with_the_scope(workspace, client):
    _, token = ApiKey.issue(workspace, kind="secret", name="x", scopes=["people:read"])
    assert known.sender_of(token) is None
    assert known.asker_of(token) is None
    bearer = {"Authorization": f"Bearer {token}"}
    sent = '{"userId": "dora", "event": "Looked"}'
    assert client.post("/v1/track", sent, content_type="application/json", headers=bearer).status_code == 401


def test_a_program_makes_keys_that_may_no_more_than_its_own(workspace, ana, program_with):
    maker = program_with(workspace, "keys:write", "people:read")
    made = maker.post("keys", {"name": "Child", "kind": "secret", "scopes": ["people:read"]})
    assert made.status_code == 201
    assert type(maker)(made.json()["token"]).get("people").status_code == 200
    answer = maker.post("keys", {"name": "Child", "kind": "secret", "scopes": ["ladders:write"]})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/scopes")
    mighty, _ = ApiKey.issue(workspace, kind="secret", name="Mighty")
    assert maker.post(f"keys/{mighty.pk}/rotate", {}).json()["code"] == "level_too_low"
    rotated = maker.post(f"keys/{made.json()['id']}/rotate", {"overlap_hours": 0})
    assert type(maker)(made.json()["token"]).get("people").status_code == 401
    assert type(maker)(rotated.json()["token"]).get("people").status_code == 200
    with scope(workspace):
        assert Entry.objects.get(action="key.rotated").actor == "key Warehouse"


def test_publishing_kept_to_admins_is_kept_from_an_editors_key(workspace, program_with):
    workspace.publishers = Level.ADMIN
    workspace.save()
    answer = program_with(workspace, level=Level.EDITOR).post("ladders/any/publish", {})
    assert (answer.status_code, answer.json()["code"]) == (403, "level_too_low")


def test_owners_are_told_once_before_a_key_ends(workspace, ana):
    ApiKey.objects.update(told_at=timezone.now())
    soon = timezone.now() + timedelta(days=5)
    ApiKey.issue(workspace, kind="secret", name="Ending <b>", expires_at=soon)
    ApiKey.issue(workspace, kind="secret", name="Later", expires_at=soon + timedelta(days=30))
    assert (tell_of_ends(), tell_of_ends()) == (1, 0)
    [sent] = mail.outbox
    assert sent.to == [ana.user.email]
    assert "Ending <b>" in sent.body
    assert f"/w/{workspace.slug}/settings/keys/" in sent.body
    page, kind = sent.alternatives[0]
    assert kind == "text/html"
    assert "Ending &lt;b&gt;" in page
    assert "Ending <b>" not in page
    assert f'/w/{workspace.slug}/settings/keys/"' in page  # a button leads there
