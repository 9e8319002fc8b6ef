"""bin/screenshots READY [--to FOLDER]: pictures of a running demo, for docs/screenshots/.

READY is the file that `bin/demo --ready READY` writes. Each page is taken light and dark at 1280 px, and light at 360.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import chromium
import environment

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
VIEWS = [("", "light", 1280, 860), ("-dark", "dark", 1280, 860), ("-narrow", "light", 360, 740)]  # px


def main() -> None:
    environment.enter()
    parser = argparse.ArgumentParser(prog="bin/screenshots", description=(__doc__ or "").split(":", 1)[1].strip())
    parser.add_argument("ready", type=Path, help="the file that bin/demo --ready wrote")
    parser.add_argument("--to", type=Path, default=environment.ROOT / "docs" / "screenshots", metavar="FOLDER")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="some pages, such as dashboard")
    arguments = parser.parse_args()
    try:
        demo = json.loads(arguments.ready.read_text())
        program = chromium.path()
    except (OSError, ValueError) as error:
        sys.exit(f"bin/screenshots: {arguments.ready} is not what bin/demo --ready writes: {error}")
    except chromium.NoChromium as error:
        sys.exit(f"bin/screenshots: {error}")
    arguments.to.mkdir(parents=True, exist_ok=True)
    for name in take(demo, program, arguments.to, arguments.only):
        print(arguments.to / name)


def take(demo: dict[str, Any], program: str, folder: Path, only: list[str] | None) -> list[str]:
    """Take every picture; returns the files' names."""
    from playwright.sync_api import sync_playwright

    login = demo["logins"]["product_manager"]
    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for suffix, theme, width, height in VIEWS:
            context = browser.new_context(base_url=demo["url"], viewport={"width": width, "height": height})
            page = context.new_page()
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            page.goto("/accounts/login/")
            page.get_by_label("E-mail address").fill(login["email"])
            page.get_by_label("Password").fill(login["password"])
            page.get_by_role("button", name="Log in").click()
            page.wait_for_load_state("networkidle")
            for name, path in pages(demo, page):
                if only is None or name in only:
                    page.goto(path)
                    page.evaluate("document.fonts.ready")
                    page.wait_for_load_state("networkidle")
                    page.wait_for_timeout(1000)  # what a page fetches after it is there
                    page.locator("#rehearsal[data-poll]").wait_for(state="detached")
                    page.screenshot(path=folder / f"{name}{suffix}.png", full_page=True)
                    taken.append(f"{name}{suffix}.png")
            context.close()
        browser.close()
    return taken


def pages(demo: dict[str, Any], page: Any) -> list[tuple[str, str]]:
    """The pages to show, by name. `page` is logged in: the person is found as a member finds them."""
    root = f"/w/{demo['workspace']}"
    user = demo["logins"]["end_user"]
    page.goto(f"{root}/people/?q={user['user_id']}")
    person = page.locator("a.row-link").first.get_attribute("href")
    # The demo has a draft of the one under way, and a playbook and two versions of the other.
    drafted, played = f"{root}/ladders/operators/", f"{root}/ladders/administrators/"
    return [
        ("dashboard", f"{root}/adoption/"),
        ("ladders", f"{root}/ladders/"),
        ("ladder", f"{drafted}{opened(page, drafted)}"),
        ("ladder-story", f"{drafted}story/"),
        ("ladder-new", f"{root}/ladders/new/"),
        ("publication", f"{drafted}publication/"),
        ("compare", f"{drafted}compare/"),
        ("versions", f"{played}versions/"),
        ("translations", f"{played}translations/?to=de"),
        ("roles", f"{root}/roles/"),
        *discovery(page, root),
        *library(page, root),
        ("playbooks", f"{root}/playbooks/"),
        ("playbook", f"{played}playbook/"),
        ("people", f"{root}/people/?state=climbing"),
        *events(page, root, user["user_id"]),
        ("imports", f"{root}/imports/"),
        ("import-new", f"{root}/imports/new/"),
        ("features", f"{root}/features/"),
        ("feature", f"{root}/features/custom-roles/"),
        ("webhooks", f"{root}/settings/webhooks/"),
        ("settings", f"{root}/settings/"),
        ("help", f"{root}/help/"),
        ("help-page", f"{root}/help/translating/"),
        ("widget-install", f"{root}/widget/"),
        ("widget-look", f"{root}/widget/look/"),
        ("widget-sandbox", sandbox(page, root, user["user_id"])),
        ("person", person),
        ("ruling", ruling(page, person)),
        ("checklist", user["checklist_url"]),
        ("checklist-de", f"{user['checklist_url']}?lang=de"),
        ("checklist-ar", f"{user['checklist_url']}?lang=ar"),
    ]


def events(page: Any, root: str, user: str) -> list[tuple[str, str]]:
    """The list of messages, one person's, and one of theirs in full."""
    page.goto(f"{root}/events/?person={user}&outcome=stored&event=Site+Created")
    message = page.locator(".entry-later a").first.get_attribute("href")
    return [("events", f"{root}/events/"), ("events-person", f"{root}/events/?person={user}"), ("event", message)]


def ruling(page: Any, person: str) -> str:
    """The form by which a coach completes a step."""
    page.goto(person)
    return str(page.get_by_role("link", name="Complete by hand…").first.get_attribute("href"))


def sandbox(page: Any, root: str, user: str) -> str:
    """The sandbox, in which somebody reads."""
    page.goto(f"{root}/widget/sandbox/?q={user}")
    page.get_by_role("button", name="Choose").first.click()
    page.locator("#host").wait_for()
    return str(page.url)


def opened(page: Any, ladder: str) -> str:
    """The query that opens the ladder's first milestone."""
    page.goto(ladder)
    return f"?open={page.locator('[data-rung]').first.get_attribute('data-rung')}"


def library(page: Any, root: str) -> list[tuple[str, str]]:
    """The library, its first milestone, that one's form, and the starter packs."""
    page.goto(f"{root}/library/")
    milestone = page.locator("a.row-link").first.get_attribute("href")
    return [
        ("library", f"{root}/library/"),
        ("milestone", milestone),
        ("milestone-edit", f"{milestone}edit/"),
        ("packs", f"{root}/packs/"),
    ]


def discovery(page: Any, root: str) -> list[tuple[str, str]]:
    """The questions and the proposal of the example, which is begun here if the demo has no discovery yet."""
    page.goto(f"{root}/discoveries/")
    example = page.get_by_role("button", name="Try it with example answers")
    if example.count():
        example.click()
        page.get_by_role("button", name="Propose a ladder").click()
    else:
        page.locator("a.row-link").first.click()
    page.wait_for_url("**/proposal/")
    proposal = page.url
    return [("discovery", proposal.removesuffix("proposal/")), ("discovery-proposal", proposal)]


if __name__ == "__main__":
    main()
