"""Publishing in front of a browser: by mouse, by keyboard alone, later by a real worker, and with two members."""

from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone
from playwright.sync_api import expect

from milestones.ladders import drafts
from milestones.ladders.models import Ladder, LadderVersion, Role, Schedule
from tests.browser.test_pages import AXE, EVERYTHING, FIND, look
from workspaces.scope import scope
from workspaces.tenants.access import Level


@pytest.fixture
def eve(workspace, make_member):
    return make_member(workspace, "eve", Level.EDITOR)


@pytest.fixture
def draft(world, ana) -> Ladder:
    """The ladder "get-set-up" with version 1 live and a draft of version 2 that asks for more invitations."""
    with scope(world.workspace):
        ladder = Ladder.objects.get()
        draft = drafts.begin(ladder, by=ana)
        document = draft.document
        for rung in document["rungs"]:
            if rung["milestone"]["key"] == "invite-teammate":
                rung["milestone"]["criterion"] = {"event": "Member Invited", "at_least": 3}
        drafts.write(draft, {**document, "title": "Get going"}, by=ana, words="More invitations", place="rungs")
        return ladder


def published(world) -> dict[int, bool]:
    with scope(world.workspace):
        return dict(LadderVersion.objects.filter(state="published").values_list("number", "moves"))


def address(world, path="publication/") -> str:
    return f"/w/{world.workspace.slug}/ladders/get-set-up/{path}"


def tab_to(page, locator, most=80) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does."""
    for _ in range(most):
        if locator.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{locator} is out of reach of the keyboard")


def test_it_is_published_by_mouse_with_what_changes_in_words(tab, world, draft, ana):
    page = tab(ana)
    page.goto(address(world, "versions/"))
    page.get_by_role("link", name="Publish version 2…").click()
    expect(page.get_by_text("Done when: at least 3 instead of 1 Member Invited")).to_be_visible()
    expect(page.locator("ins").filter(has_text="going")).to_be_visible()
    page.get_by_text("Also people under way", exact=True).click()
    page.get_by_label("What changes, and why").fill("Three invitations make a team.")
    page.get_by_role("button", name="Publish version 2 now").click()
    expect(page.get_by_role("heading", name="Version 2 is live. What now happens")).to_be_visible()
    expect(page.get_by_text("Three invitations make a team.")).to_be_visible()
    assert published(world) == {1: False, 2: True}


def test_it_is_published_by_keyboard_alone(tab, world, draft, ana):
    page = tab(ana)
    page.goto(address(world))
    only, moves = (
        page.get_by_role("radio", name="Only newcomers"),
        page.get_by_role("radio", name="Also people under way"),
    )
    tab_to(page, only)
    page.keyboard.press("ArrowDown")
    expect(moves).to_be_checked()
    tab_to(page, page.get_by_label("What changes, and why"))
    page.keyboard.type("By keyboard.")
    tab_to(page, page.get_by_role("button", name="Publish version 2 now"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Version 2 is live. What now happens")).to_be_visible()
    assert published(world) == {1: False, 2: True}


def test_what_somebody_else_changed_meanwhile_is_shown_before_anything_is_published(tab, world, draft, ana, eve):
    page = tab(ana, expect=("422",))
    page.goto(address(world))
    with scope(world.workspace):
        theirs = draft.draft
        drafts.write(theirs, {**theirs.document, "title": "Get a move on"}, by=eve, words="Title", place="title")
    page.get_by_role("button", name="Publish version 2 now").click()
    expect(page.get_by_role("alert")).to_contain_text("The draft was changed while you looked at it")
    expect(page.locator("ins").filter(has_text="a move on")).to_be_visible()
    assert published(world) == {1: False}
    page.get_by_role("button", name="Publish version 2 now").click()
    expect(page.get_by_role("heading", name="Version 2 is live. What now happens")).to_be_visible()


def test_it_is_planned_by_keyboard_and_a_worker_publishes_it_when_its_time_has_come(tab, world, draft, ana, worker):
    page = tab(ana)
    page.goto(address(world))
    tab_to(page, page.locator("summary", has_text="Publish it later"))
    page.keyboard.press("Enter")
    page.get_by_label("Day", exact=True).fill("2099-07-01")
    page.get_by_label("Time", exact=True).fill("09:30")
    tab_to(page, page.get_by_role("button", name="Schedule version 2"))
    page.keyboard.press("Enter")
    expect(page.locator("#schedule")).to_contain_text("Version 2 will be published on 1 Jul 2099, 09:30")
    page.evaluate(AXE)
    assert page.evaluate(FIND, EVERYTHING) == []

    with scope(world.workspace):
        Schedule.objects.update(publish_at=timezone.now() - timedelta(seconds=1))
    # As the beat does, twice at once.
    for _ in range(2):
        current_app.send_task("ladders.publish_due")
    for _ in range(100):
        if 2 in published(world):
            break
        page.wait_for_timeout(100)
    assert published(world) == {1: False, 2: False}
    page.reload()
    expect(page.get_by_text("Nothing waits to be published")).to_be_visible()


def test_two_members_review_it_before_it_is_published(tab, world, draft, ana, eve, workspace):
    workspace.review_needed = True
    workspace.save()
    page = tab(ana)
    page.goto(address(world))
    expect(page.get_by_role("button", name="Publish version 2 now")).to_have_count(0)
    page.get_by_label("What should they look at").fill("Is three too many?")
    page.get_by_role("button", name="Ask for a review").click()
    expect(page.get_by_text("Eve is asked to review it, here and by e-mail.")).to_be_visible()

    theirs = tab(eve)
    theirs.goto(f"/w/{workspace.slug}/adoption/")
    theirs.get_by_role("link", name="Ladders 1 asked of you to review").click()
    theirs.get_by_role("link", name="version 2 of").click()
    expect(theirs.get_by_text("Is three too many?")).to_be_visible()
    theirs.get_by_label("In your words").fill("Three is right.")
    theirs.get_by_role("button", name="Approve it as it stands").click()
    expect(theirs.get_by_text("You approved the draft as it stands now.")).to_be_visible()

    page.reload()
    expect(page.get_by_text("Three is right.")).to_be_visible()
    page.get_by_role("button", name="Publish version 2 now").click()
    expect(page.get_by_role("heading", name="Version 2 is live. What now happens")).to_be_visible()
    assert published(world) == {1: False, 2: False}


def test_roles_are_put_in_order_by_dragging_by_buttons_and_by_arrow_keys(tab, world, ana):
    with scope(world.workspace):
        for key in ("operator", "power"):
            Role.objects.create(key=key, name=key.title(), rule={"trait": "job", "equals": key}, precedence=200)

    def order() -> list[str]:
        with scope(world.workspace):
            return list(Role.objects.order_by("precedence", "key").values_list("name", flat=True))

    page = tab(ana)
    page.goto(f"/w/{world.workspace.slug}/roles/")
    assert order() == ["Administrator", "Operator", "Power"]
    news = page.locator("#roles-news")

    page.get_by_role("button", name="Ask Power earlier").click()
    expect(news).to_have_text("Power is now number 2 of 3.")
    assert order() == ["Administrator", "Power", "Operator"]

    grip = page.locator("#role-operator [data-grip]")
    grip.focus()
    page.keyboard.press("ArrowUp")
    expect(news).to_have_text("Operator is now number 2 of 3.")
    assert order() == ["Administrator", "Operator", "Power"]
    expect(grip).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(news).to_have_text("Operator is now number 1 of 3.")
    assert order() == ["Operator", "Administrator", "Power"]

    page.locator("#role-power [data-grip]").drag_to(page.locator("#role-operator [data-grip]"))
    expect(news).to_have_text("Power is now number 1 of 3.")
    assert order() == ["Power", "Operator", "Administrator"]
    page.evaluate(AXE)
    assert page.evaluate(FIND, EVERYTHING) == []


@pytest.mark.parametrize("path", ["publication/", "versions/?published=1", "compare/", "role/", "versions/1/copy/"])
def test_a_page_with_a_draft_under_way_is_accessible_and_fits_every_screen(tab, world, draft, ana, path):
    assert look(tab(ana), address(world, path)) == []


def test_the_menu_and_the_question_before_archiving_are_accessible_too(tab, world, draft, ana):
    page = tab(ana)
    page.goto(address(world, "versions/"))
    page.locator("summary", has_text="More for version 1").click()
    page.evaluate(AXE)
    assert page.evaluate(FIND, EVERYTHING) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Archive this ladder…").click()
    assert page.evaluate(FIND, EVERYTHING) == []
    page.get_by_role("button", name="Archive it").click()
    expect(page.get_by_text("nobody begins it any more. Restore it here")).to_be_visible()
    page.get_by_role("button", name="Take it back into use").click()
    expect(page.get_by_text("is in use again.")).to_be_visible()
