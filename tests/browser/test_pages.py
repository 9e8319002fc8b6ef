"""Every page, light and dark, wide and narrow: nothing for axe-core to find, no scroll bar sideways, one heading."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import opening, violations
from tests.tiers import EXHAUSTIVE

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
FIND = """
async (rules) => (await axe.run(document, {
  runOnly: rules, resultTypes: ["violations"], preload: false, iframes: false,
})).violations
  .map((violation) => violation.id + ": " + violation.nodes.map((node) => node.html.slice(0, 200)).join(" | "))
"""
# Each theme and each width once with every rule; the crossed ones differ only in colours, which are tokens. A CSS pixel
# is two at 200 % zoom, so 1280 zoomed is 640 wide.
CROSSED = [("dark", 1280, CONTRAST), ("light", 360, CONTRAST)]
VIEWS = [
    ("light", 1280, EVERYTHING),
    ("light", 640, None),
    *(CROSSED if EXHAUSTIVE else []),
    ("dark", 360, EVERYTHING),
]

MEMBER_PAGES = {
    "adoption": "adoption/",
    "adoption, people behind it": "adoption/people/",
    "ladders": "ladders/",
    "ladder": "ladders/get-set-up/",
    "ladder, a rung open and adding": "ladders/get-set-up/?open=build-report&add=1",
    "ladder, story": "ladders/get-set-up/story/",
    "ladder, translations": "ladders/get-set-up/translations/",
    "ladder, translations into Arabic": "ladders/get-set-up/translations/?to=ar",
    "milestone, translations": "library/connect-source/translations/?to=ja",
    "new ladder": "ladders/new/",
    "ladder version": "ladders/get-set-up/versions/1/",
    "discoveries, none": "discoveries/",
    "discovery, new": "discoveries/new/",
    "goals, none": "ladders/get-set-up/goals/",
    "versions": "ladders/get-set-up/versions/",
    "versions compared": "ladders/get-set-up/compare/",
    "publication, no draft": "ladders/get-set-up/publication/",
    "duplicate of a version": "ladders/get-set-up/versions/1/copy/",
    "role of a ladder": "ladders/get-set-up/role/",
    "roles": "roles/",
    "role": "roles/administrator/edit/",
    "role, new": "roles/new/",
    "library": "library/",
    "library, none found": "library/?q=no-such-thing",
    "library, archived": "library/?show=archived",
    "milestone": "library/connect-source/",
    "milestone, edit": "library/connect-source/edit/",
    "milestone, new": "new-milestone/",
    "starter packs": "packs/",
    "starter pack": "packs/saas-analytics-administrator/",
    "playbooks": "playbooks/",
    "playbook": "ladders/get-set-up/playbook/",
    "playbook, change log": "ladders/get-set-up/playbook/log/",
    "playbook, writing": "ladders/get-set-up/playbook/sections/milestone-connect-source/text/",
    "playbook, expected range": "ladders/get-set-up/playbook/sections/milestone-connect-source/range/",
    "playbook, owner": "ladders/get-set-up/playbook/care/change/",
    "events": "events/",
    "events, none found": "events/?event=No+such+event",
    "events, of a reason": "events/?reason=missing_identity",
    "events, misunderstood": "events/?from=soon",
    "people": "people/",
    "people, filtered": "people/?q=crowd&state=climbing",
    "people, none found": "people/?q=nobody-at-all",
    "features": "features/",
    "feature": "features/live-sync/",
    "reports, none": "reports/",
    "report, new": "reports/new/",
    "shared links, none": "reports/links/",
    "taking along": "reports/export/",
    "value summaries": "reports/summaries/?q=pia",
    "settings": "settings/",
    "keys": "settings/keys/",
    "webhooks, none": "settings/webhooks/",
    "widget, install": "widget/",
    "widget, look": "widget/look/",
    "widget, sandbox": "widget/sandbox/",
    "audit": "settings/audit/",
    "members": "team/",
    "what levels may do": "team/levels/",
    "environments": "environments/",
    "help": "help/",
    "help, a page": "help/installing-the-widget/",
    "help, a page with pictures": "help/guide/composer/",
    "nothing here": "people/999999999/",
}
ENTRANCES = {
    "log in": "/accounts/login/",
    "sign up": "/accounts/signup/",
    "forgotten password": "/accounts/password/reset/",
    "nothing here": "/no/such/page/",
    "unknown checklist": "/c/no-such-token/",
    "unknown shared link": "/s/no-such-token/",
    "unknown invitation": "/invitations/no-such-token/",
    "unknown report": "/reports/unsubscribe/no-such-token/",
}
FAILED_LOADING = "Failed to load resource: the server responded with a status of 4"


def problems(page) -> list[str]:
    found = []
    for theme, width, rules in VIEWS:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900})
        view = f"{theme}, {width} px"
        if rules:
            found += [f"{view}: {violation}" for violation in page.evaluate(FIND, rules)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{view}: the page scrolls sideways")
    return found


def look(page, path: str) -> list[str]:
    page.goto(path)
    page.evaluate(AXE)
    found = problems(page)
    if page.locator("h1").count() != 1:
        found.append(f"has {page.locator('h1').count()} headings of the first level")
    if page.locator("[style], style").count():
        found.append("has styles of its own instead of the stylesheet's")
    return found


@pytest.fixture(scope="module")
def reading(chromium, site) -> Iterator[Callable[..., list[str]]]:
    """Look at a page of the gallery as its owner, or as nobody, turning the pages of one browser each."""
    opened: dict[bool, Page] = {}
    with opening(chromium, site) as (open_tab, troubles):

        def read(path: str, member=None) -> list[str]:
            signed_in = member is not None
            if signed_in not in opened:
                opened[signed_in] = open_tab(member, expect=(FAILED_LOADING,))
            found = look(opened[signed_in], path) + violations(opened[signed_in])
            found += troubles
            troubles.clear()
            return found

        yield read


@pytest.mark.parametrize("path", MEMBER_PAGES.values(), ids=MEMBER_PAGES)
def test_a_members_page_is_accessible_and_fits_every_screen(reading, gallery, path):
    assert reading(f"/w/{gallery.workspace.slug}/{path}", gallery.owner) == []


@pytest.mark.parametrize("name", ["pia", "rosa", "tom"])
def test_a_persons_page_and_their_checklist_are_accessible(reading, gallery, name):
    assert reading(gallery.page_of(name), gallery.owner) == []
    assert reading(gallery.checklist(name), gallery.owner) == []


@pytest.mark.parametrize("path", ENTRANCES.values(), ids=ENTRANCES)
def test_a_page_before_log_in_is_accessible_and_fits_every_screen(reading, path):
    assert reading(path) == []


def test_what_opens_on_a_page_is_accessible_too(tab, gallery):
    page = tab(gallery.owner)
    page.goto(f"/w/{gallery.workspace.slug}/settings/keys/")
    page.locator(".switcher > summary").click()
    page.evaluate(AXE)
    assert problems(page) == []
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Revoke Web app").click()
    assert page.evaluate(FIND, EVERYTHING) == []


def test_the_workspaces_of_a_member_of_two_are_accessible(tab, ana, other_workspace):
    from workspaces.tenants.access import Level

    other_workspace.join(ana.user, Level.VIEWER)
    assert look(tab(ana), "/workspaces/") == []
