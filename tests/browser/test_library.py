"""The milestone library in a browser: criteria as sentences, writing by keyboard, finding, undo, starter packs."""

import re

import pytest
from playwright.sync_api import expect

from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder
from milestones.ladders.yaml_text import load
from milestones.library import writing
from milestones.library.models import Milestone
from tests.browser.test_pages import AXE, problems
from tests.browser.world import LADDER
from workspaces.scope import scope

REFUSED = "Failed to load resource: the server responded with a status of 4"


@pytest.fixture
def library(tab, ana, workspace):
    """Ana's browser at the library of Acme, which has the seven modules of a ladder."""
    with scope(workspace):
        import_ladder(load(LADDER), by=ana)
    page = tab(ana, expect=(REFUSED,))
    page.goto(f"/w/{workspace.slug}/library/")
    return page


def kept(workspace, key):
    with scope(workspace):
        return Milestone.objects.get(key=key).content


def into(page, label, typed):
    """Type into the field that the Tab key reaches next, which must be this one."""
    page.keyboard.press("Tab")
    expect(page.get_by_label(label, exact=True)).to_be_focused()
    page.keyboard.type(typed)


def test_a_milestone_is_written_by_keyboard_alone(library, workspace):
    page = library
    page.get_by_role("link", name="New milestone").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="New milestone", level=1)).to_be_visible()
    page.get_by_label("Name").focus()
    page.keyboard.type("Share a report")
    into(page, "Purpose (optional)", "Others see it too.")
    into(page, "What counts", "")
    into(page, "Event", "Report Shared")
    page.keyboard.press("Escape")
    into(page, "Times, at least", "3")
    expect(page.locator("[data-times]")).to_have_text("times")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Where a property…")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Property 1: name")).to_be_focused()
    page.keyboard.type("rows")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    comparison = page.get_by_label("Property 1: comparison")
    for operator in ("not_equals", "in", "not_in", "contains", "greater_than"):
        page.keyboard.press("ArrowDown")
        expect(comparison).to_have_value(operator)
    expect(comparison).to_be_focused()
    into(page, "Property 1: value", "10")
    page.get_by_role("button", name="Add a time limit").focus()
    page.keyboard.press("Space")
    expect(page.get_by_label("Within how many")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("7")
    # Enter in any field saves: it presses none of the criterion's own buttons.
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Share a report", level=1)).to_be_visible()
    expect(page.get_by_text("Share a report is in the library.")).to_be_visible()
    assert kept(workspace, "share-a-report") == {
        "key": "share-a-report",
        "name": "Share a report",
        "purpose": "Others see it too.",
        "criterion": {
            "event": "Report Shared",
            "where": [{"property": "rows", "greater_than": 10}],
            "at_least": 3,
            "within": "7 days",
        },
    }


def test_conditions_become_groups_and_the_keyboard_stays_where_things_change(library, workspace):
    page = library
    page.goto(f"/w/{workspace.slug}/library/connect-source/edit/")
    page.get_by_role("button", name="Or…").click()
    expect(page.get_by_label("Condition 2: event")).to_be_focused()
    page.get_by_label("Condition 2: what counts").focus()
    page.get_by_label("Condition 2: what counts").select_option("trait")
    expect(page.get_by_label("Condition 2: what counts")).to_be_focused()
    page.get_by_label("Condition 2: trait").fill("plan")
    page.get_by_label("Condition 2: comparison").select_option("in")
    page.get_by_label("Condition 2: values").fill('growth, "10"')
    page.get_by_role("button", name="And… (condition 1)").click()
    expect(page.get_by_label("Condition 1.2: event")).to_be_focused()
    page.keyboard.type("Sync Completed")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save milestone").first.click()
    expect(page.get_by_text("Connect a data source is saved.")).to_be_visible()
    assert kept(workspace, "connect-source")["criterion"] == {
        "any": [
            {"all": [{"event": "Source Connected"}, {"event": "Sync Completed"}]},
            {"trait": "plan", "in": ["growth", "10"]},
        ]
    }
    page.goto(f"/w/{workspace.slug}/library/connect-source/edit/")
    page.get_by_role("button", name="Remove this condition (condition 2)").click()
    expect(page.get_by_label("How many of these", exact=True)).to_have_value("all")
    page.get_by_role("button", name="Remove this condition (condition 2)").click()
    expect(page.get_by_label("Event", exact=True)).to_have_value("Source Connected")
    expect(page.get_by_label("Event", exact=True)).to_be_focused()


def test_a_form_around_the_editor_hears_of_its_buttons_as_of_any_field(library, workspace):
    page = library
    page.goto(f"/w/{workspace.slug}/library/connect-source/edit/")
    page.evaluate("() => { changes = 0; document.forms['milestone-form'].onchange = () => { changes++; }; }")
    page.get_by_role("button", name="Where a property…").click()
    expect(page.get_by_label("Property 1: name")).to_be_focused()
    assert page.evaluate("changes") == 1


def test_what_is_typed_and_chosen_while_the_editor_is_drawn_anew_is_kept(library, workspace):
    page = library
    page.goto(f"/w/{workspace.slug}/library/connect-source/edit/")
    page.get_by_role("button", name="Where a property…").click()
    expect(page.get_by_label("Property 1: name")).to_be_focused()

    def slowly(route):
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/criterion/**", slowly)
    page.get_by_label("Property 1: comparison").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("a, b")
    page.wait_for_timeout(900)
    expect(page.get_by_label("Property 1: comparison")).to_have_value("in")
    expect(page.get_by_label("Property 1: values")).to_have_value("a, b")
    expect(page.get_by_label("Property 1: values")).to_be_focused()


def test_what_is_wrong_is_told_at_its_field_and_is_accessible_on_every_screen(library, workspace):
    page = library
    page.goto(f"/w/{workspace.slug}/new-milestone/")
    page.get_by_role("button", name="Or…").click()
    expect(page.get_by_label("Condition 2: event")).to_be_focused()
    page.get_by_role("button", name="Where a property… (condition 1)").click()
    expect(page.get_by_label("Condition 1: property 1: name")).to_be_focused()
    page.get_by_label("Takes").fill("ten")
    page.get_by_role("button", name="Create milestone").first.click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing is saved yet. Look at Name, Takes.")
    expect(page.get_by_label("Condition 1: event")).to_have_accessible_description("Write the event’s name")
    expect(page.get_by_label("Takes")).to_have_attribute("aria-invalid", "true")
    page.evaluate(AXE)
    assert problems(page) == []


def test_the_library_is_searched_while_typing_and_by_tag(library, workspace, ana):
    page = library
    with scope(workspace):
        milestone = Milestone.objects.get(key="connect-source")
        tagged = {**milestone.content, "tags": {"use_case": ["integration"]}}
        writing.change(milestone, tagged, base=milestone.revision, by=ana)
    page.reload()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(7)
    page.get_by_role("searchbox").press_sequentially("report")
    expect(rows).to_have_count(2)
    expect(page.get_by_role("status").filter(has_text="2 milestones")).to_be_visible()
    expect(page).to_have_url(re.compile("q=report"))
    page.get_by_role("searchbox").fill("")
    page.get_by_label("Every use case").select_option("integration")
    expect(rows).to_have_count(1)
    page.get_by_role("link", name="Show all").click()
    expect(rows).to_have_count(7)
    page.get_by_role("link", name="integration").click()
    expect(rows).to_have_count(1)


def test_a_milestone_is_archived_and_that_is_undone(library, workspace):
    page = library
    page.get_by_role("link", name="Set an alert").click()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("Archived just now.")).to_be_visible()
    page.evaluate(AXE)
    assert problems(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Undo: take it back").click()
    expect(page.get_by_text("Set an alert is back in the library.")).to_be_visible()
    page.get_by_role("navigation", name="Where you are").get_by_role("link", name="Library").click()
    expect(page.get_by_role("link", name="Set an alert")).to_be_visible()


def test_the_second_of_two_writers_sees_what_the_first_has_saved(library, workspace, tab, ana):
    first = library
    second = tab(ana, expect=(REFUSED,))
    for page in (first, second):
        page.goto(f"/w/{workspace.slug}/library/set-alert/edit/")
    first.get_by_label("Why it matters").fill("The first one's.")
    first.get_by_role("button", name="Save milestone").first.click()
    expect(first.get_by_text("Set an alert is saved.")).to_be_visible()
    second.get_by_label("Why it matters").fill("The second one's.")
    second.get_by_role("button", name="Save milestone").first.click()
    expect(second.get_by_role("alert")).to_contain_text("Ana changed this milestone just now")
    expect(second.get_by_text("Saved meanwhile: The first one's.")).to_be_visible()
    assert kept(workspace, "set-alert")["cue"] == "The first one's."
    second.evaluate(AXE)
    assert problems(second) == []
    second.get_by_role("button", name="Save mine over it").first.click()
    expect(second.get_by_text("Set an alert is saved.")).to_be_visible()
    assert kept(workspace, "set-alert")["cue"] == "The second one's."


def test_a_draft_takes_over_what_the_library_says(library, workspace, ana):
    page = library
    with scope(workspace):
        milestone = Milestone.objects.get(key="set-alert")
        writing.change(milestone, {**milestone.content, "minutes": 9}, base=milestone.revision, by=ana)
    page.get_by_role("link", name="Set an alert").click()
    expect(page.get_by_text("1 draft says something else")).to_be_visible()
    page.get_by_text("1 difference").click()
    expect(page.get_by_text("Minutes it takes: 9 instead of 2")).to_be_visible()
    page.evaluate(AXE)
    assert problems(page) == []
    page.get_by_role("button", name="Update 1 draft").click()
    expect(page.get_by_text("is now the same in the draft of")).to_be_visible()
    with scope(workspace):
        rung = Ladder.objects.get().draft.rungs.get(key="set-alert")
        assert rung.content["minutes"] == 9


def test_a_starter_pack_is_chosen_read_and_adopted_by_keyboard(tab, ana, workspace):
    page = tab(ana)
    page.goto(f"/w/{workspace.slug}/library/")
    page.get_by_role("link", name="Adopt a starter pack").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Every role").focus()
    page.keyboard.type("Oper")
    expect(page.get_by_role("article")).to_have_count(4)
    page.get_by_role("link", name="Analytics operators").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Analytics operators", level=1)).to_be_visible()
    page.locator("details.more summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("In-app message").first).to_be_visible()
    page.get_by_role("button", name="Adopt").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Analytics operators is yours as a draft; 7 milestones came with it.")).to_be_visible()
    expect(page).to_have_url(re.compile(f"/w/{workspace.slug}/ladders/saas-analytics-operators/$"))
    with scope(workspace):
        assert Ladder.objects.get().draft.rungs.count() == 7


def test_a_criterion_asks_what_anyone_in_the_account_did_and_by_a_pattern(library, workspace):
    page = library
    page.goto(f"/w/{workspace.slug}/library/connect-source/edit/")
    page.get_by_label("What counts").select_option("account_event")
    expect(page.get_by_label("What counts")).to_have_value("account_event")
    page.get_by_role("button", name="Where a property…").click()
    page.get_by_label("Property 1: name").fill("url")
    page.get_by_label("Property 1: comparison").select_option("matches")
    page.get_by_label("Property 1: pattern").fill("(?=https)")
    page.get_by_role("button", name="Or…").click()
    page.get_by_label("Condition 2: what counts").select_option("account_trait")
    page.get_by_label("Condition 2: trait").fill("plan")
    page.get_by_label("Condition 2: value").fill("enterprise")
    page.get_by_role("button", name="Save milestone").first.click()
    pattern = page.get_by_label("Condition 1: property 1: pattern")
    expect(pattern).to_have_accessible_description(re.compile("looks ahead or behind"))
    pattern.fill("^https://")
    page.get_by_role("button", name="Save milestone").first.click()
    expect(page.get_by_text("Connect a data source is saved.")).to_be_visible()
    assert kept(workspace, "connect-source")["criterion"] == {
        "any": [
            {
                "event": "Source Connected",
                "where": [{"property": "url", "matches": "^https://"}],
                "by": "account",
            },
            {"trait": "plan", "equals": "enterprise", "by": "account"},
        ]
    }
    said = "anyone in the account sends Source Connected (url matches the pattern ^https://) or the account's plan is"
    expect(page.get_by_text(said)).to_be_visible()
