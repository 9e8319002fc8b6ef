"""A coach rules on a step in front of a browser, while its climber looks at their checklist in another."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import AXE, problems
from workspaces.tenants.access import Level

WHY = "They invited me in our call."


@pytest.fixture
def kim(workspace, make_member):
    return make_member(workspace, "kim", Level.COACH)


def row(page, name):
    return page.locator(".steps tbody tr").filter(has=page.get_by_role("rowheader", name=name))


def step(page, name):
    return page.locator(".step").filter(has=page.get_by_text(name, exact=True))


def test_a_step_completed_by_hand_ticks_in_the_climbers_window_and_undo_takes_it_back(tab, world, kim):
    theirs = tab()
    theirs.goto(world.checklist("pia"))
    expect(step(theirs, "Invite a teammate")).to_have_attribute("data-state", "open")

    page = tab(kim, expect=("422",))
    page.goto(world.page_of("pia"))
    page.get_by_role("link", name="Complete by hand… Invite a teammate").click()
    form = page.get_by_role("form", name="Complete by hand: Invite a teammate")
    expect(form.get_by_label("Why?")).to_be_focused()
    form.get_by_role("button", name="Complete by hand").click()
    expect(form.get_by_text("Say why: whoever reads the numbers will want to know.")).to_be_visible()
    expect(form.get_by_label("Why?")).to_be_focused()
    form.get_by_label("Why?").fill(WHY)
    form.get_by_role("button", name="Complete by hand").click()

    expect(row(page, "Invite a teammate")).to_contain_text(f"By hand, by Kim because “{WHY}”")
    expect(page.get_by_role("link", name="Revoke… Invite a teammate")).to_be_focused()
    expect(form).to_have_count(0)
    toast = page.locator(".toast").filter(has_text="“Invite a teammate” is completed by hand.")
    expect(toast).to_be_visible()
    for window in (theirs, page):
        expect(step(window, "Invite a teammate")).to_have_attribute("data-state", "done", timeout=10_000)
    expect(theirs.get_by_text("3 of 7 done", exact=False).first).to_be_visible()

    toast.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_have_count(1)
    expect(page.locator(".toast")).to_contain_text("Withdrawn.")
    expect(row(page, "Invite a teammate").locator(".badge")).to_have_text("Open")
    expect(row(page, "Invite a teammate")).to_contain_text("Withdrawn by Kim")
    expect(step(theirs, "Invite a teammate")).to_have_attribute("data-state", "open", timeout=10_000)


def test_a_step_is_revoked_by_keyboard_and_cancelling_leads_back(tab, world, kim):
    page = tab(kim)
    page.goto(world.page_of("pia"))
    link = page.get_by_role("link", name="Revoke… Connect a data source")
    link.focus()
    page.keyboard.press("Enter")
    form = page.get_by_role("form", name="Revoke Connect a data source")
    expect(form.get_by_label("Why?")).to_be_focused()
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Cancel
    expect(form).to_have_count(0)
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(form.get_by_label("Why?")).to_be_focused()
    page.keyboard.type("It was a test account.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(row(page, "Connect a data source")).to_contain_text("Revoked by Kim because “It was a test account.”")
    expect(page.get_by_role("link", name="Complete by hand… Connect a data source")).to_be_focused()
    expect(page.locator(".toast")).to_contain_text("“Connect a data source” was revoked.")


def test_the_form_and_the_history_are_accessible_and_fit_every_screen(tab, world, kim):
    page = tab(kim)
    page.goto(world.page_of("rosa"))
    page.get_by_role("link", name="Revoke… Build your first report").click()
    page.get_by_label("Why?").fill("It was somebody else's report, which they had opened to look at.")
    page.get_by_role("button", name="Revoke").click()
    page.get_by_text("1 ruling", exact=True).click()
    expect(page.get_by_role("button", name="Revoked, Build your first report")).to_be_visible()
    expect(page.locator("#checklist")).to_contain_text("5 of 7 done")  # it had finished and ceased to ask
    page.get_by_role("link", name="Complete by hand… Build your first report").click()
    expect(page.get_by_label("Why?")).to_be_focused()
    expect(page.locator("#id_grant_reason")).to_be_attached()  # a form beside it, by which to grant a feature
    assert page.evaluate("[...document.querySelectorAll('[id]')].map((found) => found.id).length") == page.evaluate(
        "new Set([...document.querySelectorAll('[id]')].map((found) => found.id)).size"
    )
    page.evaluate(AXE)
    assert problems(page) == []


def test_without_scripts_the_form_is_a_page_of_its_own(tab, world, kim):
    page = tab(kim, java_script_enabled=False)
    page.goto(world.page_of("pia"))
    page.get_by_role("link", name="Complete by hand… Invite a teammate").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Complete “Invite a teammate” by hand")
    page.get_by_label("Why?").fill(WHY)
    page.get_by_role("button", name="Complete by hand").click()
    expect(row(page, "Invite a teammate")).to_contain_text("By hand, by Kim")
