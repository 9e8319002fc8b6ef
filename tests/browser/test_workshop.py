"""A product manager's first ten minutes: from an empty workspace through discovery to a published ladder and to the
checklist of somebody who climbs it. Once by mouse, once by keyboard alone.
"""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from milestones.ladders.models import Ladder
from milestones.library.conditions import All, Any_, Criterion, EventCondition, TraitCondition
from milestones.library.criteria import parse
from milestones.library.operators import MISSING
from onboarding.intake.message import Message
from onboarding.people.models import Person
from onboarding.widget.links import checklist_url
from tests.analytics.events import identify, send, track
from workspaces.scope import scope

SUCCESS = "Every team reads its own numbers on Monday morning."
NEW_NAME = "Bring in your first numbers"
MOST_TABS = 250


class Mouse:
    """Points and clicks; types into what was clicked."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, what: Locator) -> None:
        what.click()

    def write(self, where: Locator, text: str) -> None:
        where.click()
        where.fill(text)

    def choose(self, where: Locator, value: str) -> None:
        where.select_option(value)


class Keyboard:
    """Never touches the mouse, nor sets the focus: goes where Tab goes, and presses keys."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, what: Locator) -> None:
        expect(what).to_be_visible()
        target = what.element_handle()
        for _ in range(MOST_TABS):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {what}")

    def press(self, what: Locator) -> None:
        self.to(what)
        # Space ticks boxes and radios, as it does for everybody.
        box = what.evaluate("element => ['checkbox', 'radio'].includes(element.type)")
        self.page.keyboard.press("Space" if box else "Enter")

    def write(self, where: Locator, text: str) -> None:
        self.to(where)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def choose(self, where: Locator, value: str) -> None:
        self.to(where)
        words = where.locator(f"option[value={value!r}]").inner_text()
        self.page.keyboard.type(words)
        expect(where).to_have_value(value)


@pytest.mark.parametrize("hands", [Mouse, Keyboard])
def test_from_an_empty_workspace_to_a_published_ladder_and_a_persons_checklist(tab, workspace, ana, hands):
    page = tab(ana)
    page.goto(f"/w/{workspace.slug}/ladders/")
    hand = hands(page)

    hand.press(page.get_by_role("link", name="Discovery", exact=True))
    hand.press(page.get_by_role("link", name="Begin a discovery"))
    hand.choose(page.get_by_label("Role", exact=True), "administrator")
    hand.choose(page.get_by_label("Kind of product"), "saas-analytics")
    hand.write(page.get_by_label("Name of this discovery"), "Our first customers")
    hand.press(page.get_by_role("button", name="Show the questions"))
    hand.write(page.get_by_label("What does success look like?"), SUCCESS)
    hand.press(page.get_by_label("The right people have the right access, and we can prove it"))
    hand.write(page.get_by_label("How many people will work with it?"), "8")
    hand.press(page.get_by_role("button", name="Propose a ladder"))
    expect(page.locator("[data-step]").first).to_contain_text("Because")
    hand.write(page.get_by_label("Name of the new ladder"), "First weeks")
    hand.press(page.get_by_role("button", name="Make the ladder"))

    expect(page.get_by_role("heading", level=1)).to_contain_text("First weeks")
    first = page.locator("[data-rung] [data-open]").first
    hand.press(first)
    hand.write(page.get_by_label("What the user reads"), NEW_NAME)
    expect(page.locator("#save-state")).to_have_text("Saved")
    expect(page.locator("#preview")).to_contain_text(NEW_NAME)
    second = page.locator("[data-rung] [data-open]").nth(1).inner_text()
    page.keyboard.press("Tab")

    hand.press(page.get_by_role("link", name="Publish version 1"))
    expect(page.locator("#rehearsal")).not_to_contain_text("Rehearsing")
    hand.press(page.get_by_role("button", name="Publish version 1 now"))
    expect(page.get_by_role("main")).to_contain_text("live")

    zoe = somebody_begins(workspace)
    hand.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="People"))
    hand.press(page.get_by_role("link", name="Zoe"))
    checklist = page.locator("#checklist")
    expect(checklist).to_contain_text(NEW_NAME)
    expect(checklist).to_contain_text(second)
    expect(checklist).to_contain_text("0 of ")

    step = fulfil_the_first_step(workspace)
    expect(checklist.locator(f"[data-step={step!r}]")).to_have_attribute("data-state", "done", timeout=5_000)
    own = tab()
    own.goto(zoe)
    expect(own.locator(f"[data-step={step!r}]")).to_contain_text(NEW_NAME)
    expect(own.locator("#checklist")).to_contain_text("1 of ")


def somebody_begins(workspace) -> str:
    """Zoe, an administrator, signs up. The address of her checklist."""
    at = timezone.now() - timedelta(minutes=5)
    send(workspace, [identify("zoe", at, name="Zoe", role="administrator"), track("zoe", "Signed Up", at)])
    with scope(workspace):
        return checklist_url(Person.objects.get(external_id="zoe"))


def fulfil_the_first_step(workspace) -> str:
    """Zoe does what the published first step asks for. The step's key."""
    with scope(workspace):
        rung = Ladder.objects.get().published.document["rungs"][0]["milestone"]
    assert rung["name"] == NEW_NAME
    send(workspace, doing(parse(rung["criterion"]), "zoe"))
    return rung["key"]


def doing(criterion: Criterion, who: str) -> list[Message]:
    """Messages that fulfil the criterion."""
    now = timezone.now() - timedelta(seconds=5)
    match criterion:
        case All(children):
            return [message for child in children for message in doing(child, who)]
        case Any_(children):
            return doing(children[0], who)
        case TraitCondition():
            return [identify(who, now, **{criterion.trait: fitting(criterion.operator, criterion.operand)})]
        case EventCondition():
            messages = []
            for number in range(criterion.at_least):
                message = track(who, criterion.event, now, f"{criterion.event} {number}")
                properties = {w.property: fitting(w.operator, w.operand) for w in criterion.where}
                message.properties = {name: value for name, value in properties.items() if value is not MISSING}
                messages.append(message)
            return messages
    raise TypeError(criterion)


def fitting(operator: str, operand):
    """A value of which the condition holds."""
    match operator:
        case "equals" | "contains":
            return operand
        case "in":
            return operand[0]
        case "greater_than":
            return operand + 1
        case "less_than":
            return operand - 1
        case "exists":
            return "something" if operand else MISSING
    return "something else"
