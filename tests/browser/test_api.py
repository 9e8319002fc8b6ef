"""A key is made on its page and tried in the reference, which keeps to the Content-Security-Policy."""

from playwright.sync_api import expect

from tests.browser.test_pages import look


def test_a_key_is_made_and_tried_in_the_reference(tab, workspace, ana):
    page = tab(ana)
    page.goto(f"/w/{workspace.slug}/settings/keys/")
    page.get_by_label("Name").fill("Warehouse")
    page.get_by_label("Kind").select_option("secret")
    page.get_by_label("A secret key may").select_option("some")
    page.get_by_text("Choose what it may do").click()
    page.get_by_label("settings: read").check()
    page.get_by_role("button", name="Make a key").click()
    token = page.locator("#new-token").inner_text()
    assert token.startswith("fm_secret_")
    assert look(page, f"/w/{workspace.slug}/settings/keys/") == []

    page.goto("/api/")
    page.get_by_placeholder("Filter by tag or path").fill("workspace")
    expect(page.locator(".opblock-tag[data-tag=ladders]")).to_have_count(0, timeout=30_000)
    page.get_by_role("button", name="Authorize").click()
    page.get_by_label("auth-bearer-value").fill(token)
    page.get_by_role("button", name="Apply credentials").click()
    page.locator(".modal-ux .btn-done").click()
    read = page.locator("#operations-workspace-workspace_read")
    read.locator(".opblock-summary-control").click()
    read.get_by_role("button", name="Try it out").click()
    read.get_by_role("button", name="Execute").click()
    expect(read.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    expect(read.locator(".live-responses-table")).to_contain_text(workspace.slug)
