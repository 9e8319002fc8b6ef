"""Webhooks in a browser: a test is sent by a real worker, and the page says by itself what came of it."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import look
from tests.processes import celery_worker
from tests.workspaces.webhooks.receiver import receiver, status
from workspaces.scope import scope
from workspaces.webhooks import endpoints


@pytest.fixture
def add(workspace, ana):
    def add(url: str, **fields):
        with scope(workspace):
            return endpoints.add(url=url, by=ana, **fields)

    return add


def test_a_webhook_is_added_and_its_secret_copied(tab, workspace, ana):
    page = tab(ana)
    page.goto(f"/w/{workspace.slug}/settings/webhooks/")
    page.get_by_role("textbox", name="Address").fill("https://hooks.example.com/a/long/path/" + "x" * 300)
    page.get_by_label("feature.unlocked").check()
    page.get_by_role("button", name="Add the webhook").click()
    secret = page.locator("#new-secret")
    assert secret.inner_text().startswith("whsec_")
    page.get_by_role("link", name="Go on to a test").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("https://hooks.example.com/")
    assert page.locator("#new-secret").count() == 0
    assert look(page, page.url) == []


def test_the_log_shows_by_itself_what_became_of_a_test(tab, workspace, ana, add, monkeypatch):
    monkeypatch.setenv("FIRSTMILE_WEBHOOK_ALLOW_PRIVATE", "1")
    with receiver(status(500, b"<b>No</b>"), status(200)) as there, celery_worker():
        endpoint, secret = add(there.url, description="CRM")
        page = tab(ana)
        page.goto(f"/w/{workspace.slug}/settings/webhooks/{endpoint.pk}/")
        page.get_by_role("button", name="Send a test").click()
        log = page.locator("#log")
        expect(log).to_contain_text("It answered 500 Internal Server Error.", timeout=15_000)
        expect(log.get_by_text("Failing")).to_be_visible()
        page.get_by_role("link", name="test.ping").click()
        page.get_by_role("button", name="Send again").click()
        expect(log.locator("tbody").get_by_text("Delivered")).to_be_visible(timeout=15_000)
        expect(log.get_by_text("Enabled")).to_be_visible()
    assert there.requests[-1].verified(secret)["type"] == "test.ping"
    assert len(set(there.ids())) == 1
    assert look(page, page.url) == []
    page.get_by_role("link", name="test.ping").click()
    assert look(page, page.url) == []


def test_a_webhook_that_disabled_itself_is_accessible_too(tab, workspace, ana, add):
    endpoint, _ = add("https://hooks.example.com/")
    with scope(workspace):
        endpoints.disable(endpoint, by=None, reason=endpoint.Disabled.FAILING)
    page = tab(ana)
    assert look(page, f"/w/{workspace.slug}/settings/webhooks/") == []
    assert look(page, f"/w/{workspace.slug}/settings/webhooks/{endpoint.pk}/") == []
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("dialog", name="Remove the webhook")).to_be_visible()
    page.get_by_role("button", name="Remove it").click()
    expect(page.locator("body")).to_contain_text("is removed")
