"""The adoption page in a real browser: cards that come after it, charts to point at, and a page in every state."""

import json
import os
import random
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from analytics.cubes.fold import fold
from milestones.ladders.exchange import import_ladder
from milestones.ladders.specs import published_specs
from milestones.ladders.yaml_text import load
from onboarding.progress.cells import cells_of
from onboarding.progress.models import CubeDelta
from tests.analytics.climbs import journey
from tests.analytics.conftest import LADDER
from tests.browser.test_charts import DRAWN, READ
from tests.browser.test_pages import AXE, problems
from workspaces.scope import scope

DAY = timedelta(days=1)
FAILED = "Failed to load resource"


def adoption(world, query=""):
    return f"/w/{world.workspace.slug}/adoption/{query}"


@pytest.fixture
def open_page(tab, gallery):
    def opened(**options):
        page = tab(gallery.owner, **options)
        page.goto(adoption(gallery))
        page.wait_for_function(DRAWN)
        return page

    return opened


def test_cards_come_after_the_page(open_page):
    page = open_page()
    expect(page.locator("#section-stuck h2")).to_be_visible()
    expect(page.locator("[data-section]")).to_have_count(0)
    expect(page.locator(".toast")).to_have_count(0)


def test_a_card_that_cannot_be_fetched_says_so_in_its_place_and_can_be_tried_again(tab, gallery):
    page = tab(gallery.owner, expect=(FAILED, "500"))
    page.route("**/adoption/sections/stuck/**", lambda route: route.fulfill(status=500, body="no"))
    page.goto(adoption(gallery))
    place = page.locator("[data-section]", has_text="Who is stuck")
    expect(place).to_contain_text("This could not be loaded.")
    expect(page.locator(".toast")).to_have_count(0)
    page.unroute("**/adoption/sections/stuck/**")
    place.get_by_role("link", name="Try again").click()
    expect(page.locator("#section-stuck")).to_be_visible()


def test_without_scripts_each_card_is_a_page_of_its_own(tab, gallery):
    page = tab(gallery.owner, java_script_enabled=False)
    page.goto(adoption(gallery))
    page.get_by_role("link", name="Open who is stuck").click()
    expect(page.locator("h1")).to_have_text("Who is stuck")
    expect(page.locator("#section-stuck")).to_be_visible()


def test_a_chart_says_its_exact_values_where_it_is_pointed_at(open_page):
    page = open_page()
    probe = page.locator(".picture", has=page.locator("[aria-label^='Funnel']")).locator(".chart-probe")
    probe.scroll_into_view_if_needed()
    box = probe.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 20)
    tip = page.locator(".chart-tip")
    expect(tip).to_contain_text("100.0%")
    first = tip.inner_text()
    page.mouse.move(box["x"] + 60, box["y"] + box["height"] * 0.6)
    expect(tip).not_to_have_text(first)
    page.mouse.move(5, 5)
    expect(tip).to_have_count(0)


def test_arrow_keys_walk_over_a_chart_and_each_value_is_said(open_page):
    page = open_page(reduced_motion="reduce")
    cohorts = page.locator(".picture", has=page.locator("[aria-label^='Table of activation']")).locator(".chart-probe")
    cohorts.focus()
    page.keyboard.press("ArrowRight")
    said = [cohorts.get_attribute("aria-valuetext")]
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "Home", "End"):
        page.keyboard.press(key)
        said.append(cohorts.get_attribute("aria-valuetext"))
    weeks = [re.search(r"week of ([\w ]+):", text)[1] for text in said]
    assert weeks[0] == weeks[1] != weeks[2] == weeks[3]
    assert said[0] != said[1]
    expect(page.locator(".chart-tip")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".chart-tip")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 360])
def test_what_is_marked_lies_on_what_is_drawn(open_page, width):
    """The dots of the curve's layer against the line that Vega drew."""
    page = open_page(viewport={"width": width, "height": 900})
    probe = page.locator(".chart-probe").first
    probe.focus()
    for _ in range(25):
        page.keyboard.press("ArrowRight")
    off = page.evaluate("""() => {
      const dot = document.querySelector(".chart-probe circle").getBoundingClientRect();
      const [x, y] = [dot.left + dot.width / 2, dot.top + dot.height / 2];
      const chart = [...document.querySelectorAll(".picture .chart")].find((one) => one.getClientRects().length);
      const lines = [...chart.querySelectorAll("path")].filter((path) => getComputedStyle(path).fill === "none");
      return Math.min(...lines.flatMap((path) => {
        const all = path.getTotalLength();
        return Array.from({length: 2000}, (_, i) => {
          const at = path.getPointAtLength((all * i) / 1999);
          const on = new DOMPoint(at.x, at.y).matrixTransform(path.getScreenCTM());
          return Math.hypot(on.x - x, on.y - y);
        });
      }));
    }""")
    assert off < 2.5


def test_a_picture_stays_when_its_layer_cannot_be_loaded(tab, gallery):
    page = tab(gallery.owner, expect=(FAILED,))
    page.route("**/js/live*.js", lambda route: route.abort())
    page.goto(adoption(gallery))
    page.wait_for_function(DRAWN)
    assert page.locator(".chart-probe").count() == 0


def test_a_question_is_asked_saved_and_opened_again(tab, world):
    page = tab(world.owner)
    page.goto(adoption(world))
    page.locator(".days > summary").click()
    page.get_by_label("Watched for, in days").fill("7")
    page.get_by_role("button", name="Show these days").click()
    expect(page.locator(".days > summary")).to_contain_text("within 7 days")
    page.locator(".views-menu > summary").click()
    page.get_by_role("link", name="Save this view").click()
    page.get_by_label("Name").fill("First week")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="First week").click()
    expect(page.locator(".days > summary")).to_contain_text("within 7 days")


@pytest.mark.parametrize(
    "path",
    [
        "compare/",
        "compare/?a_in=plan:pro&b_in=plan:free",
        "definitions/",
        "stuck/",
        "views/?period=30",
        "sections/stuck/",
    ],
)
def test_the_pages_beside_it_are_accessible_and_fit_every_screen(tab, gallery, path):
    page = tab(gallery.owner, expect=(FAILED,))
    page.goto(adoption(gallery, path))
    page.evaluate(AXE)
    assert problems(page) == []
    assert page.locator("h1").count() == 1


# The six states


def crowd(version, people, *, days, until, pace_days=5.0, passing=0.9, seed=1, begun_days_ago=0.0):
    rng = random.Random(seed)
    for number in range(people):
        start = until - rng.uniform(begun_days_ago, days) * DAY
        after, reached = timedelta(), {}
        for rung in version.rungs:
            after += rng.expovariate(3 / pace_days) * DAY
            if rng.random() > passing or start + after > until:
                break
            reached[rung.key] = after
        yield journey(start, reached, on=version, person=number, segment={"plan": rng.choice(["free", "pro"])})


STATES = {
    "empty": ({}, "Nobody has begun yet"),
    "one person": ({"people": 1, "days": 20}, "One person has begun"),
    "immature": ({"people": 60, "days": 3, "passing": 0.0}, "It is too early to tell"),
    "normal": ({"people": 400, "days": 150, "begun_days_ago": 0.1}, "Half of the people reach first value within"),
    "huge": ({"people": 300, "days": 80, "times": 2_000}, "Half of the people reach first value within"),
    "null": ({"people": 600, "days": 180, "halves": True}, "Half of the people reach first value within"),
}


@pytest.fixture
def in_state(workspace, ana):
    def made(*, people=0, times=1, halves=False, **made_of):
        now = timezone.now()
        with scope(workspace):
            ladder = import_ladder(load(LADDER.read_text()), by=ana).ladder
            ladder.publish(by=ana, at=now - 200 * DAY)
            if halves:  # a second version that changes nothing
                again = import_ladder(
                    load(LADDER.read_text().replace("Data first.", "Data before all.")), by=ana
                ).ladder
                again.publish(by=ana, at=now - 45 * DAY)
            versions = published_specs()
            climbs = []
            if people:
                climbs = list(
                    crowd(versions[-1], people, until=now, **({**made_of, "days": 45} if halves else made_of))
                )
            if halves:
                climbs += list(crowd(versions[0], people, until=now, seed=2, begun_days_ago=45, days=made_of["days"]))
            CubeDelta.objects.bulk_create(
                CubeDelta(**{**cell._asdict(), "segment": json.loads(cell.segment), "n": times})
                for one in climbs
                for cell in cells_of(one, workspace.zone)
            )
        fold(workspace)
        return workspace

    return made


@pytest.fixture
def pictures():
    """Pictures to look at, in the folder that FIRSTMILE_PICTURES names; without it, none."""

    def taken(page, name):
        if not (folder := os.environ.get("FIRSTMILE_PICTURES")):
            return
        views = {"light": ("light", 1280), "dark": ("dark", 1280), "narrow": ("light", 360)}
        for view, (theme, width) in views.items():
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(400)
            page.screenshot(path=f"{folder}/{name}-{view}.png", full_page=True)
        page.set_viewport_size({"width": 900, "height": 1200})
        page.emulate_media(media="print", color_scheme="dark")
        page.screenshot(path=f"{folder}/{name}-print.png", full_page=True)

    return taken


@pytest.mark.parametrize("state", STATES)
def test_the_page_is_whole_in_every_state(tab, in_state, ana, state, pictures):
    made_of, headline = STATES[state]
    workspace = in_state(**made_of)
    page = tab(ana)
    page.goto(f"/w/{workspace.slug}/adoption/")
    expect(page.locator("h1")).to_contain_text(headline)
    expect(page.locator("[data-section]")).to_have_count(0)
    page.wait_for_function("() => !document.querySelector('.chart:not(.narrow)[data-chart]')")
    page.evaluate(AXE)
    assert problems(page) == []
    text = page.locator("main").inner_text()
    if state in ("empty", "one person", "immature"):
        told = page.locator("h1, h2, .lede, .kpi, .medians").all_inner_texts()  # not the axis of a chart
        assert not [one for one in told if re.search(r"\b0(\.0)?%", one)]
    if state == "null":
        # How many begin is planted, how they fare is not.
        notes = ".kpi:not([aria-label='People who began']) .kpi-note"
        claimed = page.locator(f"h1, .boards:not(.sections) h2, {notes}").all_inner_texts()
        assert not [one for one in claimed if re.search("sooner|later|faster|slower|slowly|fastest|more|fewer", one)]
    if state == "huge":
        assert "600,000" in text
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": 1280, "height": 900})
        assert [said for ratio, said in page.evaluate(READ) if ratio < 4.5] == []
    pictures(page, f"adoption-{state}")
