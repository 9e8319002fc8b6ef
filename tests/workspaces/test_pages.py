"""Settings, keys and audit: what members change, and that each change leaves its entry."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from workspaces.audit.models import Entry
from workspaces.keys.models import ApiKey, digest
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

SETTINGS = {"name": "Acme", "time_zone": "UTC", "language": "en", "segments": "plan", "publishers": "30"}


def entries(workspace) -> list[tuple[str, str]]:
    with scope(workspace):
        return list(Entry.objects.order_by("id").values_list("actor", "action"))


def url(name, workspace, **kwargs):
    return reverse(name, kwargs={"workspace_slug": workspace.slug, **kwargs})


def test_changing_settings_is_noted_with_before_and_after(workspace, ana, client_for):
    response = client_for(ana).post(
        url("settings:change", workspace),
        {**SETTINGS, "name": "Acme Rockets", "time_zone": "Europe/Berlin", "segments": "plan, industry,plan"},
    )
    assert response.status_code == 302
    workspace.refresh_from_db()
    assert (workspace.name, workspace.time_zone) == ("Acme Rockets", "Europe/Berlin")
    assert workspace.segments == ["plan", "industry"]
    with scope(workspace):
        entry = Entry.objects.get()
    assert (entry.actor, entry.action) == (ana.user.email, "workspace.changed")
    assert entry.details["before"]["name"] == "Acme"
    assert entry.details["after"]["time_zone"] == "Europe/Berlin"


def test_settings_that_stay_the_same_leave_no_entry(workspace, ana, client_for):
    client_for(ana).post(url("settings:change", workspace), SETTINGS)
    assert entries(workspace) == []


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("time_zone", "Mars/Olympus", "valid choice"),
        ("name", "", "required"),
        ("segments", ",".join("abcdefghi"), "at most 8 segments"),
        ("segments", "x" * 81, "at most 80 characters"),
        ("language", "nl", "valid choice"),
        ("languages", "xx", "not one of the available choices"),
        ("publishers", "20", "valid choice"),
        ("keep_events_months", "0", "a number from 1 to 120"),
        ("keep_events_months", "121", "a number from 1 to 120"),
        ("keep_events_months", "soon", "a number from 1 to 120"),
    ],
)
def test_bad_settings_are_refused_with_a_sentence_and_nothing_changes(workspace, ana, client_for, field, value, says):
    good = {**SETTINGS, "name": "New", "segments": ""}
    response = client_for(ana).post(url("settings:change", workspace), {**good, field: value})
    assert response.status_code == 422
    assert says in response.content.decode()
    assert Workspace.objects.get(pk=workspace.pk).name == "Acme"
    assert entries(workspace) == []


def test_the_languages_of_end_users_are_chosen_and_noted(workspace, ana, ben, client_for):
    assert workspace.offers == ("en",)
    change = {**SETTINGS, "language": "de", "languages": ["ar", "de", "fr"]}
    assert client_for(ana).post(url("settings:change", workspace), change).status_code == 302
    workspace.refresh_from_db()
    assert workspace.offers == ("de", "fr", "ar")
    with scope(workspace):
        entry = Entry.objects.get()
    assert (entry.details["before"]["languages"], entry.details["after"]["languages"]) == ([], ["fr", "ar"])
    assert "German, French, Arabic" in client_for(ben).get(url("settings:show", workspace)).content.decode()


def test_publishing_can_be_kept_to_admins_and_a_review_asked_for(workspace, ana, ben, client_for):
    client_for(ana).post(url("settings:change", workspace), {**SETTINGS, "publishers": "40", "review_needed": "on"})
    workspace.refresh_from_db()
    assert (workspace.publishers, workspace.review_needed) == (40, True)
    with scope(workspace):
        entry = Entry.objects.get()
    assert (entry.details["before"]["publishers"], entry.details["after"]["publishers"]) == (30, 40)
    page = client_for(ben).get(url("settings:show", workspace)).content.decode()
    assert "Admins only" in page


def test_keeping_raw_events_for_less_long_is_asked_about_once_more_and_noted(workspace, ana, ben, client_for):
    browser, change = client_for(ana), {**SETTINGS, "keep_events_months": "12"}
    asked = browser.post(url("settings:change", workspace), change)
    begins = Workspace(keep_events_months=12).keeps_events_from(timezone.now())
    box = f"remove_before_{begins:%Y_%m}"
    assert asked.status_code == 422
    assert f"Remove all raw events from before {begins:%-d %B %Y} for good" in asked.content.decode()
    assert f'name="{box}"' in asked.content.decode()
    other = browser.post(url("settings:change", workspace), {**change, "keep_events_months": "2", box: "on"})
    assert other.status_code == 422  # that box spoke of another month
    assert entries(workspace) == []
    assert browser.post(url("settings:change", workspace), {**change, box: "on"}).status_code == 302
    workspace.refresh_from_db()
    assert workspace.keep_events_months == 12
    with scope(workspace):
        entry = Entry.objects.get()
    assert (entry.details["before"]["keep_events_months"], entry.details["after"]["keep_events_months"]) == (None, 12)
    assert "12 months" in client_for(ben).get(url("settings:show", workspace)).content.decode()
    longer = {**SETTINGS, "keep_events_months": "24"}
    assert browser.post(url("settings:change", workspace), longer).status_code == 302
    workspace.refresh_from_db()
    assert workspace.keep_events_months == 24


def test_what_was_removed_stays_so_whatever_is_saved_later(workspace, ana, client_for):
    stale = Workspace.objects.get(pk=workspace.pk)
    begins = datetime(2020, 1, 1, tzinfo=UTC)
    Workspace.objects.filter(pk=workspace.pk).update(log_begins_at=begins)
    stale.save()
    workspace.refresh_from_db()
    assert workspace.log_begins_at == begins
    assert "1 January 2020 are no longer kept" in client_for(ana).get(url("settings:show", workspace)).content.decode()


def test_the_audit_page_says_what_was_done_in_words_and_keeps_whole_documents_to_itself(workspace, ana, client_for):
    with scope(workspace):
        Entry.record(by=ana, action="ladder.scheduled", target=workspace, publish_at="2026-03-02T12:00:00+00:00")
        Entry.record(by=ana, action="strange.happened", target=workspace, document={"long": "x" * 300}, n=7)
        Entry.record(by=ana, action="review.changes", target=workspace, answer="<b>Less</b>")
    page = " ".join(client_for(ana).get(url("audit:entries", workspace)).content.decode().split())
    assert "planned to publish <b>Acme</b> on 2 Mar 2026, 12:00" in page
    assert "strange happened: <b>Acme</b>" in page
    assert "<dt>n</dt><dd>7</dd>" in page
    assert "xxx" not in page
    assert "asked for changes in <b>Acme</b>: &lt;b&gt;Less&lt;/b&gt;" in page


def test_a_key_is_shown_once_and_only_its_hash_is_kept(workspace, ana, client_for):
    browser = client_for(ana)
    response = browser.post(url("keys:issue", workspace), {"name": "Web site", "kind": "write"})
    key = workspace.keys.get()
    token = response.context["token"]
    assert token in response.content.decode()
    assert (key.digest, key.kind) == (digest(token), "write")
    assert token not in browser.get(url("keys:keys", workspace)).content.decode()
    assert ApiKey.find(token, "write") == key
    assert ApiKey.find(token, "secret") is None
    assert entries(workspace) == [(ana.user.email, "key.issued")]


def test_a_revoked_key_is_refused_at_once_and_revoking_twice_leaves_one_entry(workspace, ana, client_for):
    key, token = ApiKey.issue(workspace, kind="write", name="old")
    browser = client_for(ana)
    for _ in range(2):
        assert browser.post(url("keys:revoke", workspace, pk=key.pk)).status_code == 302
    assert ApiKey.find(token) is None
    body = {"userId": "dora", "event": "Looked"}
    sent = browser.post(
        "/v1/track", body, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
    )
    assert sent.status_code == 401
    assert [action for _, action in entries(workspace)] == ["key.revoked"]


def test_another_workspaces_key_cannot_be_revoked(workspace, other_workspace, ana, client_for):
    key, token = ApiKey.issue(other_workspace, kind="write", name="theirs")
    assert client_for(ana).post(url("keys:revoke", workspace, pk=key.pk)).status_code == 404
    assert ApiKey.find(token) == key


def test_the_audit_page_shows_this_workspaces_entries_only(workspace, other_workspace, ana, cyd, client_for):
    with scope(workspace):
        Entry.record(by=ana, action="thing.changed", target=workspace)
    with scope(other_workspace):
        Entry.record(by=cyd, action="secret.changed", target=other_workspace)
    page = client_for(ana).get(url("audit:entries", workspace)).content.decode()
    assert ana.user.email in page
    assert cyd.user.email not in page


def test_names_with_markup_are_shown_as_text(workspace, ana, client_for):
    Workspace.objects.filter(pk=workspace.pk).update(name="<script>alert(1)</script>")
    page = client_for(ana).get(url("settings:show", workspace)).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_changes_need_the_csrf_token(workspace, ana):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ana.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.post(url("keys:issue", workspace), {"name": "x", "kind": "write"}).status_code == 403


def test_logging_in_and_out(workspace, ana, client):
    from tests.conftest import PASSWORD

    assert client.post("/accounts/login/", {"login": ana.user.email, "password": "wrong"}).status_code == 200
    response = client.post("/accounts/login/", {"login": ana.user.email.upper(), "password": PASSWORD})
    assert response.status_code == 302
    assert client.get("/", follow=True).redirect_chain[0][0] == f"/w/{workspace.slug}/adoption/"
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get(url("dashboards:adoption", workspace)).status_code == 302


def test_a_member_of_several_workspaces_chooses_among_theirs(
    workspace, other_workspace, ana, cyd, make_workspace, client_for
):
    from workspaces.tenants.access import Level

    initech = make_workspace("Initech")
    initech.join(ana.user, Level.COACH)
    page = client_for(ana).get("/", follow=True)
    assert page.redirect_chain[0][0] == "/workspaces/"
    text = page.content.decode()
    assert f"/w/{workspace.slug}/" in text
    assert f"/w/{initech.slug}/" in text
    assert other_workspace.slug not in text


def test_a_key_says_when_it_was_last_used(workspace, client):
    key, token = ApiKey.issue(workspace, kind="write", name="site")
    body = {"userId": "dora", "event": "Looked"}
    for _ in range(2):
        client.post("/v1/track", body, content_type="application/json", headers={"Authorization": f"Bearer {token}"})
    key.refresh_from_db()
    assert key.last_used_at is not None
