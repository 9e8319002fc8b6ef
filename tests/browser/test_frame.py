"""The frame around every page: keyboard, small screens, theme, messages."""

from playwright.sync_api import expect


def test_the_first_tab_stop_skips_to_the_content(tab, ana, world):
    page = tab(ana)
    page.goto(f"/w/{world.workspace.slug}/people/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_on_a_small_screen_the_navigation_opens_and_closes_by_keyboard(tab, ana, world):
    page = tab(ana)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/w/{world.workspace.slug}/people/")
    menu = page.get_by_role("button", name="Menu")
    people = page.get_by_role("navigation", name="Main").get_by_role("link", name="People")
    expect(people).to_be_hidden()
    expect(menu).to_have_attribute("aria-expanded", "false")
    menu.focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("aria-expanded", "true")
    expect(people).to_be_visible()
    expect(people).to_have_attribute("aria-current", "page")
    page.keyboard.press("Escape")
    expect(people).to_be_hidden()
    expect(menu).to_be_focused()


def test_a_menu_closes_on_escape_and_gives_the_focus_back(tab, ana, world):
    page = tab(ana)
    page.goto(f"/w/{world.workspace.slug}/people/")
    summary = page.locator("details.whoami > summary")
    summary.click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    page.get_by_role("link", name="Your account").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Log out")).to_be_hidden()
    expect(summary).to_be_focused()


def test_the_chosen_theme_is_remembered_on_the_next_page(tab, ana, world):
    page = tab(ana, color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    page.goto(f"/w/{world.workspace.slug}/people/")
    light = page.evaluate(ground)
    page.locator("details.whoami > summary").click()
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.goto(f"/w/{world.workspace.slug}/ladders/")
    assert page.evaluate(ground) == dark
    page.locator("details.whoami > summary").click()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="As on this device").click()
    assert page.evaluate(ground) == light


def test_paper_is_light_and_without_navigation_whatever_the_theme(tab, gallery):
    page = tab(gallery.owner, color_scheme="dark")
    page.goto(f"/w/{gallery.workspace.slug}/people/")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) != "rgb(255, 255, 255)"
    page.emulate_media(media="print")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    expect(page.locator(".side")).to_be_hidden()
    expect(page.get_by_role("heading", name="People")).to_be_visible()


def test_a_failed_request_is_told_in_a_toast_and_never_swapped_in(tab, ana, world):
    page = tab(ana, expect=("500", "htmx"))
    page.route("**/steps/**", lambda route: route.fulfill(status=500, body="<h1>Traceback</h1>"))
    page.goto(world.page_of("pia"))
    page.get_by_role("link", name="Show all 7 steps").click()
    expect(page.locator("#toasts")).to_contain_text("nothing was changed")
    expect(page.get_by_text("Traceback")).to_have_count(0)
    expect(page.get_by_role("heading", name="Get set up")).to_be_visible()
    page.locator("#toasts").get_by_role("button", name="Close").click()
    expect(page.locator("#toasts .toast")).to_have_count(0)


def test_saved_settings_say_so(tab, ana, world):
    page = tab(ana)
    page.goto(f"/w/{world.workspace.slug}/settings/")
    page.get_by_label("Name").fill("Acme Analytics")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_role("status").filter(has_text="Settings saved")).to_be_visible()
    expect(page.locator(".switcher")).to_contain_text("Acme Analytics")


def test_log_out_ends_the_session(tab, ana, world):
    page = tab(ana)
    page.goto(f"/w/{world.workspace.slug}/people/")
    page.locator("details.whoami > summary").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.goto(f"/w/{world.workspace.slug}/people/")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
