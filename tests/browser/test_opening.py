"""A picture's parts open the people whom they count, and how it ends can be read, walked over and opened."""

import re

from django.utils import timezone
from playwright.sync_api import expect

from milestones.ladders.exchange import import_ladder
from milestones.ladders.yaml_text import load
from tests.analytics.dashboards.opening import populate
from tests.browser.test_charts import DRAWN
from tests.browser.test_pages import AXE, problems
from workspaces.scope import scope


def publish(workspace, text, *, at):
    with scope(workspace):
        return import_ladder(load(text), by=None).ladder.publish(by=None, at=at)


def test_parts_of_pictures_open_their_people(tab, workspace, ana):
    populate(workspace, publish, timezone.now(), people=120)
    page = tab(ana, viewport={"width": 360, "height": 900})
    adoption = f"/w/{workspace.slug}/adoption/?window=7&period=90"
    page.goto(adoption)
    for card in ("how-it-ends", "time-to-convert", "retention"):
        expect(page.locator(f"#section-{card} h2")).to_be_visible()
    page.wait_for_function(DRAWN)
    page.evaluate(AXE)
    assert problems(page) == []
    expect(page.locator("#section-how-it-ends")).to_contain_text("Nobody has left before first value")

    bands = page.locator("#section-how-it-ends .chart-probe")
    bands.focus()
    page.keyboard.press("End")
    said = bands.get_attribute("aria-valuetext")
    assert re.search(r"Reached first value: [\d.]+%. Left before: 0.0%. On the way: [\d.]+%", said)
    assert "press Enter to see the people" in said
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(re.compile("Without first value until day"))

    page.goto(adoption)
    page.wait_for_function(DRAWN)
    funnel = page.locator(".picture", has=page.locator("[aria-label^='Funnel']")).locator(".chart-probe")
    funnel.scroll_into_view_if_needed()
    box = funnel.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 20)
    count = re.search(r"([\d,]+) of", page.locator(".chart-tip").inner_text())[1]
    page.mouse.click(box["x"] + 60, box["y"] + 20)
    expect(page.locator(".page-head p")).to_contain_text(re.compile(rf"^\s*{count} people"))
