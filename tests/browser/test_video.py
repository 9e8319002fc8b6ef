"""A step's video plays in the panel when somebody asks for it, and not a byte of its host's comes before that."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from milestones.ladders.exchange import import_ladder
from milestones.ladders.yaml_text import load
from tests.browser.host import frame, pill, step
from tests.browser.test_embed_access import inner, problems
from tests.browser.world import LADDER
from tests.onboarding.widget.embed.test_video import with_videos
from workspaces.scope import scope

YOUTUBE = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
FILE = "https://cdn.customer.example/how.webm"
PLAYER = "<!doctype html><html lang=en><title>A video</title><body><main><h1>It plays</h1></main></body></html>"


@pytest.fixture
def watching(visit, world):
    """Pia's checklist, whose second open step has a video there; `asked` lists what is asked of other hosts."""

    def open_page(url: str, **options):
        with scope(world.workspace):
            ladder = import_ladder(load(with_videos(LADDER, {"invite-teammate": url})), by=None).ladder
            ladder.publish(by=None, at=timezone.now(), moves=True)
        world.send("pia", "Looked")
        page = visit(**options)
        asked = []
        page.context.route(
            lambda address: "youtube" in address or "cdn.customer" in address,
            lambda route: (
                asked.append(route.request),
                route.fulfill(status=200, content_type="text/html", body=PLAYER),
            ),
        )
        page.evaluate("firstmile.identify('pia')")
        expect(pill(page)).to_be_visible(timeout=15_000)
        pill(page).click()
        return page, asked

    return open_page


def test_it_plays_on_request_alone_and_goes_with_the_panel(watching, world):
    page, asked = watching(YOUTUBE)
    there = step(page, "Invite a teammate")
    play = there.get_by_role("button", name="Watch how it is done")
    expect(play).to_be_visible()
    link = there.get_by_role("link", name="Watch how it is done (new tab)")
    expect(link).to_have_attribute("href", YOUTUBE)
    page.wait_for_timeout(500)
    assert asked == []
    play.focus()
    page.keyboard.press("Enter")
    player = frame(page).get_by_role("region", name="Watch how it is done: Invite a teammate")
    expect(player).to_be_focused()
    video = player.locator("iframe")
    expect(video).to_have_accessible_name("Watch how it is done: Invite a teammate")
    expect(video.content_frame.get_by_text("It plays")).to_be_visible()
    (request,) = asked
    assert request.url.startswith("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?")
    assert request.all_headers()["referer"].rstrip("/") == inner(page).url.partition("/widget")[0]
    assert [one for one in problems(page) if "frame-tested" not in one] == []
    world.send("pia", "Member Invited")  # the checklist changes, and it plays on
    expect(there).to_have_attribute("data-state", "done", timeout=3000)
    expect(video.content_frame.get_by_text("It plays")).to_be_visible()
    assert len(asked) == 1
    pill(page).click()
    pill(page).click()
    expect(frame(page).locator("#player")).to_have_count(0)


def test_escape_and_close_end_it_and_give_the_focus_back(watching):
    page, _ = watching(YOUTUBE)
    play = step(page, "Invite a teammate").get_by_role("button", name="Watch how it is done")
    for end in ("Escape", "Close: Watch how it is done: Invite a teammate"):
        play.click()
        player = frame(page).locator("#player")
        expect(player).to_be_focused()
        if end == "Escape":
            page.keyboard.press("Escape")
        else:
            frame(page).get_by_role("button", name=end).click()
        expect(player).to_have_count(0)
        expect(play).to_be_focused()
        expect(pill(page)).to_have_attribute("aria-expanded", "true")


def test_a_file_plays_in_the_browsers_own_player_and_one_that_cannot_leaves_the_link(watching):
    page, asked = watching(FILE)
    step(page, "Invite a teammate").get_by_role("button", name="Watch how it is done").click()
    player = frame(page).locator("#player")
    link = player.get_by_role("link", name="Watch how it is done (new tab)")
    expect(link).to_be_focused()  # what was answered is no video
    expect(player.locator("video")).to_have_count(0)
    assert {request.url for request in asked} == {FILE}


def test_where_the_frame_came_without_its_reader_there_is_the_link(watching, product):
    product.csp = f"{product.csp}; form-action 'none'"
    page, asked = watching(YOUTUBE, expect=("Content Security Policy", "form-action", "frame-src"))
    step(page, "Invite a teammate").get_by_role("button", name="Watch how it is done").click()
    player = frame(page).locator("#player")
    expect(player.get_by_role("link", name="Watch how it is done (new tab)")).to_be_focused()
    expect(player.locator("iframe")).to_have_count(0)
    assert asked == []
    page.evaluate("window.violations = []")


def test_a_page_that_isolates_itself_gets_the_checklist_all_the_same_with_the_link(watching, product):
    product.headers = {"Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Opener-Policy": "same-origin"}
    page, asked = watching(YOUTUBE, expect=("ERR_BLOCKED_BY_RESPONSE", "Content Security Policy", "frame-src"))
    play = step(page, "Invite a teammate").get_by_role("button", name="Watch how it is done")
    expect(play).to_be_visible(timeout=10_000)
    play.click()
    expect(frame(page).locator("#player a")).to_be_focused()
    assert asked == []
