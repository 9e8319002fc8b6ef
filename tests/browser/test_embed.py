"""The widget in a customer's product: a page of another origin that allows what the documentation asks for, no more."""

import re

from playwright.sync_api import expect

from onboarding.intake.models import LoggedEvent
from onboarding.people.models import Person
from onboarding.widget.models import WidgetEvent
from tests.browser.host import frame, pill, step, until
from tests.processes import wait_until
from workspaces.scope import scope


def said(workspace) -> list[tuple[str, str]]:
    with scope(workspace):
        return list(WidgetEvent.objects.order_by("pk").values_list("kind", "rung_key"))


def test_an_anonymous_visitor_costs_one_request(visit, site):
    page = visit()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    until(page, "window.firstmile?.loaded")
    page.wait_for_timeout(700)
    assert [url for url in asked if url.startswith(site)] == [f"{site}/sdk/v1.js"]
    expect(page.locator("firstmile-widget")).to_have_count(0)


def test_before_it_is_opened_it_costs_two_requests_and_covers_nothing(visit, site, world):
    page = visit()
    asked = []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    page.evaluate("firstmile.identify('pia')")
    expect(pill(page)).to_be_visible()
    expect(pill(page)).to_have_text("2 of 7")
    expect(pill(page)).to_have_accessible_name("Get set up: 2 of 7 done")
    expect(pill(page)).to_have_attribute("aria-expanded", "false")
    expect(page.locator("firstmile-widget iframe")).to_be_hidden()
    page.wait_for_timeout(1500)
    ours = [one for one in asked if one[1].startswith(site)]
    assert ours[0] == ("POST", f"{site}/widget/v1/frame")  # and the loader before
    assert ours[1:] == [("POST", f"{site}/widget/v1/acts")]  # that it was in sight, which nothing waits for
    box = pill(page).bounding_box()
    assert box["width"] >= 44
    assert box["height"] >= 44
    assert page.evaluate("history.length") <= 2
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_it_opens_completes_by_an_event_celebrates_and_says_what_comes_next(visit, world):
    page = visit("pia")
    page.evaluate(
        "window.heard = []; for (const name of ['ready', 'opened', 'closed', 'completed', 'finished'])"
        " firstmile.on(name, (detail) => heard.push([name, detail.step ?? detail.done ?? null]));"
        "undefined"  # Playwright would call a function that comes out
    )
    pill(page).click()
    expect(pill(page)).to_have_attribute("aria-expanded", "true")
    expect(frame(page).get_by_text("2 of 7 done · about 13 minutes left")).to_be_visible()
    bar = frame(page).get_by_role("progressbar", name="Get set up")
    expect(bar).to_have_attribute("aria-valuetext", "2 of 7 steps done")
    expect(frame(page).locator(".step")).to_have_count(5)
    expect(frame(page).locator(".step-action:visible")).to_have_count(1)
    expect(frame(page).get_by_text("In a quarter of an hour your team sees its first report.")).to_be_visible()
    world.await_sight("pia")
    world.send("pia", "Member Invited")
    expect(step(page, "Invite a teammate")).to_have_attribute("data-state", "done", timeout=2000)
    expect(frame(page).locator("#checklist-news")).to_have_text(
        "Done: Invite a teammate. 3 of 7 done · about 11 minutes left Next: Build your first report."
    )
    expect(step(page, "Build your first report").locator("details").first).to_have_attribute("open", "")
    expect(pill(page)).to_have_text("3 of 7")
    for event in ("Report Built", "Report Shared", "Alert Set", "Export Automated"):
        world.send("pia", event)
    expect(frame(page).get_by_text("All 7 done", exact=True)).to_be_visible(timeout=2500)
    expect(frame(page).get_by_text("Your team reads a shared report every Monday")).to_be_visible()
    until(page, "heard.some(([name]) => name === 'finished')")
    heard = page.evaluate("heard")
    assert ["opened", None] in heard
    assert ["completed", "invite-teammate"] in heard
    assert ["finished", None] in heard
    page.wait_for_timeout(300)
    kinds = said(world.workspace)
    assert ("step_completed", "invite-teammate") in kinds
    assert kinds.count(("completed", "")) == 1
    assert {"seen", "opened"} <= {kind for kind, _ in kinds}


def test_an_event_of_the_page_arrives_and_ticks_its_step(visit, world, worker):
    page = visit("pia")
    page.evaluate("firstmile.track('Member Invited', {role: 'editor'})")
    expect(pill(page)).to_have_text("3 of 7", timeout=5000)
    with scope(world.workspace):
        event = LoggedEvent.objects.get(event="Member Invited", sender="u:pia")
    assert event.properties == {"role": "editor"}
    assert event.message_id.startswith("web-")


def test_events_arrive_however_large_they_are_together_and_one_too_large_by_itself_holds_none_back(
    visit, world, worker
):
    page = visit("pia")
    page.evaluate(
        "() => { firstmile.track('Huge', {text: 'x'.repeat(70000)});"
        " for (let n = 0; n < 40; n += 1) firstmile.track('Large', {n, text: 'é'.repeat(10000)}); }"
    )

    def arrived() -> int:
        with scope(world.workspace):
            return LoggedEvent.objects.filter(sender="u:pia", event="Large").count()

    wait_until(lambda: arrived() == 40, seconds=20, what="not every event had arrived")


def test_traits_and_accounts_of_the_page_arrive_also_from_before_the_log_in(visit, world, worker):
    page = visit()
    page.evaluate("firstmile.track('Pricing Seen'); firstmile.group('initech', {name: 'Initech'})")
    page.evaluate("firstmile.identify('uma', {name: 'Uma', plan: 'team', odd: undefined, own: () => 1})")
    page.wait_for_timeout(1500)
    with scope(world.workspace):
        kinds = sorted(LoggedEvent.objects.filter(sender="u:uma").values_list("type", "event"))
        person = Person.objects.get(external_id="uma")
    assert ("track", "Pricing Seen") in kinds
    assert ("group", "") in kinds
    assert person.name == "Uma"
    assert person.traits["plan"] == "team"


def test_a_step_s_button_leads_somewhere_in_the_page_unless_the_page_goes_itself(visit, product, world):
    page = visit("pia")
    page.evaluate(
        "window.gone = []; window.off = firstmile.on('navigate', (event) => {"
        " gone.push([event.url, event.path, event.step]); event.preventDefault(); });"
        "undefined"  # Playwright would call a function that comes out
    )
    pill(page).click()
    frame(page).get_by_role("link", name="Invite someone").click()
    until(page, "gone.length === 1")
    assert page.evaluate("gone[0]") == ["https://app.example.com/team?invite=1", "", "invite-teammate"]
    step(page, "Set an alert").locator("summary").first.click()
    frame(page).get_by_role("link", name="Set an alert").click()
    until(page, "gone.length === 2")
    assert page.evaluate("gone[1]") == [f"{product.address}/alerts/new", "/alerts/new", "set-alert"]
    assert page.url == f"{product.address}/home"
    page.evaluate("off()")
    frame(page).get_by_role("link", name="Set an alert").click()
    page.wait_for_url(f"{product.address}/alerts/new")
    clicked = ("step_clicked", "set-alert")
    wait_until(lambda: clicked in said(world.workspace), seconds=5, what="the click is not noted")


def test_only_web_addresses_are_followed_whatever_the_frame_says(visit, product):
    page = visit("pia")
    expect(pill(page)).to_be_visible()
    inner = next(one for one in page.frames if one != page.main_frame)
    follow = """(url) => {
        const link = document.querySelector("a.step-action");
        link.setAttribute("href", url);
        link.click();
    }"""
    for url in ("javascript:alert(1)", " java\nscript:alert(1)", "data:text/html,x", "file:///etc/passwd", "blob:x"):
        inner.evaluate(follow, url)
    page.wait_for_timeout(300)
    assert page.url == f"{product.address}/home"


def test_a_step_is_skipped_with_a_reason_and_brought_back(visit, world):
    page = visit("pia")
    pill(page).click()
    step(page, "Invite a teammate").get_by_text("Skip", exact=True).click()
    frame(page).get_by_role("button", name="Not relevant for me").click()
    expect(step(page, "Build your first report").locator("details").first).to_have_attribute("open", "")
    expect(step(page, "Build your first report").locator("summary").first).to_be_focused()
    expect(pill(page)).to_have_text("2 of 7")
    page.reload()
    until(page, "window.firstmile?.loaded")
    page.evaluate("firstmile.identify('pia')")
    pill(page).click()
    skipped = step(page, "Invite a teammate")
    skipped.locator("summary").first.click()
    expect(skipped).to_contain_text("You set this step aside as not relevant for you.")
    skipped.get_by_role("button", name="Bring it back").click()
    expect(step(page, "Invite a teammate").get_by_role("link", name="Invite someone")).to_be_visible()
    page.wait_for_timeout(200)
    assert [kind for kind, _ in said(world.workspace) if "skip" in kind] == ["skipped", "unskipped"]


def test_it_is_put_away_stays_away_and_comes_back_when_asked(visit, world):
    page = visit("pia")
    pill(page).click()
    frame(page).get_by_text("Hide this checklist").click()
    frame(page).get_by_role("button", name="I know my way already").click()
    expect(frame(page).get_by_text("Your checklist is put away")).to_be_visible()
    expect(pill(page)).to_be_hidden()
    frame(page).get_by_role("button", name="Close").click()
    expect(page.locator("firstmile-widget iframe")).to_be_hidden()
    page.reload()
    until(page, "window.firstmile?.loaded")
    page.evaluate("firstmile.on('ready', () => { window.there = true }); firstmile.identify('pia')")
    until(page, "window.there")
    expect(pill(page)).to_be_hidden()
    page.evaluate("firstmile.open()")
    frame(page).get_by_role("button", name="Bring it back").click()
    expect(frame(page).get_by_text("2 of 7 done · about 13 minutes left")).to_be_visible()
    expect(pill(page)).to_be_visible()


def test_somebody_logs_out_and_somebody_else_in(visit, world):
    page = visit("pia")
    expect(pill(page)).to_have_text("2 of 7")
    page.evaluate("firstmile.reset()")
    expect(page.locator("firstmile-widget")).to_have_count(0)
    page.evaluate("firstmile.identify('sven')")
    expect(pill(page)).to_have_text("4 of 7")
    page.evaluate("firstmile.identify('quinn')")  # without logging out in between
    expect(pill(page)).to_have_text("0 of 7")
    expect(page.locator("firstmile-widget")).to_have_count(1)


def test_the_same_user_again_changes_nothing(visit, site):
    page = visit("pia")
    expect(pill(page)).to_be_visible()
    documents = []
    page.on("request", lambda request: documents.append(request.url) if request.url.endswith("/frame") else None)
    for _ in range(3):
        page.evaluate("firstmile.identify('pia')")
    page.wait_for_timeout(300)
    assert documents == []


def test_it_stands_in_the_text_of_the_page_where_that_has_a_place_for_it(visit, product, world):
    product.install(world.write_key, mount="#place")
    page = visit("pia")
    expect(frame(page).get_by_text("2 of 7 done · about 13 minutes left")).to_be_visible()
    expect(pill(page)).to_be_hidden()
    expect(page.locator("#place firstmile-widget iframe")).to_be_visible()
    expect(frame(page).get_by_role("button", name="Close")).to_have_count(0)
    world.send("pia", "Member Invited")
    expect(step(page, "Invite a teammate")).to_have_attribute("data-state", "done", timeout=2500)
    assert page.locator("#place iframe").bounding_box()["height"] > 300


def test_calls_from_before_the_script_came_are_heard(visit, product, world, tab):
    page = tab()
    page.add_init_script(
        "window.firstmile = []; for (const name of ['identify', 'open', 'on'])"
        " firstmile[name] = (...values) => firstmile.push([name, ...values]);"
        "firstmile.on('ready', () => { window.wasReady = true }); firstmile.identify('pia'); firstmile.open();"
    )
    page.goto(product.address + "/home")
    expect(frame(page).get_by_text("2 of 7 done · about 13 minutes left")).to_be_visible()
    assert page.evaluate("window.wasReady")


def test_a_page_that_was_built_anew_gets_it_back_by_update(visit):
    page = visit("pia")
    expect(pill(page)).to_be_visible()
    page.evaluate("document.body.replaceChildren(document.createElement('main'))")
    expect(page.locator("firstmile-widget")).to_have_count(0)
    page.evaluate("firstmile.update()")
    expect(pill(page)).to_have_text("2 of 7")


def test_features_that_are_on_are_told_and_those_that_come_later(visit, world):
    page = visit()
    page.evaluate(
        "window.on = []; firstmile.on('unlocked', ({feature, fresh}) => on.push([feature, fresh]));"
        "firstmile.identify('pia')"
    )
    until(page, "on.length === 1")
    assert page.evaluate("on") == [["live-sync", False]]
    assert page.evaluate("[firstmile.unlocked('live-sync'), firstmile.unlocked('scheduled-reports')]") == [True, False]
    pill(page).click()
    world.send("pia", "Report Built")
    world.send("pia", "Report Shared")
    until(page, "on.length === 2")
    assert page.evaluate("on[1]") == ["scheduled-reports", True]
    assert page.evaluate("firstmile.unlocked('scheduled-reports')")


def test_two_tabs_of_one_person_say_the_same(visit, world):
    one, two = visit("pia"), visit("pia")
    for page in (one, two):
        pill(page).click()
        expect(frame(page).get_by_text("2 of 7 done", exact=False).first).to_be_visible()
    world.send("pia", "Member Invited")
    for page in (one, two):
        expect(step(page, "Invite a teammate")).to_have_attribute("data-state", "done", timeout=2500)
    two.wait_for_timeout(300)
    assert said(world.workspace).count(("step_completed", "invite-teammate")) == 1


def test_a_mistake_in_the_pages_own_listener_is_the_pages_and_stops_nothing_else(visit):
    page = visit()
    page.evaluate(
        "() => { addEventListener('error', (event) => { mistakes.push(event.message); event.preventDefault(); });"
        " window.mistakes = []; firstmile.on('ready', () => { throw new Error('theirs'); });"
        " firstmile.on('ready', () => { window.heard = true; }); firstmile.identify('pia'); }"
    )
    expect(pill(page)).to_have_text("2 of 7")
    mistakes = page.evaluate("mistakes")
    assert mistakes == ["Uncaught Error: theirs"]
    assert page.evaluate("window.heard")


def test_nothing_that_goes_wrong_is_thrown_into_the_page(visit):
    page = visit(expect=("Firstmile: identify: the user's id is missing", "Firstmile: track: Converting circular"))
    assert (
        page.evaluate(
            "(() => { const round = {}; round.round = round; firstmile.identify(); firstmile.track('x', round);"
            " firstmile.close(); firstmile.open(); firstmile.update(); firstmile.reset(); return 'still here'; })()"
        )
        == "still here"
    )
    assert re.match(r"http://localhost", page.url)
