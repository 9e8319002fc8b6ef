"""The playbook in a real browser: read, written in place, by mouse and by keyboard, accessible in each state."""

import pytest
from playwright.sync_api import expect

from milestones.ladders import drafts
from milestones.ladders.models import Ladder
from milestones.playbook.book import book_of
from milestones.playbook.models import Span
from milestones.playbook.writing import add_chapter, write
from milestones.playbook.writing import expect as expect_span
from tests.browser.test_pages import AXE, EVERYTHING, FIND, problems
from workspaces.scope import scope
from workspaces.tenants.access import Level

LADDER = "get-set-up"
EVERYTHING_IN_MARKDOWN = f"""# One
## Two
Text with `code`, **bold**, [a link](https://example.com) and a very-long-word-{"x" * 90}

> A quote

- a list

1. another

| Name | Value |
|---|---|
| a | b |

```
code {"y" * 90}
```"""
PLACE = "milestone-connect-source"


@pytest.fixture
def address(world):
    return f"/w/{world.workspace.slug}/ladders/{LADDER}/playbook/"


@pytest.fixture
def written(world):
    """A chapter, a guidance with everything that Markdown has, a range, and a stale section."""
    with scope(world.workspace):
        ladder = Ladder.objects.get(key=LADDER)
        chapter = add_chapter(ladder, title="Who to talk to", by=world.owner)
        write(ladder, chapter.place, title=chapter.title, text=EVERYTHING_IN_MARKDOWN, by=world.owner, why="x")
        section = write(ladder, PLACE, text=EVERYTHING_IN_MARKDOWN, by=world.owner, why="x")
        expect_span(ladder, PLACE, span=Span(40, 60, 14), by=world.owner, why="x")
        section.refresh_from_db()
        section.stale_since, section.stale_cause, section.stale_reason = section.written_at, "below", "Fewer got there."
        section.save()


def text_of(world, place=PLACE):
    with scope(world.workspace):
        return book_of(Ladder.objects.get(key=LADDER)).section(place).text


def test_guidance_is_written_in_place_with_a_preview_that_follows(tab, world, address):
    page = tab(world.owner)
    page.goto(address)
    step = page.locator(f"#{PLACE}")
    step.get_by_role("link", name="Write guidance").click()
    expect(page.locator(f"#{PLACE}-text textarea")).to_be_focused()
    page.keyboard.type("Ask **IT** early. <script>alert(1)</script>")
    expect(page.get_by_role("region", name="Preview").locator("strong")).to_have_text("IT")
    page.evaluate(AXE)
    assert page.evaluate(FIND, EVERYTHING) == []
    step.get_by_role("button", name="Save", exact=True).click()
    expect(step.locator(".written .prose strong")).to_have_text("IT")
    expect(step.get_by_role("link", name="Edit")).to_be_focused()
    expect(page.locator("#log")).to_contain_text("wrote “Connect a data source”")
    assert text_of(world) == "Ask **IT** early. <script>alert(1)</script>"


def test_by_keyboard_alone_it_is_written_confirmed_and_remarked_on(tab, world, address, written):
    page = tab(world.owner)
    page.goto(address)
    step = page.locator(f"#{PLACE}")
    step.get_by_role("button", name="Still right").focus()
    page.keyboard.press("Enter")
    expect(step.get_by_text("Fewer got there.")).to_have_count(0)
    expect(step.get_by_role("link", name="Edit")).to_be_focused()
    page.keyboard.press("Enter")
    expect(step.locator(f"#{PLACE}-text textarea")).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Shorter.")
    page.keyboard.press("ControlOrMeta+Enter")
    # A reason is asked for before anything is replaced.
    assert text_of(world) != "Shorter."
    step.get_by_label("Why this change").focus()
    page.keyboard.type("Nobody read the long one")
    page.keyboard.press("Enter")
    expect(step.locator(".written .prose")).to_have_text("Shorter.")
    step.locator(".comments summary").focus()
    page.keyboard.press("Enter")
    step.get_by_label("Your comment").focus()
    page.keyboard.type("Much better")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(step.locator(".remark")).to_contain_text("Much better")
    expect(step.get_by_label("Your comment")).to_be_focused()


def test_two_who_write_at_once_both_keep_their_words(tab, world, address, make_member):
    other = make_member(world.workspace, "dan", Level.EDITOR)
    pages = [tab(world.owner), tab(other, expect=("422",))]
    for page, words in zip(pages, ("From the owner", "From Dan"), strict=True):
        page.goto(address)
        page.locator(f"#{PLACE}").get_by_role("link", name="Write guidance").click()
        page.locator(f"#{PLACE}-text textarea").fill(words)
    pages[0].locator(f"#{PLACE}").get_by_role("button", name="Save", exact=True).click()
    expect(pages[0].locator(f"#{PLACE} .written .prose")).to_have_text("From the owner")
    pages[1].locator(f"#{PLACE}").get_by_role("button", name="Save", exact=True).click()
    second = pages[1].locator(f"#{PLACE}")
    expect(second.get_by_role("alert")).to_contain_text("while you were writing")
    expect(second.get_by_role("alert")).to_contain_text("From the owner")
    expect(second.locator(f"#{PLACE}-text textarea")).to_have_value("From Dan")
    assert text_of(world) == "From the owner"
    pages[1].evaluate(AXE)
    assert pages[1].evaluate(FIND, EVERYTHING) == []
    second.get_by_label("Why this change").fill("Both matter")
    second.get_by_role("button", name="Save", exact=True).click()
    expect(second.locator(".written .prose")).to_have_text("From Dan")


def test_what_was_written_is_not_lost_by_leaving(tab, world, address):
    page = tab(world.owner)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto(address)
    page.locator(f"#{PLACE}").get_by_role("link", name="Write guidance").click()
    page.locator(f"#{PLACE}-text textarea").press_sequentially("Half a sentence")
    page.get_by_role("link", name="People").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(page.locator(f"#{PLACE}-text textarea")).to_have_value("Half a sentence")
    page.locator(f"#{PLACE} [data-cancel]").click()
    expect(page.locator(f"#{PLACE}-text textarea")).to_have_count(0)
    page.get_by_role("link", name="People").click()
    expect(page).to_have_url(f"{page.url.split('/w/')[0]}/w/{world.workspace.slug}/people/")


def test_numbers_come_by_themselves_and_a_range_is_proposed_from_them(tab, gallery):
    page = tab(gallery.owner)
    page.goto(f"/w/{gallery.workspace.slug}/ladders/{LADDER}/playbook/")
    expect(page.locator("#numbers .figures")).to_be_visible()
    live = page.locator(f"#{PLACE}-numbers")
    expect(live).to_contain_text("within 14 days")
    page.locator(f"#{PLACE}-span").get_by_role("link").click()
    form = page.locator(f"#{PLACE}-span form")
    expect(form.get_by_label("From, %")).to_be_focused()
    form.get_by_role("button", name="Take").click()
    low, high = (int(form.get_by_label(name).input_value()) for name in ("From, %", "To, %"))
    assert 0 <= low < high <= 100
    form.locator("[data-cancel]").click()
    expect(page.locator(f"#{PLACE}-span").get_by_role("link")).to_be_focused()


def test_a_message_is_seen_as_a_real_person_gets_it(tab, world, address):
    with scope(world.workspace):
        ladder = Ladder.objects.get(key=LADDER)
        draft = drafts.begin(ladder, by=world.owner)
        document = draft.document
        step = document["rungs"][0]["milestone"]["key"]
        document["rungs"][0]["milestone"]["messages"] = {"in_app": "Hello {{ first_name }}", "help": "# Read **this**"}
        drafts.write(draft, document, by=world.owner, words="messages", place="rungs")
        ladder.publish(by=world.owner)
    page = tab(world.owner)
    page.goto(address)
    messages = page.locator(f"#milestone-{step} .messages")
    messages.locator("summary").click()
    messages.get_by_label("As somebody gets them").fill("pia@")
    page.keyboard.press("Enter")
    expect(messages.locator("mark")).to_have_text("Pia")
    expect(messages).to_contain_text("pia@customer.example")
    expect(messages.locator(".prose strong")).to_have_text("this")
    page.evaluate(AXE)
    assert problems(page) == []


@pytest.mark.parametrize("who", ["owner", "viewer"])
def test_the_document_is_accessible_and_fits_every_screen(tab, world, address, written, make_member, who):
    member = world.owner if who == "owner" else make_member(world.workspace, "vera", Level.VIEWER)
    page = tab(member)
    page.goto(address)
    expect(page.locator("#numbers .figures, #numbers .muted").first).to_be_visible()
    for disclosure in page.locator(".comments > summary, .messages > summary").all():
        disclosure.click()
    page.evaluate(AXE)
    assert problems(page) == []
    assert page.locator("[style], style").count() == 0
    assert (page.get_by_role("link", name="Edit").count() > 0) is (who == "owner")


@pytest.mark.parametrize("form", ["care", "review", "range", "chapter"])
def test_every_form_is_accessible(tab, world, address, written, form):
    page = tab(world.owner)
    page.goto(address)
    match form:
        case "care":
            page.locator("#care").get_by_role("link", name="Change").click()
        case "review":
            page.locator("#care").get_by_role("link", name="Mark as reviewed").click()
        case "range":
            page.locator(f"#{PLACE}-span").get_by_role("link").click()
        case "chapter":
            page.locator("#new-chapter summary").click()
    expect(page.locator("#care form, .span form, #new-chapter[open] form").first).to_be_visible()
    page.evaluate(AXE)
    assert problems(page) == []


def test_paper_shows_the_document_alone(tab, world, address, written):
    page = tab(world.owner)
    page.goto(address)
    page.emulate_media(media="print")
    expect(page.locator(".book")).to_be_visible()
    for hidden in (".side", ".playbook > aside", ".comments", f"#{PLACE} .byline .button"):
        expect(page.locator(hidden).first).to_be_hidden()


def test_the_change_log_is_accessible(tab, world, address, written):
    page = tab(world.owner)
    page.goto(address + "log/")
    expect(page.locator(".changes")).to_contain_text("wrote “Connect a data source”")
    page.evaluate(AXE)
    assert problems(page) == []
