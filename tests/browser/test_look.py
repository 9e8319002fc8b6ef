"""A workspace's look reaches every page that shows a checklist, and can be read on each."""

import pytest
from playwright.sync_api import expect

from onboarding.widget.models import WidgetSettings
from onboarding.widget.theme import Palette, Theme
from tests.browser.test_pages import AXE, CONTRAST, EVERYTHING, FIND
from workspaces.scope import scope

GREEN = Theme(
    light=Palette("#0b6b3a", "#fffdf5", "#1d2a22"),
    dark=Palette("#7fe0a8", "#10201a", "#eaf5ee"),
    radius=20,
    font="serif",
)
SURFACES = {"light": "rgb(255, 253, 245)", "dark": "rgb(16, 32, 26)"}


def wear(world, theme: Theme) -> None:
    with scope(world.workspace):
        settings = WidgetSettings.of(world.workspace)
        settings.theme = theme.kept()
        settings.save()


def found_in(document, rules=EVERYTHING) -> list[str]:
    """What axe finds in a page or a frame, which is no page by itself and has no heading of the first level."""
    document.evaluate(AXE)
    return [found for found in document.evaluate(FIND, rules) if not found.startswith("page-has-heading-one")]


@pytest.mark.parametrize("theme", [Theme(), GREEN], ids=["own", "green"])
def test_axe_finds_nothing_inside_of_the_previews_of_a_look(theme, tab, world):
    wear(world, theme)
    page = tab(world.owner, expect=("Applying inline style",))  # by axe, which the frame's policy holds back from it
    page.goto(f"/w/{world.workspace.slug}/widget/look/")
    for shown in ("light", "dark"):
        expect(page.frame_locator(f"iframe[title='Preview on a {shown} page']").locator(".step").first).to_be_visible()
        document = next(frame for frame in page.frames if f"shown={shown}" in frame.url)
        assert found_in(document) == [], shown


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("user", ["quinn", "pia", "rosa"])
def test_the_page_behind_a_link_wears_it(user, scheme, tab, world):
    wear(world, GREEN)
    page = tab(color_scheme=scheme)
    page.goto(world.checklist(user))
    expect(page.locator(".checklist")).to_have_css("background-color", SURFACES[scheme])
    expect(page.locator(".checklist")).to_have_css("border-top-left-radius", "20px")
    assert found_in(page) == []
    page.locator(".checklist-why summary").click()
    if user == "pia":
        page.locator(".step-why summary").first.click()
    assert found_in(page, CONTRAST) == []
    page.locator(".checklist-why button").first.click()
    expect(page.get_by_text("Your checklist is put away")).to_be_visible()
    assert found_in(page) == []


def test_a_look_that_is_always_light_is_so_on_a_dark_device(tab, world):
    wear(world, Theme(light=GREEN.light, scheme="light"))
    page = tab(color_scheme="dark")
    page.goto(world.checklist("pia"))
    expect(page.locator(".checklist")).to_have_css("background-color", SURFACES["light"])
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    assert found_in(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_composers_preview_and_a_persons_page_wear_it(scheme, tab, world):
    wear(world, GREEN)
    page = tab(world.owner, color_scheme=scheme)
    for path in (f"/w/{world.workspace.slug}/ladders/get-set-up/", world.page_of("pia")):
        page.goto(path)
        expect(page.locator(".checklist .step").first).to_be_visible()
        expect(page.locator(".checklist")).to_have_css("background-color", SURFACES[scheme])
        assert found_in(page, CONTRAST) == []


def test_on_a_persons_page_a_member_sees_what_was_put_aside_and_cannot_change_it(tab, world):
    reader = tab()
    reader.goto(world.checklist("pia"))
    reader.locator(".step-why summary").first.click()
    reader.get_by_role("button", name="Not relevant for me").first.click()
    expect(reader.locator(".step.skipped")).to_have_count(1)
    reader.get_by_text("Hide this checklist").click()
    reader.get_by_role("button", name="Not now").click()
    expect(reader.get_by_text("Your checklist is put away")).to_be_visible()
    page = tab(world.owner)
    page.goto(world.page_of("pia"))
    expect(page.get_by_text("They put their checklist away.")).to_be_visible()
    aside = page.locator(".checklist .step.skipped")
    expect(aside).to_contain_text("Set aside")
    aside.locator("summary").click()
    expect(aside).to_contain_text("You set this step aside as not relevant for you.")
    with page.expect_response(lambda response: "/steps/" in response.url and response.status == 200):
        world.send("pia", "Alert Set")
    expect(page.locator(".checklist .step.skipped")).to_have_count(1)
    expect(page.locator(".checklist button, .checklist form")).to_have_count(0)
