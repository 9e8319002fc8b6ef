"""The checklist in front of an end user: it keeps itself up to date, politely."""

from playwright.sync_api import expect

HIDE = """
Object.defineProperty(document, "visibilityState", {get: () => window.shown === false ? "hidden" : "visible"});
"""


def polls(page) -> list[int]:
    statuses: list[int] = []
    page.on("response", lambda response: statuses.append(response.status) if "/steps/" in response.url else None)
    return statuses


def step(page, name):
    return page.locator(".step").filter(has=page.get_by_text(name, exact=True))


def test_it_shows_five_steps_with_one_open_and_one_button(tab, world):
    page = tab()
    page.goto(world.checklist("pia"))
    expect(page.get_by_text("2 of 7 done · about 13 minutes left")).to_be_visible()
    bar = page.get_by_role("progressbar", name="Get set up")
    expect(bar).to_have_attribute("aria-valuetext", "2 of 7 steps done")
    expect(page.locator(".step")).to_have_count(5)
    expect(page.locator(".step details[open]")).to_have_count(1)
    expect(page.locator(".step-action:visible")).to_have_count(1)
    expect(page.get_by_role("link", name="Invite someone")).to_have_attribute(
        "href", "https://app.example.com/team?invite=1"
    )
    locked = step(page, "Share it")
    locked.locator("summary").click()
    expect(locked).to_contain_text("Opens after “Build your first report”.")
    expect(locked).to_contain_text("Switches on Scheduled reports")
    expect(page.locator(".step details[open]")).to_have_count(1)


def test_all_steps_can_be_shown_and_stay_shown_while_it_polls(tab, world):
    page = tab()
    statuses = polls(page)
    page.goto(world.checklist("pia"))
    page.get_by_role("link", name="Show all 7 steps").click()
    expect(page.locator(".step")).to_have_count(7)
    seen = len(statuses)
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').filter((r) => r.name.includes('/steps/')).length >= 4"
    )
    expect(page.locator(".step")).to_have_count(7)
    assert set(statuses[seen:]) == {304}
    page.get_by_role("link", name="Show fewer").click()
    expect(page.locator(".step")).to_have_count(5)


def test_a_step_is_put_aside_with_a_reason_and_brought_back(tab, world):
    page = tab()
    page.goto(world.checklist("pia"))
    step(page, "Invite a teammate").get_by_text("Skip", exact=True).click()
    page.get_by_role("group", name="Why skip it?").get_by_role("button", name="Not relevant for me").click()
    expect(step(page, "Build your first report").locator("details[name]")).to_have_attribute("open", "")
    expect(step(page, "Invite a teammate").get_by_text("Set aside")).to_be_visible()
    expect(step(page, "Invite a teammate").locator("summary").first).to_be_focused()
    expect(page.locator("details[open]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_text("You set this step aside as not relevant for you.")).to_be_visible()
    step(page, "Invite a teammate").get_by_role("button", name="Bring it back").click()
    expect(step(page, "Invite a teammate").locator("details[name]")).to_have_attribute("open", "")
    expect(step(page, "Invite a teammate").get_by_role("link", name="Invite someone")).to_be_visible()


def test_it_is_put_away_with_a_reason_and_brought_back_by_keyboard(tab, world):
    page = tab()
    page.goto(world.checklist("pia"))
    page.get_by_text("Hide this checklist").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Not now")).to_be_hidden()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your checklist is put away")).to_be_visible()
    expect(page.get_by_role("button", name="Bring it back")).to_be_focused()
    page.reload()
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_role("heading", name="Get set up")).to_be_visible()
    expect(step(page, "Invite a teammate").locator("details[name]")).to_have_attribute("open", "")


def test_news_come_while_a_question_stands_open(tab, world):
    page = tab()
    page.goto(world.checklist("pia"))
    page.get_by_text("Hide this checklist").click()
    world.send("pia", "Member Invited")
    expect(step(page, "Invite a teammate")).to_have_attribute("data-state", "done", timeout=3000)
    expect(step(page, "Build your first report").locator("details[name]")).to_have_attribute("open", "")


def test_a_completed_step_ticks_announces_itself_and_opens_the_next(tab, world):
    page = tab()
    statuses = polls(page)
    page.goto(world.checklist("pia"))
    page.get_by_role("link", name="Invite someone").focus()
    world.send("pia", "Member Invited")
    expect(step(page, "Invite a teammate")).to_have_attribute("data-state", "done", timeout=3000)
    expect(page.get_by_text("3 of 7 done · about 11 minutes left", exact=True)).to_be_visible()
    expect(page.locator("#checklist-news")).to_have_text("Done: Invite a teammate. 3 of 7 done · about 11 minutes left")
    expect(page.locator(".step details[open]")).to_have_count(1)
    expect(step(page, "Build your first report").locator("details[name]")).to_have_attribute("open", "")
    expect(step(page, "Invite a teammate").locator("summary")).to_be_focused()
    assert statuses.count(200) == 1


def test_what_the_reader_opened_stays_open_while_it_polls(tab, world):
    page = tab()
    page.goto(world.checklist("pia"))
    step(page, "Set an alert").locator("summary").first.click()
    world.send("pia", "Export Automated")  # out of sight: the summary changes, the reader's place does not
    expect(page.get_by_text("3 of 7 done", exact=False).first).to_be_visible(timeout=3000)
    expect(step(page, "Set an alert").locator("details[name]")).to_have_attribute("open", "")


def test_the_last_step_finishes_the_checklist_and_ends_the_polling(tab, world):
    page = tab()
    page.clock.install()
    statuses = polls(page)
    page.goto(world.checklist("sven"))
    for event in ("Report Shared", "Alert Set", "Export Automated"):
        world.send("sven", event)
    expect(page.get_by_text("All 7 done", exact=True)).to_be_visible(timeout=3000)
    expect(page.get_by_text("Your team reads a shared report every Monday")).to_be_visible()
    before = len(statuses)
    page.clock.run_for(10_000)
    page.wait_for_timeout(300)
    assert len(statuses) == before


def test_nothing_is_asked_while_the_page_is_hidden(tab, world):
    page = tab()
    page.add_init_script(HIDE)
    page.clock.install()
    statuses = polls(page)
    page.goto(world.checklist("pia"))
    with page.expect_response(lambda response: "/steps/" in response.url):
        page.clock.fast_forward(1500)
    page.evaluate("window.shown = false; document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(300)  # what was under way
    before = len(statuses)
    page.clock.run_for(10_000)
    page.wait_for_timeout(300)
    assert len(statuses) == before
    with page.expect_response(lambda response: "/steps/" in response.url, timeout=500):
        page.evaluate("window.shown = true; document.dispatchEvent(new Event('visibilitychange'))")


def test_with_reduced_motion_nothing_moves(tab, world):
    page = tab(reduced_motion="reduce")
    page.goto(world.checklist("pia"))
    page.evaluate("document.querySelector('.step').classList.add('just-done')")
    assert page.evaluate("document.getAnimations().length") == 0
    page.emulate_media(reduced_motion="no-preference")
    longest = page.evaluate(
        "Math.max(...document.getAnimations().map((animation) => animation.effect.getComputedTiming().endTime))"
    )
    assert 0 < longest <= 600


def test_without_connection_it_says_so_and_recovers(tab, world):
    page = tab(expect=("Failed to load resource", "htmx"))
    page.goto(world.checklist("pia"))
    page.context.set_offline(True)
    expect(page.get_by_text("No connection. What you see may be old")).to_be_visible(timeout=15000)
    page.context.set_offline(False)
    expect(page.get_by_text("No connection. What you see may be old")).to_be_hidden(timeout=15000)


def test_it_reads_without_scripts(tab, world):
    page = tab(java_script_enabled=False)
    page.goto(world.checklist("pia") + "?all=1")
    expect(page.locator(".step")).to_have_count(7)
    step(page, "Set an alert").locator("summary").first.click()
    expect(page.get_by_text("Be told when a number leaves its usual range.")).to_be_visible()
