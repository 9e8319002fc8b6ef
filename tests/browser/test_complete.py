"""Names complete from what has been seen: an ARIA combobox, by keyboard and pointer, also in what came by a swap."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import AXE, problems


@pytest.fixture
def editing(tab, world):
    """The page of a milestone whose criterion asks for one event, with its event's input."""
    page = tab(world.owner)
    page.goto(f"/w/{world.workspace.slug}/library/share-report/edit/")
    field = page.locator("input[data-complete=events]").first
    expect(field).to_have_attribute("role", "combobox")
    return page, field


def test_a_late_answer_does_not_keep_what_was_typed_meanwhile_from_being_asked(editing):
    page, field = editing
    page.evaluate("""() => {
      const ask = fetch;
      window.fetch = (url, options) => new Promise((done) => setTimeout(done, 60)).then(() => ask(url, options));
    }""")
    field.click()
    field.fill("report")
    expect(options(page)).to_have_count(2)


def options(page):
    return page.get_by_role("listbox", name="Seen so far").get_by_role("option")


def test_a_click_shows_what_was_seen_with_counts_and_typing_narrows_it(editing):
    page, field = editing
    field.click()
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(options(page).first).to_contain_text(re.compile(r"Signed Up.*4 times · last .* ago", re.DOTALL))
    field.fill("report")
    expect(options(page)).to_have_count(2)
    assert set(options(page).locator(".complete-name").all_inner_texts()) == {"Report Built", "Report Shared"}
    page.evaluate(AXE)
    assert problems(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    options(page).filter(has_text="Report Built").click()
    expect(field).to_have_value("Report Built")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(options(page)).to_have_count(0)


def test_by_keyboard_alone(editing):
    page, field = editing
    field.focus()
    field.fill("")
    page.keyboard.press("ArrowDown")
    expect(options(page).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    first = options(page).first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", first.get_attribute("id"))
    page.keyboard.press("ArrowUp")
    expect(options(page).last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Home")
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("End")
    expect(options(page).last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(options(page)).to_have_count(0)
    expect(field).to_have_value("")
    assert field.get_attribute("aria-activedescendant") is None
    page.keyboard.type("alert")
    expect(options(page)).to_have_count(1)
    page.keyboard.press("ArrowDown")
    address = page.url
    page.keyboard.press("Enter")
    expect(field).to_have_value("Alert Set")
    assert page.url == address  # choosing is not sending the form


def test_choosing_tells_the_page_that_the_input_changed(editing):
    page, field = editing
    page.evaluate("""
      window.heard = [];
      for (const name of ["input", "change"]) {
        document.addEventListener(name, (event) => window.heard.push(`${name} ${event.target.value}`));
      }
    """)
    field.fill("alert")
    options(page).first.click()
    assert page.evaluate("window.heard")[-2:] == ["input Alert Set", "change Alert Set"]
    expect(options(page)).to_have_count(0)


def test_an_event_that_never_came_is_said_at_its_input_and_no_longer_once_it_is_mended(editing):
    page, field = editing
    note = page.get_by_text("Never seen yet: check the spelling, or send it once.")
    expect(note).to_have_count(0)
    field.fill("Report Shred")
    field.blur()
    expect(note).to_be_visible()
    expect(field).to_have_accessible_description("Never seen yet: check the spelling, or send it once.")
    page.evaluate(AXE)
    assert problems(page) == []
    field.fill("Report Shared")
    field.blur()
    expect(note).to_have_count(0)


def test_inputs_that_are_swapped_in_later_complete_too_by_the_event_beside_them(editing, world):
    page, field = editing
    world.send("pia", "Report Shared")
    page.get_by_role("button", name=re.compile("Where a property|And another property")).first.click()
    path = page.locator("input[data-complete=properties]").first
    expect(path).to_have_attribute("role", "combobox")
    path.click()
    expect(options(page)).to_have_count(0)  # its events have no properties
    expect(field).to_have_attribute("role", "combobox")


def test_without_an_answer_it_is_a_plain_input(tab, world):
    page = tab(world.owner, expect=("Failed to load resource",))
    page.route("**/seen/**", lambda route: route.abort())
    page.goto(f"/w/{world.workspace.slug}/library/share-report/edit/")
    field = page.locator("input[data-complete=events]").first
    field.fill("Anything")
    field.blur()
    expect(field).to_have_value("Anything")
    expect(page.locator(".complete-unseen")).to_have_count(0)


def test_names_stay_within_a_narrow_screen(editing):
    page, field = editing
    page.set_viewport_size({"width": 360, "height": 640})
    field.click()
    box = page.get_by_role("listbox").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
