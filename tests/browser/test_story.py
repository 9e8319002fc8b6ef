"""The whole way of one event, in front of somebody's eyes: browser, HTTP, log, worker, engine, browser."""

import base64
import json
import time
import urllib.request

from django.contrib.auth.hashers import make_password
from django.test import override_settings
from playwright.sync_api import expect

from tests.conftest import PASSWORD

SHIPPED_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]


def track(site: str, write_key: str, user: str, event: str) -> int:
    """Send an event as a customer's server would."""
    request = urllib.request.Request(
        f"{site}/v1/track",
        data=json.dumps({"userId": user, "event": event}).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": "Basic " + base64.b64encode(f"{write_key}:".encode()).decode(),
        },
    )
    with urllib.request.urlopen(request, timeout=5) as response:
        return int(response.status)


def test_a_product_manager_sees_a_step_tick_within_two_seconds_of_its_event(tab, site, worker, world, ana):
    with override_settings(PASSWORD_HASHERS=SHIPPED_HASHERS):
        ana.user.password = make_password(PASSWORD)
        ana.user.save(update_fields=["password"])
    page = tab()

    page.goto("/")
    page.get_by_label("E-mail address").fill(ana.user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_role("link", name="Adoption")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    page.get_by_role("link", name="People").click()
    page.get_by_label("E-mail address or user id").fill("pia")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Pia").click()
    checklist = page.locator("#checklist")
    expect(checklist).to_contain_text("2 of 7 done")
    invite = checklist.locator('[data-step="invite-teammate"]')
    expect(invite).to_have_attribute("data-state", "open")

    sent = time.monotonic()
    assert track(site, world.write_key, "pia", "Member Invited") == 200
    expect(invite).to_have_attribute("data-state", "done", timeout=2000)
    assert time.monotonic() - sent < 2
    expect(checklist).to_contain_text("3 of 7 done")

    # The end user, who never logs in, sees the same page tick.
    own = tab()
    own.goto(world.checklist("pia"))
    expect(own.locator('[data-step="build-report"]')).to_have_attribute("data-state", "open")
    assert track(site, world.write_key, "pia", "Report Built") == 200
    expect(own.locator('[data-step="build-report"]')).to_have_attribute("data-state", "done", timeout=2000)

    page.reload()
    expect(page.get_by_text("Reached first value")).to_be_visible()
    expect(page.get_by_role("region", name="Recent events", exact=True)).to_contain_text("Report Built")
