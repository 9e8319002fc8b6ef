"""Segment's SDK for browsers, in Chromium on a page of another origin, finds out where to send and delivers it all."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.utils import timezone

from onboarding.intake.models import LoggedEvent
from tests.onboarding.clients import scenario
from tests.onboarding.clients.conftest import HERE
from tests.onboarding.clients.faults import Fault, proxy
from tests.onboarding.clients.runs import Run, assert_every_fault_happened
from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

pytestmark = pytest.mark.browser

TRACKS = 60
SECONDS = 90
NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]  # fmt: skip
# Each call is a request of its own.
PLAN = [Fault.BUSY, Fault.DROPPED_BUT_STORED, Fault.LIMITED, Fault.CUT, Fault.BUSY_BUT_STORED, Fault.DROPPED,
        Fault.SLOW, Fault.LIMITED_BUT_STORED]  # fmt: skip
# While a batch waits to be retried, the SDK adds to it; so one batch goes through all that makes it retry.
PLAN_FOR_BATCHES = [fault for fault in PLAN if fault not in (Fault.CUT, Fault.SLOW)]


class Site(ThreadingHTTPServer):
    """The customer's site: a page, the SDK's file, what to do, and an ear for what came of it."""

    daemon_threads = True

    def __init__(self, sdk: Path, order: dict) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.files = {
            "/": ("text/html", (HERE / "page.html").read_bytes()),
            "/analytics.js": ("text/javascript", sdk.read_bytes()),
            "/order.json": ("application/json", json.dumps(order).encode()),
        }
        self.said: dict = {}
        self.done = threading.Event()


class _Page(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        kind, content = self.server.files.get(self.path, ("text/plain", b""))
        self._answer(kind, content)

    def do_POST(self) -> None:
        self.server.said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer("text/plain", b"")
        self.server.done.set()

    def _answer(self, kind: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments) -> None:
        pass


@contextmanager
def site(sdk: Path, order: dict):
    server = Site(sdk, order)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def chromium(address: str):
    """A browser with this page open, as a process of its own with a profile that is thrown away."""
    named = os.environ.get("FIRSTMILE_CHROMIUM")
    program = named or next((found for name in NAMES if (found := shutil.which(name))), None)
    assert program, "This test needs Chromium: install it, or name it in FIRSTMILE_CHROMIUM, or use bin/test"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={profile}", address],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Debian's launcher is a script: ended alone, it leaves the browser behind
        )
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


@pytest.fixture(scope="module")
def runs(web_port, node_modules, django_db_blocker) -> dict[str, Run]:
    """The page twice at once: each call by itself, and in batches."""
    sdk = node_modules / "@segment" / "analytics-next" / "dist" / "umd" / "index.js"
    found = {"singly": Run("singly", [], PLAN), "in batches": Run("in-batches", [], PLAN_FOR_BATCHES)}
    with ExitStack() as stack:
        stack.enter_context(django_db_blocker.unblock())
        sites = []
        for name, run in found.items():
            run.workspace = Workspace.objects.create(name=run.name, slug=f"{run.name}-{os.getpid()}")
            _, key = ApiKey.issue(run.workspace, kind="write", name="page")
            run.proxy = stack.enter_context(proxy(web_port, run.plan))
            run.order = {"key": key, "host": run.proxy.address, "tracks": TRACKS, "batching": name == "in batches",
                         "first": scenario.FIRST.isoformat(), "text": scenario.TEXT}  # fmt: skip
            sites.append(stack.enter_context(site(sdk, run.order)))
            run.began_at = timezone.now()
        # Without a head, Chromium opens one page.
        frames = "".join(f'<iframe src="http://127.0.0.1:{page.server_port}/"></iframe>' for page in sites)
        sites[0].files["/both"] = ("text/html", frames.encode())
        stack.enter_context(chromium(f"http://127.0.0.1:{sites[0].server_port}/both"))
        for run, page in zip(found.values(), sites, strict=True):
            assert page.done.wait(SECONDS), f"{run.name}: the page did not end; the proxy saw {run.proxy.seen[-5:]}"
            _wait_for_retries(run)
            run.failures = page.said["failures"]
            run.order |= page.said
    return found


def _wait_for_retries(run: Run) -> None:
    """Until everything is there and nothing more was sent for a while: the SDK retries after its calls are over."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        with scope(run.workspace):
            there = LoggedEvent.objects.count() >= TRACKS + 3
        planned = all(run.proxy.happened[fault] >= times for fault, times in run.proxy.planned.items())
        if there and planned and time.monotonic() - run.proxy.last_at > 2:
            return
        time.sleep(0.1)


@pytest.mark.parametrize("name", ["singly", "in batches"])
class TestTheBrowser:
    def test_delivers_everything_through_every_fault(self, name, runs):
        run = runs[name]
        assert run.failures == []
        assert run.rejections() == []
        assert_every_fault_happened(run.proxy)

    def test_asks_where_to_send_and_whether_it_may(self, name, runs):
        asked = Counter((method, path.rsplit("/", 1)[-1], status) for method, path, status, _ in runs[name].proxy.seen)
        assert asked["GET", "settings", 200] == 1
        assert asked["OPTIONS", "b" if name == "in batches" else "t", 204] >= 1

    def test_everything_is_in_the_log_once_as_it_was_meant(self, name, runs):
        run = runs[name]
        logged = run.logged()
        visitor = run.order["visitor"]
        assert Counter(event.type for event in logged) == {"track": TRACKS, "page": 1, "identify": 1, "group": 1}
        tracks = {event.properties["number"]: event for event in logged if event.type == "track"}
        assert set(tracks) == set(range(TRACKS))
        assert f"a:{visitor}" in {event.sender for event in logged}
        for number, event in tracks.items():
            known = number >= TRACKS / 2
            assert (event.event, event.properties["text"]) == (f"Event {number % 5}", scenario.TEXT)
            # Who logs in while a visitor's event waits to be retried becomes the sender of that, too: the SDK looks at
            # the log-in whenever it sends. It is the same person.
            assert event.sender == "u:dora-ü" or (not known and event.sender == f"a:{visitor}")
            assert event.anonymous_id == visitor
            if number % 2:
                assert event.occurred_at == scenario.FIRST + timedelta(seconds=number)
            else:
                assert run.began_at <= event.occurred_at <= event.received_at + timedelta(seconds=1)

    def test_who_and_where_are_said_too(self, name, runs):
        by_type = {event.type: event for event in runs[name].logged()}
        assert (by_type["identify"].sender, by_type["identify"].traits) == ("u:dora-ü", {"plan": "team"})
        assert (by_type["group"].group_id, by_type["group"].traits) == ("acme", {"size": 40})
        page = by_type["page"]
        assert (page.event, page.properties["name"], page.properties["tab"]) == ("Page Viewed", "Prices", 2)
        assert page.context["page"]["title"] == "A customer's page"
