"""Installing the widget by its guide, choosing how it looks, and trying it out in the sandbox."""

import pytest
from playwright.sync_api import expect

from onboarding.widget.models import IdentitySecret, WidgetSettings
from tests.browser import host as hosts
from tests.browser.test_pages import AXE, problems
from tests.onboarding.installation.conftest import signed
from workspaces.scope import scope


@pytest.fixture
def widget(world) -> str:
    return f"/w/{world.workspace.slug}/widget/"


def state(page, step: str):
    return page.locator(f"#live [data-step={step}]")


def test_the_live_check_turns_green_as_a_product_installs_the_widget(tab, world, widget, site):
    guide = tab(world.owner)
    guide.goto(widget)
    expect(state(guide, "site")).to_have_attribute("data-state", "open")
    with hosts.serving(site) as product:
        guide.get_by_role("button", name="Make a key for the widget").click()
        key = guide.locator("#snippet").inner_text().split('data-key="')[1].split('"')[0]
        product.install(key)

        page = tab(expect=("Firstmile", "favicon", "403"))
        page.goto(f"{product.address}/home")
        page.evaluate("(firstmile ??= []).push(['identify', 'pia'])")
        line = guide.locator(".arrivals li").filter(has_text=product.address)
        expect(line).to_contain_text("was refused: this site is not allowed", timeout=10_000)

        line.get_by_role("button", name="Allow it").click()
        expect(guide.get_by_role("list", name="Allowed sites")).to_contain_text(product.address)
        page.reload()
        page.evaluate("(firstmile ??= []).push(['identify', 'pia'])")
        expect(page.locator("firstmile-widget button")).to_be_visible()
        for step in ("site", "page", "events"):
            expect(state(guide, step)).to_have_attribute("data-state", "done", timeout=10_000)
        expect(guide.locator(".arrivals")).to_contain_text("Pia was shown the checklist")
        expect(state(guide, "token")).to_have_attribute("data-state", "open")

        guide.get_by_role("button", name="Make an identity secret").click()
        secret = guide.locator("#new-secret").inner_text()
        expect(state(guide, "token")).to_have_attribute("data-state", "waiting")
        for lasts, then in ((-60, "trouble"), (600, "done")):
            page.reload()
            identify = "token => (firstmile ??= []).push(['identify', 'pia', {}, { token }])"
            page.evaluate(identify, signed(secret, "pia", lasts=lasts))
            expect(state(guide, "token")).to_have_attribute("data-state", then, timeout=10_000)
        expect(state(guide, "token")).to_contain_text("came with a good token just now")


def test_languages_are_tabs_for_the_keyboard_too(tab, world, widget):
    page = tab(world.owner)
    page.goto(widget)
    python, java = page.get_by_role("tab", name="Python"), page.get_by_role("tab", name="Java")
    expect(page.get_by_role("tabpanel")).to_have_count(1)
    python.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Node")).to_be_focused()
    expect(page.get_by_role("tabpanel")).to_contain_text("node:crypto")
    page.keyboard.press("End")
    expect(java).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(python).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tabpanel")).to_contain_text("HmacSHA256")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Code for Java")).to_be_focused()


def test_enforcing_is_asked_about_once_more_with_what_follows(tab, world, widget):
    with scope(world.workspace):
        IdentitySecret.make(by=world.owner)
    page = tab(world.owner)
    page.goto(widget)
    page.get_by_role("button", name="Let in signed users only…").click()
    dialog = page.get_by_role("dialog", name="Let in signed users only")
    expect(dialog).to_contain_text("Nobody has come with a token yet")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Let in signed users only…").click()
    dialog.get_by_role("button", name="Let in signed users only").click()
    expect(page.locator("#enforcement")).to_contain_text("Tokens are needed")
    page.get_by_role("button", name="Let in users without a token again").click()
    expect(page.locator("#enforcement")).to_contain_text("Tokens are not needed yet")


def test_a_colour_that_cannot_be_read_is_refused_with_an_offer_that_one_click_takes(tab, world, widget, site):
    page = tab(world.owner)
    page.goto(f"{widget}look/")
    preview = page.frame_locator("iframe[title='Preview on a light page']")
    expect(preview.locator(".step").first).to_be_visible()
    page.locator("#id_light_accent").fill("#ffd400")
    offer = page.get_by_role("button", name="the nearest that can be read")
    expect(offer).to_be_visible()
    expect(page.locator("#look-answer")).to_contain_text("1.43 : 1, and 3 : 1 is needed")
    page.evaluate(AXE)
    assert problems(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    offer.click()
    expect(page.locator("#look-answer")).to_contain_text("Everything can be read")
    chosen = page.locator("#id_light_accent").input_value()
    expect(page.locator("[data-picks=id_light_accent]")).to_have_value(chosen)
    action = preview.locator(".step-action").first
    accent = [int(chosen[at : at + 2], 16) for at in (1, 3, 5)]
    expect(action).to_have_css("background-color", f"rgb({accent[0]}, {accent[1]}, {accent[2]})")
    page.locator("#id_scheme").select_option("light")
    expect(page.get_by_role("group", name="On dark pages")).to_be_hidden()
    expect(page.locator("iframe[title='Preview on a dark page']")).to_have_count(0)
    page.get_by_role("button", name="Save the look").click()
    expect(page.locator("#toasts")).to_contain_text("Saved")
    with hosts.serving(site) as product:
        with scope(world.workspace):
            WidgetSettings.of(world.workspace).allow(product.address, by=None)
        product.install(world.write_key)
        theirs = tab(expect=("favicon",), color_scheme="dark")
        theirs.goto(f"{product.address}/home")
        theirs.evaluate("(firstmile ??= []).push(['identify', 'pia'])")
        pill = theirs.locator("firstmile-widget button")
        expect(pill).to_have_css("background-color", f"rgb({accent[0]}, {accent[1]}, {accent[2]})")
        pill.click()
        panel = theirs.frame_locator("firstmile-widget iframe").locator(".checklist")
        expect(panel).to_have_css("background-color", "rgb(255, 255, 255)")
    page.get_by_role("button", name="Undo the last change").click()
    expect(page.locator("#id_light_accent")).to_have_value("#3451c9")


def test_a_step_ticks_in_the_sandbox_when_its_event_is_sent(tab, worker, world, widget):
    page = tab(world.owner)
    page.goto(f"{widget}sandbox/")
    page.get_by_role("button", name="Somebody made up").click()
    host = page.frame_locator("#host")
    expect(host.get_by_role("heading", name="A page of your product")).to_be_visible()
    page.get_by_role("button", name="Begin").click()
    pill = host.locator("firstmile-widget button")
    expect(pill).to_have_text("0 of 7", timeout=20_000)
    pill.click()
    panel = host.frame_locator("firstmile-widget iframe")
    expect(panel.locator(".step").first).to_be_visible()
    page.get_by_role("button", name="Send “Workspace Created”").click()
    expect(pill).to_have_text("1 of 7", timeout=10_000)
    expect(panel.locator("[data-state=done]")).to_have_count(1)
    expect(page.locator("#tries [data-state=done]")).to_have_count(1, timeout=10_000)
    expect(host.locator("#said")).to_contain_text("Completed")
    panel.locator("a.step-action").first.click()
    expect(host.locator("#said")).to_contain_text("Your product would open")
    page.evaluate(AXE)
    assert problems(page) == []
