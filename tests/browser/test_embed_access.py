"""The widget for everybody: keyboard, screen readers, motion, colours, small screens."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.host import frame, pill, step, until
from tests.browser.test_pages import CONTRAST, EVERYTHING, FIND
from tests.tiers import EXHAUSTIVE
from workspaces.tenants.languages import LANGUAGES

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()


def inner(page):
    return next(one for one in page.frames if "/widget/v1/frame" in one.url)


def problems(page, rules=EVERYTHING) -> list[str]:
    """What axe-core finds in the frame. That the page has no heading in it is the product's affair."""
    document = inner(page)
    if not document.evaluate("'axe' in window"):
        document.evaluate(AXE)
    return [found for found in document.evaluate(FIND, rules) if not found.startswith("page-has-heading-one")]


def opened(page) -> None:
    pill(page).click()
    expect(frame(page).locator("#panel")).to_be_focused()


STATES = {"fresh": "quinn", "on the way": "pia", "finished": "rosa"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_state(scheme, visit, product, world):
    rules = EVERYTHING if scheme == "light" or EXHAUSTIVE else CONTRAST  # the schemes differ only in colours
    product.install(world.write_key, scheme=scheme)
    for name, user in STATES.items():
        page = visit(user)
        opened(page)
        assert problems(page, rules) == [], name
        more = frame(page).locator("#checklist-more")
        if more.count():
            more.click()
            expect(frame(page).locator(".step")).to_have_count(7)
        frame(page).locator("details[name]").evaluate_all(
            "all => { for (const one of all) { one.removeAttribute('name'); one.open = true; } }"
        )
        assert problems(page, CONTRAST) == [], f"{name}, every step open"
        frame(page).locator(".checklist-why summary").click()
        assert problems(page, rules) == [], f"{name}, asked why"
        frame(page).locator(".checklist-why button").first.click()
        expect(frame(page).get_by_text("Your checklist is put away")).to_be_visible()
        assert problems(page, rules) == [], f"{name}, put away"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_launcher(scheme, visit, product, world):
    product.install(world.write_key, scheme=scheme)
    page = visit("pia")
    expect(pill(page)).to_be_visible()
    product.csp = ""
    page.evaluate(AXE)
    assert page.evaluate(FIND, EVERYTHING) == []


def test_it_is_used_by_keyboard_alone_and_gives_the_focus_back(visit):
    page = visit("pia")
    expect(pill(page)).to_be_visible()
    page.get_by_role("button", name="Theirs").focus()
    page.keyboard.press("Tab")
    expect(pill(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(frame(page).locator("#panel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("firstmile-widget iframe")).to_be_hidden()
    expect(pill(page)).to_be_focused()
    expect(pill(page)).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(frame(page).locator("#panel")).to_be_focused()
    page.keyboard.press("Tab")  # past the button that closes, which stands before the checklist
    expect(step(page, "Connect a data source").locator("summary").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(step(page, "Connect a data source").locator("details").first).to_have_attribute("open", "")
    expect(frame(page).locator("details[name][open]")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(frame(page).get_by_role("link", name="Invite someone")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(frame(page).get_by_role("button", name="I’ll do it later")).to_be_focused()
    page.keyboard.press("Escape")  # closes the question first
    expect(frame(page).get_by_role("button", name="I’ll do it later")).to_be_hidden()
    expect(page.locator("firstmile-widget iframe")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("firstmile-widget iframe")).to_be_hidden()


def test_opened_by_the_page_it_gives_the_focus_back_to_the_page(visit):
    page = visit("pia")
    expect(pill(page)).to_be_visible()
    theirs = page.get_by_role("button", name="Theirs")
    theirs.focus()
    page.evaluate("firstmile.open()")
    expect(frame(page).locator("#panel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(theirs).to_be_focused()


def test_what_is_done_is_said_politely_and_the_focus_stays(visit, world):
    page = visit("pia")
    opened(page)
    news = frame(page).locator("#checklist-news")
    expect(news).to_have_attribute("role", "status")
    expect(news).to_have_text("")
    frame(page).get_by_role("link", name="Invite someone").focus()
    world.await_sight("pia")
    world.send("pia", "Export Automated")
    expect(news).to_contain_text("Done: Automate an export.", timeout=3000)
    expect(frame(page).get_by_role("link", name="Invite someone")).to_be_focused()
    world.send("pia", "Member Invited")
    expect(news).to_contain_text("Done: Invite a teammate.", timeout=3000)
    expect(step(page, "Invite a teammate").locator("summary").first).to_be_focused()


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_it_celebrates_for_at_most_600_ms_and_not_at_all_with_reduced_motion(motion, visit, world):
    page = visit("pia", reduced_motion=motion)
    opened(page)
    inner(page).evaluate(
        """() => {
            window.longest = 0;
            const look = () => {
                for (const { effect } of document.getAnimations()) {
                    window.longest = Math.max(longest, effect.getComputedTiming().endTime);
                }
            };
            for (const begun of ["animationstart", "transitionrun"]) document.addEventListener(begun, look);
            setInterval(look, 20);
        }"""
    )
    world.await_sight("pia")
    world.send("pia", "Member Invited")
    expect(step(page, "Invite a teammate")).to_have_attribute("data-state", "done", timeout=3000)
    page.wait_for_timeout(700)
    longest = inner(page).evaluate("longest")
    assert longest == 0 if motion == "reduce" else 0 < longest <= 600
    expect(frame(page).locator(".just-done")).to_have_count(0)


def test_what_was_done_while_it_was_closed_is_celebrated_when_it_opens(visit, world):
    page = visit("pia")
    expect(pill(page)).to_have_text("2 of 7")
    world.await_sight("pia")
    world.send("pia", "Member Invited")
    page.evaluate("firstmile.update()")
    expect(pill(page)).to_have_text("3 of 7")
    opened(page)
    expect(frame(page).locator("#checklist-news")).to_contain_text("Done: Invite a teammate.")


def test_on_a_small_screen_it_is_a_sheet_that_fits(visit, world):
    page = visit("pia", viewport={"width": 360, "height": 640})
    pill(page).click()
    expect(frame(page).locator("#panel")).to_be_focused()
    box = page.locator("firstmile-widget iframe").bounding_box()
    assert (box["x"], box["width"]) == (0, 360)
    assert box["height"] <= 640 * 0.85 + 1
    document = inner(page)
    assert document.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    frame(page).get_by_role("button", name="Close").click()
    expect(page.locator("firstmile-widget iframe")).to_be_hidden()


def test_at_200_percent_it_is_usable(visit):
    page = visit("pia", viewport={"width": 640, "height": 450})
    opened(page)
    box = page.locator("firstmile-widget iframe").bounding_box()
    assert box["y"] >= 0
    assert box["x"] >= 0
    last = frame(page).get_by_text("Hide this checklist")
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()


def test_targets_are_large_enough(visit):
    page = visit("pia")
    opened(page)
    frame(page).get_by_text("Skip", exact=True).first.click()
    for target in frame(page).locator("button:visible, summary:visible, a:visible").all():
        box = target.bounding_box()
        assert box["height"] >= 24, target.inner_text()
        assert box["width"] >= 24, target.inner_text()


def test_hidden_nothing_is_asked_and_closed_little(visit, site):
    page = visit("pia")
    page.add_init_script(
        "const get = () => window.shown === false ? 'hidden' : 'visible';"
        "Object.defineProperty(document, 'visibilityState', {get});"
    )
    page.clock.install()
    page.reload()
    until(page, "window.firstmile?.loaded")
    page.evaluate("firstmile.identify('pia')")
    expect(pill(page)).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/steps" in request.url else None)
    page.clock.run_for(2500)
    page.wait_for_timeout(200)
    assert asked == []  # closed: every quarter of a minute at most
    opened(page)
    page.wait_for_timeout(2500)
    assert 2 <= len(asked) <= 5
    inner(page).evaluate("window.shown = false; document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(300)
    before = len(asked)
    page.wait_for_timeout(2200)
    assert len(asked) == before
    inner(page).evaluate("window.shown = true; document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(500)
    assert len(asked) > before


def test_the_scheme_follows_the_page(visit, product, world):
    page = visit("pia", color_scheme="dark")  # the product knows only light
    opened(page)
    assert inner(page).evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    product.install(world.write_key, scheme="auto")
    page = visit("pia", color_scheme="dark")
    opened(page)
    assert inner(page).evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(24, 25, 28)"
    product.install(world.write_key)
    product.scripts += '<meta name="color-scheme" content="light dark">'
    page = visit("pia", color_scheme="dark")
    opened(page)
    assert inner(page).evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(24, 25, 28)"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_axe_finds_nothing_in_any_language_and_nothing_runs_over(tag, visit, product, world):
    world.workspace.languages = [other for other in LANGUAGES if other != "en"]
    world.workspace.save()
    product.install(world.write_key, lang=tag)
    page = visit("pia", viewport={"width": 360, "height": 740})
    opened(page)
    document = inner(page)
    direction = LANGUAGES[tag].direction
    assert document.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [tag, direction]
    for summary in ("details[name][open] .step-why summary", ".checklist-why summary"):
        frame(page).locator(summary).click()
    assert problems(page) == []
    assert document.evaluate("document.documentElement.scrollWidth <= innerWidth")
    close, panel = frame(page).locator("#close").bounding_box(), frame(page).locator("#panel").bounding_box()
    assert (close["x"] < panel["width"] / 2) == (direction == "rtl")
    world.send("pia", "Member Invited")
    expect(frame(page).locator("#checklist-news")).to_contain_text("Invite a teammate", timeout=3000)
