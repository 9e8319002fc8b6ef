"""Keeping raw events for less long: the settings ask once more, naming what would go."""

import re

from playwright.sync_api import expect

from tests.browser.test_pages import AXE, EVERYTHING, FIND


def test_removing_events_is_confirmed_by_a_box_that_names_the_month(tab, ana, world):
    page = tab(ana, expect=("422",))
    page.goto(f"/w/{world.workspace.slug}/settings/")
    page.get_by_label("Months for which raw events are kept").fill("12")
    page.keyboard.press("Enter")
    box = page.get_by_label(re.compile(r"Remove all raw events from before 1 \w+ \d{4} for good"))
    expect(box).to_have_accessible_description(re.compile("This cannot be undone"))
    page.evaluate(AXE)
    assert page.evaluate(FIND, EVERYTHING) == []
    box.check()
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("Settings saved.")).to_be_visible()
    world.workspace.refresh_from_db()
    assert world.workspace.keep_events_months == 12
    world.workspace.keep_events_months = None
    world.workspace.save(update_fields=["keep_events_months"])
