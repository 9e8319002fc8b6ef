"""Discovery in front of somebody's eyes: by mouse, by keyboard alone, and a customer with nothing but a link."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from milestones.discovery.models import Discovery, Link, Plan, Response
from milestones.ladders.models import Ladder
from milestones.library.models import Milestone
from tests.browser.test_pages import look
from workspaces.scope import scope

GONE = "Failed to load resource: the server responded with a status of 410"
UNKNOWN = "Failed to load resource: the server responded with a status of 404"


@pytest.fixture
def example(tab, workspace, ana):
    """Ana's tab on the questions of the example, in a workspace where nothing was made yet."""
    page = tab(ana)
    page.goto(f"/w/{workspace.slug}/discoveries/")
    page.get_by_role("button", name="Try it with example answers").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Example")
    return page


@pytest.fixture
def proposal(example):
    """The tab on the example's proposal."""
    example.get_by_role("button", name="Propose a ladder").click()
    expect(example.get_by_role("heading", name="Make the ladder")).to_be_visible()
    return example


def steps(page) -> list[str]:
    return page.locator("[data-step] .head h3").all_inner_texts()


def test_by_mouse_from_an_empty_workspace_to_a_draft_with_its_goals(tab, workspace, ana):
    page = tab(ana)
    page.goto(f"/w/{workspace.slug}/discoveries/")
    page.get_by_role("link", name="Begin a discovery").click()
    page.get_by_label("Role", exact=True).select_option("administrator")
    page.get_by_label("Kind of product").select_option("saas-analytics")
    page.get_by_label("Name of this discovery").fill("Northwind")
    page.get_by_role("button", name="Show the questions").click()

    page.get_by_label("What does success look like?").fill("Nobody asks for figures by e-mail any more.")
    page.get_by_label("The right people have the right access, and we can prove it").check()
    page.get_by_label("Number of weeks").fill("12")
    expect(page.get_by_label("In", exact=True)).to_be_checked()
    page.get_by_label("How many people will work with it?").fill("25")
    expect(page.locator("#saved")).to_contain_text("Saved at")
    page.get_by_role("button", name="Propose a ladder").click()

    expect(page.locator("[data-step]").first).to_be_visible()
    before = steps(page)
    expect(page.locator("#count-steps")).to_have_text(str(len(before)))
    expect(page.get_by_text(re.compile("Because the team has 25 people: at least 3")).first).to_be_attached()

    first = page.locator("[data-step]").first
    first.get_by_role("button", name="Accept").click()
    expect(first.get_by_role("button", name="Accept")).to_have_attribute("aria-pressed", "true")
    page.locator("[data-step]").last.get_by_role("button", name="Refuse").click()
    expect(page.locator("#count-steps")).to_have_text(str(len(before) - 1))
    refused = page.get_by_role("region", name="Refused")
    expect(refused).to_contain_text(before[-1])
    refused.get_by_label("Why not?").fill("They have it already")
    refused.get_by_label("Why not?").press("Tab")
    expect(page.locator("#plan-news")).to_contain_text("Said why")

    page.get_by_label("Name of the new ladder").fill("First weeks at Northwind")
    page.get_by_role("button", name="Make the ladder").click()
    expect(page.get_by_text("First weeks at Northwind has a draft with the steps of this proposal.")).to_be_visible()

    page.goto(f"/w/{workspace.slug}/ladders/first-weeks-at-northwind/goals/")
    expect(page.get_by_role("main")).to_contain_text("Nobody asks for figures by e-mail any more.")
    expect(page.get_by_role("main")).to_contain_text("They have it already")
    with scope(workspace):
        draft = Ladder.objects.get(key="first-weeks-at-northwind").draft
        assert [rung["milestone"]["name"] for rung in draft.document["rungs"]] == before[:-1]
        assert Milestone.objects.count() == len(before) - 1


def test_by_keyboard_alone(proposal, workspace):
    page = proposal
    before = steps(page)
    first = page.locator("[data-step]").first
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("!!document.activeElement.closest('[data-step]')"):
            break
    expect(first.locator(":focus")).to_be_attached()

    page.keyboard.press("a")
    expect(first.get_by_role("button", name="Accept")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-step]").nth(1).locator(":focus")).to_be_attached()
    page.keyboard.press("r")
    expect(page.locator("#count-steps")).to_have_text(str(len(before) - 1))
    expect(page.locator("#plan-news")).to_have_text(f"Refused “{before[1]}”")
    # The step that held the focus is gone: its neighbour holds it now.
    expect(page.locator("[data-step] :focus")).to_be_attached()

    page.locator("#undo").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#count-steps")).to_have_text(str(len(before)))
    assert steps(page) == before

    # With a step to spare, S opens what could stand instead.
    page.locator("[data-step]").last.locator("[data-key=r]").focus()
    page.keyboard.press("r")
    expect(page.locator("#count-steps")).to_have_text(str(len(before) - 1))
    page.get_by_label("Name of the new ladder").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("has a draft with the steps of this proposal.")).to_be_visible()


def test_a_step_is_swapped_for_another_with_a_reason_of_its_own(proposal):
    page = proposal
    step = page.locator("[data-step]:has([data-key=s])").first
    name = step.locator(".head h3").inner_text()
    step.locator("[data-key=s]").focus()
    page.keyboard.press("s")
    dialog = page.locator(".swap:popover-open")
    expect(dialog).to_be_visible()
    other = dialog.locator("b").first.inner_text()
    page.keyboard.press("Enter")  # the first alternative holds the focus
    expect(page.locator("#plan-news")).to_have_text(f"Swapped “{name}” for “{other}”")
    expect(page.get_by_role("region", name="Refused")).to_contain_text(name)
    expect(page.get_by_text(f"You chose it instead of “{name}”.")).to_be_visible()


def test_a_customer_answers_by_link_in_a_fresh_browser_and_the_member_sees_who(tab, example, workspace):
    page = example
    page.get_by_label("For whom").fill("Northwind, purchasing")
    page.get_by_role("button", name="Make a link").click()
    link = page.locator(".code.link code").inner_text()
    expect(page.locator(".links")).to_contain_text("Not opened yet")

    customer = tab(expect=("422",))
    customer.goto(link)
    expect(customer.get_by_text(workspace.name).first).to_be_visible()
    assert "Example" not in customer.content()
    assert "Northwind" not in customer.content()
    assert customer.get_by_label("What does success look like?").input_value() == ""
    customer.get_by_role("button", name="Send the answers").click()
    expect(customer.get_by_role("alert")).to_contain_text("2 answers below need another look")
    customer.get_by_label("What does success look like?").fill("The Monday report makes itself")
    customer.get_by_label("The whole team works in it, not only a few").check()
    with customer.expect_response(re.compile("/draft/$")):
        customer.get_by_label("Your name").fill("Maria <script>alert(1)</script>")
    expect(customer.locator("#saved")).to_contain_text("Saved at")

    # Half-way, on another device: what was typed is there.
    again = tab()
    again.goto(link)
    expect(again.get_by_label("What does success look like?")).to_have_value("The Monday report makes itself")

    customer.get_by_role("button", name="Send the answers").click()
    expect(customer.get_by_role("heading", level=1)).to_contain_text("Thank you")
    page.reload()
    expect(page.get_by_role("region", name="Answers that have come")).to_contain_text("Maria <script>alert(1)</script>")
    page.get_by_role("button", name="Propose from these").click()
    expect(page.locator("[data-step]").first).to_be_visible()
    with scope(workspace):
        assert Plan.objects.get().answers["success"] == "The Monday report makes itself"


def test_an_expired_and_a_revoked_link_say_so(tab, example, workspace):
    page = example
    page.get_by_label("For whom").fill("Northwind")
    page.get_by_role("button", name="Make a link").click()
    link = page.locator(".code.link code").inner_text()
    with scope(workspace):
        Link.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    customer = tab(expect=(GONE, UNKNOWN))
    customer.goto(link)
    expect(customer.get_by_role("heading", name="These questions are closed")).to_be_visible()
    expect(customer.get_by_role("main")).to_contain_text("that time is over")
    with scope(workspace):
        Link.objects.update(expires_at=timezone.now() + timedelta(days=1))
    page.reload()
    page.get_by_role("button", name="Revoke the link for Northwind").click()
    customer.reload()
    expect(customer.get_by_role("main")).to_contain_text("Whoever sent you the link has closed it")
    customer.goto(link[:-4] + "xxx/")
    expect(customer.get_by_role("heading", name="This link leads nowhere")).to_be_visible()


def test_two_members_deciding_at_once_overwrite_nothing(tab, proposal, workspace, make_member):
    from workspaces.tenants.access import Level

    other = tab(make_member(workspace, "eva", Level.EDITOR), expect=("422",))
    other.goto(proposal.url)
    before = steps(proposal)
    proposal.locator("[data-step]").last.get_by_role("button", name="Refuse").click()
    expect(proposal.locator("#count-steps")).to_have_text(str(len(before) - 1))
    other.locator("[data-step]").first.get_by_role("button", name="Refuse").click()
    expect(other.get_by_role("alert")).to_contain_text("Ana decided something since this page was loaded")
    assert steps(other) == before[:-1]


def test_every_page_of_a_discovery_is_accessible(tab, proposal, workspace, ana):
    page = proposal
    root = f"/w/{workspace.slug}/discoveries"
    with scope(workspace):
        discovery = Discovery.objects.get().pk
        link = Link.objects.create(discovery_id=discovery, label="A", expires_at=timezone.now() + timedelta(days=9))
        own = Response.objects.get().pk
        from milestones.discovery.links import ask_url

        address = ask_url(link)
    page.locator("[data-step]").last.get_by_role("button", name="Refuse").click()
    expect(page.get_by_role("region", name="Refused")).to_be_visible()
    found = {}
    for path in ("/", "/new/", f"/{discovery}/", f"/{discovery}/answers/{own}/", f"/{discovery}/proposal/"):
        found[path] = look(page, root + path)
    found["ask"] = look(tab(), address)
    page.goto(f"{root}/{discovery}/proposal/")
    page.get_by_role("button", name="Make the ladder").click()
    page.wait_for_url("**/ladders/**")
    with scope(workspace):
        key = Ladder.objects.get().key
    found["goals"] = look(page, f"/w/{workspace.slug}/ladders/{key}/goals/")
    assert [problem for problems in found.values() for problem in problems] == []
