"""The composer in a real browser: by mouse, by keyboard alone, by two people at once, and over a bad connection."""

import re

import pytest
from playwright.sync_api import expect

from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder
from tests.browser.test_pages import AXE, EVERYTHING, FIND, problems
from workspaces.scope import scope
from workspaces.tenants.access import Level

REFUSED = ("the server responded with a status of 422", "the server responded with a status of 409")
EVIL = "</textarea></script><img src=x onerror=alert(1)>\"'{{ x }}"


@pytest.fixture
def compose(tab, ana, world):
    """Open the composer of the ladder as Ana, or as this member; further words open a rung."""

    def open_page(member=None, path="", expect=(), **options):
        page = tab(member or ana, expect=(*REFUSED, *expect), **options)
        page.goto(f"/w/{world.workspace.slug}/ladders/get-set-up/{path}")
        return page

    return open_page


@pytest.fixture
def eve(workspace, make_member):
    return make_member(workspace, "eve", Level.EDITOR)


def document(world):
    with scope(world.workspace):
        return Ladder.objects.get(key="get-set-up").newest.document


def says(world, key):
    return next(r for r in document(world)["rungs"] if r["milestone"]["key"] == key)


def order(page):
    return [row.get_attribute("data-rung") for row in page.locator("[data-rung]").all()]


def saved(page):
    expect(page.locator("#save-state")).to_have_text("Saved")


def test_a_rung_opens_in_place_and_what_is_typed_saves_itself(compose, world):
    page = compose()
    page.get_by_role("button", name="Invite a teammate", exact=True).click()
    cue = page.get_by_label("Why it matters")
    cue.fill("Two see more than one.")
    saved(page)
    expect(page.locator("#bar")).to_contain_text("Draft of version 2")
    assert says(world, "invite-teammate")["milestone"]["cue"] == "Two see more than one."
    expect(page.locator("#preview")).to_contain_text("Two see more than one.")
    page.get_by_label("What the user reads").fill("Bring a colleague")
    expect(page.get_by_role("button", name="Bring a colleague", exact=True)).to_be_visible()
    expect(page.get_by_label("What the user reads")).to_be_focused()
    page.reload()
    expect(page.get_by_label("Why it matters")).to_have_value("Two see more than one.")


def test_one_rung_is_open_at_a_time_and_closes_on_its_name(compose):
    page = compose()
    page.get_by_role("button", name="Invite a teammate", exact=True).click()
    expect(page.locator("form[data-autosave]")).to_have_count(1)
    page.get_by_role("button", name="Share it", exact=True).click()
    expect(page.get_by_label("What the user reads")).to_have_value("Share it")
    expect(page.locator("form[data-autosave]")).to_have_count(1)
    page.get_by_role("button", name="Share it", exact=True).click()
    expect(page.locator("form[data-autosave]")).to_have_count(0)


def test_what_was_typed_right_before_another_rung_opens_is_saved(compose, world):
    page = compose()
    page.get_by_role("button", name="Invite a teammate", exact=True).click()
    page.get_by_label("Why it matters").fill("At the last moment.")
    page.get_by_role("button", name="Share it", exact=True).click()
    expect(page.get_by_label("What the user reads")).to_have_value("Share it")
    saved(page)
    assert says(world, "invite-teammate")["milestone"]["cue"] == "At the last moment."


def test_an_error_stands_at_its_field_until_it_is_mended(compose, world):
    page = compose(path="?open=invite-teammate")
    link = page.get_by_label("Opens", exact=False).and_(page.locator("[name=action_url]"))
    link.fill("javascript:alert(1)")
    expect(page.locator("#error-invite-teammate-action_url")).to_contain_text("begins with https://")
    expect(page.locator("#save-state")).to_have_text("Not saved: see the field")
    expect(link).to_have_value("javascript:alert(1)")
    link.fill("/team")
    saved(page)
    expect(page.locator("#error-invite-teammate-action_url")).to_be_empty()
    assert says(world, "invite-teammate")["milestone"]["action_url"] == "/team"


def test_rungs_move_by_button_and_the_move_is_announced(compose, world):
    page = compose()
    page.get_by_role("button", name="Move Invite a teammate up").click()
    expect(page.locator("#said")).to_have_text("Moved Invite a teammate up.")
    assert order(page)[:3] == ["create-workspace", "invite-teammate", "connect-source"]
    expect(page.get_by_role("button", name="Move Invite a teammate up")).to_be_focused()
    assert [r["milestone"]["key"] for r in document(world)["rungs"]][1] == "invite-teammate"


def test_rungs_move_by_arrow_keys_on_their_handle_over_phases(compose, world):
    page = compose()
    grip = page.locator("#grip-invite-teammate")
    grip.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#said")).to_have_text("Moved Invite a teammate down into core.")
    expect(grip).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#said")).to_have_text("Moved Invite a teammate down.")
    expect(page.locator("#phase-list-2 > [data-rung]")).to_have_count(3)
    assert order(page)[2:4] == ["build-report", "invite-teammate"]
    assert says(world, "invite-teammate")["phase"] == "core"


def test_rungs_move_by_dragging_their_handle(compose, world):
    page = compose()
    page.locator("#grip-set-alert").drag_to(page.locator("#rung-connect-source"), target_position={"x": 60, "y": 8})
    expect(page.locator("#said")).to_have_text("Moved Set an alert to quick wins.")
    assert order(page)[:3] == ["create-workspace", "set-alert", "connect-source"]
    assert says(world, "set-alert")["phase"] == "quick wins"


def test_a_drag_that_cannot_be_goes_back_and_says_why(compose, world):
    page = compose()
    page.locator("#grip-share-report").drag_to(page.locator("#rung-connect-source"), target_position={"x": 60, "y": 8})
    expect(page.locator("#said")).to_contain_text("Share it opens after Build your first report")
    expect(page.locator("#phase-list-1 > [data-rung]")).to_have_count(3)
    assert order(page)[3:5] == ["build-report", "share-report"]


def test_undo_and_redo_by_button_and_by_keyboard(compose, world):
    page = compose()
    page.get_by_role("button", name="Move Invite a teammate up").click()
    saved(page)
    page.get_by_role("button", name=re.compile("^Undo: Moved Invite")).click()
    expect(page.locator("#said")).to_have_text("Took back: Moved Invite a teammate up.")
    assert order(page)[1] == "connect-source"
    page.locator("#grip-set-alert").focus()
    page.keyboard.press("Control+Shift+z")
    expect(page.locator("#said")).to_have_text("Made again: Moved Invite a teammate up.")
    page.keyboard.press("Control+z")
    expect(page.locator("#said")).to_have_text("Took back: Moved Invite a teammate up.")
    assert [r["milestone"]["key"] for r in document(world)["rungs"]][1] == "connect-source"


def test_undo_brings_back_what_the_open_form_said(compose):
    page = compose(path="?open=invite-teammate")
    before = page.get_by_label("Why it matters").input_value()
    page.get_by_label("Why it matters").fill("Something else.")
    saved(page)
    page.locator("#undo").click()
    expect(page.get_by_label("Why it matters")).to_have_value(before)


def test_a_milestone_is_made_by_keyboard_alone(compose, world):
    page = compose()
    page.locator("#add-milestone").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_placeholder("Search by name, event or tag")).to_be_focused()
    page.get_by_label("Into").focus()
    page.keyboard.type("Core")
    name = page.locator("#new-rung-name")
    while not name.evaluate("input => input === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.type("Celebrate")
    page.keyboard.press("Tab")
    page.keyboard.type("Cake Eaten")
    page.keyboard.press("Escape") if page.locator("[role=listbox]:visible").count() else None
    page.keyboard.press("Enter")
    expect(page.locator("#form-celebrate [name=name]")).to_have_value("Celebrate")
    expect(page.locator("#form-celebrate [name=name]")).to_be_focused()
    assert says(world, "celebrate")["phase"] == "core"
    expect(page.locator("#rung-celebrate")).to_have_class(re.compile("current"))


def test_a_milestone_is_added_from_the_library(compose, world):
    page = compose()
    page.locator("#menu-set-alert > summary").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator("#rung-set-alert")).to_have_count(0)
    page.locator("#add-milestone").click()
    page.get_by_placeholder("Search by name, event or tag").fill("alert")
    page.locator("#found").get_by_role("button", name="Set an alert").click()
    expect(page.locator("#rung-set-alert")).to_be_visible()
    expect(page.locator("#found")).to_contain_text("Nothing in the library matches")
    assert says(world, "set-alert")["phase"] == "advanced"


def test_what_a_menu_does_keeps_the_focus_in_the_list(compose):
    page = compose()
    rows = page.locator("[data-rung] [data-open]")
    expect(rows).not_to_have_count(0)
    before = rows.count()
    menu = page.locator("[data-rung] details.menu > summary").first
    menu.press("Enter")
    page.get_by_role("button", name="Duplicate as new").locator("visible=true").press("Enter")
    expect(rows).to_have_count(before + 1)
    expect(page.locator("[data-rung] :focus")).to_have_count(1)
    page.locator("[data-rung] details.menu > summary").nth(1).press("Enter")
    page.get_by_role("button", name="Remove", exact=True).locator("visible=true").press("Enter")
    expect(rows).to_have_count(before)
    expect(page.locator("[data-rung] :focus")).to_have_count(1)


def test_escape_closes_the_panel_and_asks_for_nothing_more(compose):
    page = compose()
    page.get_by_role("button", name="Add a milestone").press("Enter")
    page.locator(".add-panel [type=search]").press_sequentially("board")
    page.keyboard.press("Escape")
    expect(page.locator(".add-panel")).to_have_count(0)
    expect(page.locator("#add-milestone")).to_be_focused()


def test_a_failed_save_keeps_the_text_and_sends_it_when_it_can(compose, world):
    page = compose(path="?open=invite-teammate", expect=("500", "ERR_FAILED"))
    failing = "**/rungs/invite-teammate/"
    page.route(failing, lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.get_by_label("Why it matters").fill("Written in a tunnel.")
    expect(page.locator("#save-state")).to_contain_text("no connection. What you wrote is kept")
    expect(page.get_by_label("Why it matters")).to_have_value("Written in a tunnel.")
    page.unroute(failing)
    page.evaluate("dispatchEvent(new Event('online'))")
    saved(page)
    assert says(world, "invite-teammate")["milestone"]["cue"] == "Written in a tunnel."


def test_two_people_at_different_fields_both_keep_theirs(compose, world, eve):
    ana, other = compose(path="?open=invite-teammate"), compose(eve, path="?open=invite-teammate")
    ana.get_by_label("Why it matters").fill("Ana was here.")
    saved(ana)
    other.get_by_label("Tip").fill("Eve was here.")
    saved(other)
    expect(other.get_by_label("Why it matters")).to_have_value("Ana was here.")
    expect(other.locator("#said")).to_contain_text("Meanwhile Ana")
    content = says(world, "invite-teammate")["milestone"]
    assert (content["cue"], content["tip"]) == ("Ana was here.", "Eve was here.")


@pytest.mark.parametrize("choice, kept", [("Take theirs", "Ana was here."), ("Keep mine", "Eve was here.")])
def test_two_people_at_one_field_choose(compose, world, eve, choice, kept):
    ana, other = compose(path="?open=invite-teammate"), compose(eve, path="?open=invite-teammate")
    ana.get_by_label("Why it matters").fill("Ana was here.")
    saved(ana)
    other.get_by_label("Why it matters").fill("Eve was here.")
    clash = other.locator("#error-invite-teammate-cue")
    expect(clash).to_contain_text("Ana changed this")
    expect(clash).to_contain_text("Ana was here.")
    expect(other.get_by_label("Why it matters")).to_have_value("Eve was here.")
    assert says(world, "invite-teammate")["milestone"]["cue"] == "Ana was here."
    other.evaluate(AXE)
    assert other.evaluate(FIND, EVERYTHING) == []
    other.get_by_role("button", name=choice).click()
    expect(other.get_by_label("Why it matters")).to_have_value(kept)
    saved(other)
    expect(other.get_by_role("button", name=choice)).to_have_count(0)
    assert says(world, "invite-teammate")["milestone"]["cue"] == kept
    other.get_by_label("Why it matters").fill("And on it goes.")
    saved(other)
    assert says(world, "invite-teammate")["milestone"]["cue"] == "And on it goes."


def test_text_that_looks_like_markup_stays_text_wherever_it_is_shown(compose, world):
    page = compose(path="?open=invite-teammate")
    for name in ("name", "cue", "tip", "value_statement", "action_label"):
        page.locator(f"#form-invite-teammate [name={name}]").fill(EVIL)
        expect(page.locator("#save-state")).to_have_text("Saved")
    page.get_by_role("button", name=f"Move {EVIL} up").click()
    expect(page.locator("#said")).to_contain_text("Moved </textarea>")
    page.locator("#history > summary").click()
    expect(page.locator("#history-lines")).to_contain_text("Renamed Invite a teammate to </textarea>")
    page.reload()
    assert page.locator("main img").count() == 0
    expect(page.get_by_label("Why it matters")).to_have_value(EVIL)


def test_the_preview_shows_each_state_theme_and_a_phone(compose):
    page = compose()
    preview = page.locator("#preview-body")
    expect(preview).to_contain_text("0 of 7 done")
    page.get_by_role("button", name="Half-way").click()
    expect(preview).to_contain_text("3 of 7 done")
    page.get_by_role("button", name="Done", exact=True).click()
    expect(preview).to_contain_text("All 7 done")
    ground = "element => getComputedStyle(element).backgroundColor"
    light = page.locator("#preview-body .checklist").evaluate(ground)
    page.get_by_role("button", name="Other theme").click()
    assert page.locator("#preview-body .checklist").evaluate(ground) != light
    page.get_by_role("button", name="Phone").click()
    assert page.locator(".preview-stage").bounding_box()["width"] == 320


def test_the_story_saves_itself_field_by_field(compose, world):
    page = compose(path="story/")
    page.get_by_label("Kickoff").fill("Your data is in, and one colleague has seen it.")
    saved(page)
    page.get_by_label("New steps a session").fill("many")
    expect(page.locator("#error-ladder-new_steps_a_session")).to_contain_text("not a whole number")
    page.get_by_label("New steps a session").fill("2")
    saved(page)
    page.get_by_label("Build your first report").fill("An answer in a minute.")
    saved(page)
    page.get_by_text("Add a story").click()
    page.locator("#new-story [name=text]").fill("We won.")
    page.locator("#new-story [name=who]").fill("Maya, Northwind")
    page.get_by_role("button", name="Add the story").click()
    expect(page.locator("#story-0 [name=who]")).to_have_value("Maya, Northwind")
    page.locator("#story-0 [name=industry]").fill("retail")
    saved(page)
    found = document(world)
    assert found["kickoff"] == "Your data is in, and one colleague has seen it."
    assert found["new_steps_a_session"] == 2
    assert found["stories"] == [{"text": "We won.", "who": "Maya, Northwind", "industry": "retail"}]
    assert says(world, "build-report")["milestone"]["value_statement"] == "An answer in a minute."
    page.get_by_role("button", name="Remove this story").click()
    expect(page.locator("#story-0")).to_have_count(0)


def test_a_ladder_is_made_from_nothing(tab, ana, world):
    page = tab(ana)
    page.goto(f"/w/{world.workspace.slug}/ladders/")
    page.get_by_role("link", name="New ladder").click()
    page.get_by_label("Name", exact=True).fill("Operators: first week")
    page.get_by_role("radio", name="A new role").check()
    page.get_by_label("Role’s name").fill("Operator")
    page.get_by_role("button", name="Make the ladder").click()
    expect(page.get_by_role("heading", name="Operators: first week")).to_be_visible()
    page.locator("#add-milestone").click()
    page.locator("#new-rung-name").fill("Look around")
    page.locator("#new-rung-event").fill("Looked")
    page.get_by_role("button", name="Add it").click()
    expect(page.locator("#rung-look-around")).to_be_visible()
    expect(page.locator("#missing")).to_contain_text("no title yet")
    with scope(world.workspace):
        assert Ladder.objects.get(key="operators-first-week").role.key == "operator"


def test_a_file_with_mistakes_is_refused_with_their_lines(tab, ana, world):
    page = tab(ana, expect=("422",))
    page.goto(f"/w/{world.workspace.slug}/ladders/new/")
    text = b"ladder:\n  key: x\n  name: X\n  role: {key: r, name: R, rule: {everyone: true}}\n  titel: T\n"
    page.get_by_label("YAML file").set_input_files({"name": "l.yaml", "mimeType": "text/yaml", "buffer": text})
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_role("alert")).to_contain_text("line 5")
    expect(page.get_by_role("alert")).to_contain_text("did you mean 'title'?")
    page.evaluate(AXE)
    assert page.evaluate(FIND, EVERYTHING) == []


def test_thirty_milestones_stay_usable_on_a_phone(tab, ana, world):
    rungs = [
        {
            "milestone": {"key": f"step-{n}", "name": f"Step {n}", "criterion": {"event": f"Event {n}"}},
            "phase": ("quick wins", "core", "advanced")[n // 10],
        }
        for n in range(30)
    ]
    with scope(world.workspace):
        import_ladder({**document(world), "key": "long", "name": "Long", "rungs": rungs, "funnel": []}, by=None)
    page = tab(ana)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/w/{world.workspace.slug}/ladders/long/")
    page.locator("#grip-step-29").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#said")).to_have_text("Moved Step 29 up.")
    page.get_by_role("button", name="Step 12", exact=True).click()
    expect(page.get_by_label("What the user reads")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("path", ["?open=invite-teammate&add=1", "story/"])
def test_what_opens_in_the_composer_is_accessible(compose, path):
    page = compose(path=path)
    for details in page.locator("main details.folded").all():
        details.evaluate("details => details.open = true")
    page.evaluate(AXE)
    assert problems(page) == []


def test_menus_of_the_composer_are_accessible(compose):
    page = compose()
    page.get_by_role("button", name="Move Invite a teammate up").click()
    saved(page)
    page.evaluate(AXE)
    for menu in ("#menu-set-alert", "#history", ".rename"):
        page.locator(f"{menu} > summary").click()
        expect(page.locator(f"{menu} .menu-items")).to_be_visible()
        assert page.evaluate(FIND, EVERYTHING) == []
        page.keyboard.press("Escape")
        expect(page.locator(f"{menu} > summary")).to_be_focused()
