"""A real Chromium against a real server process (and, where a test asks for it, a real Celery worker), all on the
database of this test run. A page that violates its Content-Security-Policy, logs an error or throws fails its test.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from onboarding.widget.models import WidgetSettings
from tests.browser.host import Host, serving, until
from tests.browser.world import World, build
from tests.processes import celery_worker, end, environment
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.models import User, Workspace

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} blocked ${event.blockedURI || event.sample}`));
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def letters(tmp_path_factory) -> Path:
    """The folder in which the site's mail becomes files."""
    return tmp_path_factory.mktemp("letters")


@pytest.fixture(scope="session")
def site(django_db_setup, letters) -> Iterator[str]:
    """The address of a running Firstmile."""
    port = _free_port()
    command = ["granian", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(
        [sys.executable, "-m", *command, "--blocking-threads", "2", "config.wsgi:application"],
        cwd=ROOT,
        env={**environment(), "FIRSTMILE_EMAIL_FOLDER": str(letters), "FIRSTMILE_SSO_ALLOW_PRIVATE": "1"},
        stdout=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/healthz", server)
        yield address
    finally:
        end(server)


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    until, said = time.monotonic() + 90, None
    while time.monotonic() < until:
        assert server.poll() is None, f"The web server ended by itself with {server.returncode}"
        try:
            # The first answer takes a while on a busy machine, and whoever gave up and asks again waits behind himself.
            with urllib.request.urlopen(address, timeout=60):
                return
        except OSError as error:
            said = error
            time.sleep(0.1)
    raise AssertionError(f"{address} did not answer well within 90 seconds: {said}")


@pytest.fixture(scope="module")
def worker(django_db_setup) -> Iterator[None]:
    """A Celery worker that has connected to its queue."""
    with celery_worker():
        yield


def _chromium() -> str:
    named = os.environ.get("FIRSTMILE_CHROMIUM")
    found = named or next((program for name in NAMES if (program := shutil.which(name))), None)
    assert found, "Browser tests need Chromium: install it, or name it in FIRSTMILE_CHROMIUM, or use bin/test"
    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread; Django would take it for asynchronous code.
        before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        browser = playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
        yield browser
        # In a thread with an event loop Django keeps connections of their own, which nobody sees once it has ended.
        connections.close_all()
        browser.close()
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@contextmanager
def opening(chromium: Browser, site: str) -> Iterator[tuple[Callable[..., Page], list[str]]]:
    """How to open a fresh browser as a member (or nobody), and a list of what went wrong on its pages."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_tab(member=None, *, expect: tuple[str, ...] = (), **options) -> Page:
        options = {"viewport": {"width": 1280, "height": 900}, "base_url": site, **options}
        context = chromium.new_context(**options)
        contexts.append(context)
        context.add_init_script(WATCH)
        if member is not None:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(member), "url": site}])
        page = context.new_page()

        def heard(message) -> None:
            if message.type in ("error", "warning") and not any(part in message.text for part in expect):
                troubles.append(f"{page.url}: {message.text}")

        page.on("console", heard)
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
        return page

    yield open_tab, troubles
    for context in contexts:
        for page in context.pages:
            troubles += violations(page)
        context.close()


def violations(page: Page) -> list[str]:
    """What the page has tried against its policy."""
    return [f"{page.url}: {violation}" for violation in page.evaluate("window.violations ?? []")]


@pytest.fixture
def tab(chromium, site) -> Iterator[Callable[..., Page]]:
    """Open a fresh browser as this member (or nobody). What goes wrong on its pages fails the test at its end."""
    with opening(chromium, site) as (open_tab, troubles):
        yield open_tab
    assert troubles == []


def session_of(member) -> str:
    client = Client()
    client.force_login(member.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def world(workspace, ana) -> World:
    """Acme with a published ladder and people on several of its steps; see world.py."""
    return build(workspace, ana)


@pytest.fixture(scope="session")
def gallery(django_db_setup, django_db_blocker) -> World:
    """A workspace to look at and not to touch, with enough people for pages and charts. Its `owner` is a member."""
    with django_db_blocker.unblock():
        workspace = Workspace.objects.create(name="Initech", slug=f"initech-{os.getpid()}", segments=["plan"])
        user = User.objects.create_user(f"milton-{os.getpid()}@example.com", name="Milton Waddams")
        return build(workspace, workspace.join(user, Level.OWNER), crowd=60)


@pytest.fixture
def product(site, world) -> Iterator[Host]:
    """Acme's product, which has installed the widget."""
    with serving(site) as host:
        with scope(world.workspace):
            WidgetSettings.of(world.workspace).allow(host.address, by=None)
        host.install(world.write_key)
        yield host


@pytest.fixture
def visit(tab, product) -> Callable[..., Page]:
    """Open a page of the product, for somebody who is logged in there."""

    def visited(user: str = "", path: str = "/home", *, expect: tuple[str, ...] = (), **options):
        page = tab(expect=expect, **options)
        page.goto(product.address + path)
        until(page, "window.firstmile?.loaded")
        if user:
            page.evaluate("user => firstmile.identify(user)", user)
        return page

    return visited
