"""The event debugger before somebody's eyes: what is sent appears by itself and says what it did."""

import json
import urllib.error
import urllib.request

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from onboarding.intake.models import LoggedEvent
from tests.analytics.events import send, track
from tests.browser.test_pages import AXE, problems
from workspaces.scope import scope

SECONDS = 1000
PATIENCE = 30 * SECONDS


def post(site: str, key: str, **message) -> int:
    request = urllib.request.Request(
        f"{site}/v1/track",
        data=json.dumps(message).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {key}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return int(response.status)
    except urllib.error.HTTPError as refused:
        return refused.code


@pytest.fixture
def page(tab, world, ana):
    page = tab(ana, expect=("status of 422",))  # a form with its problems
    page.clock.install()
    page.goto(f"/w/{world.workspace.slug}/events/")
    return page


def asked(page) -> list[str]:
    """What the page asks for from now on."""
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    return addresses


def row(page, name: str):
    return page.locator(".entry").filter(has=page.locator(".entry-name", has_text=name)).first


def test_an_event_appears_in_the_open_page_by_itself_and_says_what_it_completed(page, site, worker, world):
    expect(page.locator("#events-state")).to_have_text("Live")
    assert post(site, world.write_key, userId="pia", event="Member Invited") == 200
    invited = row(page, "Member Invited")
    expect(invited).to_contain_text("Pia", timeout=PATIENCE)
    expect(page.locator(".entry").first).to_contain_text("Completed", timeout=PATIENCE)
    expect(page.locator(".entry").first).to_contain_text("Invite a teammate")
    expect(page.locator("#events-news")).to_contain_text("new message", timeout=PATIENCE)
    assert post(site, world.write_key, userId="pia") == 400
    expect(page.locator(".entry").first).to_contain_text("Rejected", timeout=PATIENCE)


def test_an_opened_row_says_why_and_holds_the_list_still(page, site, world):
    first = page.locator(".entry").first
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(first.locator(".entry-body")).to_contain_text("What it did", timeout=PATIENCE)
    expect(first.locator(".entry-body")).to_contain_text("messageId")
    expect(page.locator("#events-state")).to_have_text("Paused while a message is open")
    before, requests = first.get_attribute("data-entry"), asked(page)
    send(world.workspace, [track("quinn", "Looked Around", timezone.now())])
    page.clock.run_for(4 * SECONDS)
    page.wait_for_timeout(300)
    assert requests == []
    assert page.locator(".entry").first.get_attribute("data-entry") == before
    page.keyboard.press("Enter")
    expect(page.locator("#events-state")).to_have_text("Live")
    expect(page.locator(".entry").first).to_contain_text("Looked Around", timeout=PATIENCE)
    # A row that was opened and closed can be opened again after the list was renewed.
    again = page.locator(f'[data-entry="{before}"]')
    again.locator("summary").click()
    expect(again.locator(".entry-body")).to_contain_text("What it did", timeout=PATIENCE)


def test_the_list_is_paused_and_goes_on(page, world):
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#events-state")).to_have_text("Paused")
    first, requests = page.locator(".entry").first.get_attribute("data-entry"), asked(page)
    send(world.workspace, [track("quinn", "Looked Around", timezone.now())])
    page.clock.run_for(4 * SECONDS)
    page.wait_for_timeout(300)
    assert requests == []
    assert page.locator(".entry").first.get_attribute("data-entry") == first
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".entry").first).to_contain_text("Looked Around", timeout=PATIENCE)


def test_a_rejected_message_is_mended_in_its_page(page, site, world):
    assert post(site, world.write_key, userId="pia", messageId="mend-me") == 400
    page.goto(f"/w/{world.workspace.slug}/events/?outcome=rejected")
    page.locator(".entry summary").first.click()
    page.get_by_role("link", name="Page of this message").click()
    text = page.get_by_label("The message, to mend and send again")
    before = text.input_value()
    text.fill(before.replace('"track"', '"nix"'))
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("The type must be one of")).to_be_visible()
    expect(text).to_be_focused()
    assert '"nix"' in text.input_value()
    text.fill(before.replace('"pia"', '"pia", "event": "Member Invited"'))
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("Sent again. It is in the log now.")).to_be_visible()
    expect(page.locator(".entry")).to_have_count(1)
    with scope(world.workspace):
        assert LoggedEvent.objects.get(message_id="mend-me").event == "Member Invited"


def test_markup_in_events_runs_nowhere(page, site, world):
    evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
    assert post(site, world.write_key, userId=evil, event=evil, properties={evil: evil}) == 200
    assert post(site, world.write_key, event=evil) == 400
    page.reload()
    for entry in page.locator(".entry").all()[:2]:
        entry.locator("summary").click()
        expect(entry.locator(".entry-body")).to_contain_text("<img src=x", timeout=PATIENCE)
    assert page.evaluate("window.hacked") is None


def test_an_open_row_and_a_rejected_one_are_accessible_in_light_and_dark(page, site, world):
    assert post(site, world.write_key, userId="pia") == 400
    page.reload()
    for entry in page.locator(".entry").all()[:2]:
        entry.locator("summary").click()
        expect(entry.locator(".entry-body .entry-later")).to_have_count(0, timeout=PATIENCE)
    page.evaluate(AXE)
    assert problems(page) == []
    page.locator("summary", has_text="More").click()
    assert problems(page) == []
    for entry in page.locator(".entry a", has_text="Page of this message").all()[:2]:
        other = page.context.new_page()
        other.goto(entry.get_attribute("href"))
        other.evaluate(AXE)
        assert problems(other) == []
        assert other.locator("h1").count() == 1
        other.close()
