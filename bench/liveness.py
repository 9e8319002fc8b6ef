"""How soon a step ticks in an open widget after its event was taken, and what widgets at rest cost the server.

    bin/bench liveness      with 80 ticks (FIRSTMILE_BENCH_TICKS=80) and a minute for each state at rest

A real Chromium holds the widget in a page of another origin, as the documentation installs it, in front of granian and
one Celery worker. From the HTTP 200 of an event that another program sends to the `completed` that the widget tells its
page once the step is drawn; events come at any moment of the second between two looks. The limit is two seconds.

At rest nothing happens for a minute: the widget stands open, in a hidden tab, and closed. What that costs is the time
on a processor of the web server and of its sessions with PostgreSQL, less what they take without any widget.
"""

import itertools
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("FIRSTMILE_BENCH_PEOPLE", "200")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in this thread

from flags import FEATURES, ROOT, at, populate

sys.path.insert(0, str(ROOT / "bin" / "lib"))

import chromium
from _lag import event_of, post, worker
from django.db import connection
from intake import server
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from onboarding.progress.models import Journey
from onboarding.widget.models import WidgetSettings
from tests.browser.host import Host, serving
from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

TICKS = int(os.environ.get("FIRSTMILE_BENCH_TICKS", "80"))
LIMIT_SECONDS = 2.0
REST_SECONDS = float(os.environ.get("FIRSTMILE_BENCH_REST_SECONDS", "60"))
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
# What a page of a tab that nobody looks at sees, once `shown` is false.
HIDE = 'Object.defineProperty(document, "visibilityState", {get: () => window.shown === false ? "hidden" : "visible"})'
HIDDEN = 'window.shown = false; document.dispatchEvent(new Event("visibilitychange"))'
HEAR = "window.heard = {}; firstmile.on('completed', ({step}) => { heard[step] = Date.now() }); undefined"

_numbers = itertools.count()


def main() -> None:
    random.seed(7)
    workspace, _ = populate()
    _, key = ApiKey.issue(workspace, kind=ApiKey.Kind.WRITE, name="bench")
    with server("config.wsgi:application") as port, worker(), serving(f"http://127.0.0.1:{port}") as host:
        with scope(workspace):
            WidgetSettings.of(workspace).allow(host.address, by=None)
        host.install(key)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium.path(), args=FLAGS)
            print(ticks(browser.new_context(), host, workspace, port, key), flush=True)
            for line in at_rest(browser, host, workspace, port, key):
                print(line, flush=True)
            browser.close()


def ticks(context: BrowserContext, host: Host, workspace: Workspace, port: int, key: str) -> str:
    took: list[float] = []
    while len(took) < TICKS:
        user = someone(workspace, port, key)
        page = opened(context, host, user)
        for step in range(FEATURES - 2):
            time.sleep(random.uniform(0.2, 1.2))
            post(port, key, [event_of(user, f"Did {step}")])
            answered = time.time()
            took.append(heard(page, f"step-{step}") - answered)
        page.close()
    took = took[:TICKS]
    p50, p95 = at(took, 0.5), at(took, 0.95)
    return (
        f"from the 200 to the tick, {len(took)} ticks: ratio of p95 to two seconds {p95 / LIMIT_SECONDS:.2f} "
        f"(p50 {p50:.2f} s, p95 {p95:.2f} s, longest {max(took):.2f} s)"
    )


def heard(page: Page, step: str) -> float:
    """When the widget told of the step, in seconds since 1970: the page's clock is this program's."""
    until = time.time() + 30
    while time.time() < until:
        told = page.evaluate(f"heard['{step}'] ?? 0")
        if told:
            return float(told) / 1000
        time.sleep(0.02)
    raise RuntimeError(f"{step} did not tick within half a minute")


def at_rest(browser: Browser, host: Host, workspace: Workspace, port: int, key: str) -> Iterator[str]:
    """A line for each state, and one for the server without a widget."""
    user = someone(workspace, port, key)
    time.sleep(2)
    idle = cost()
    time.sleep(REST_SECONDS)
    without = since(idle)
    yield f"without a widget: {without * 60 / REST_SECONDS:.1f} ms of processors a minute"
    for name in ("open", "in a hidden tab", "closed"):
        context = browser.new_context()
        context.add_init_script(HIDE)
        page = opened(context, host, user) if name != "closed" else visiting(context, host, user)
        if name == "in a hidden tab":
            for one in page.frames:
                one.evaluate(HIDDEN)
        time.sleep(3)
        asked: list[str] = []
        context.on("request", lambda request, asked=asked: asked.append(request.url))
        before = cost()
        wait(page, REST_SECONDS)
        spent = max(0.0, since(before) - without)
        ours = [url for url in asked if url.startswith(f"http://127.0.0.1:{port}/")]
        per_minute = 60 / REST_SECONDS
        yield (
            f"one widget {name}: {len(ours) * per_minute:.0f} requests a minute, {spent * per_minute:.0f} ms of "
            f"processors a minute, ratio to one processor {spent / REST_SECONDS / 1000:.5f}"
        )
        context.close()


def someone(workspace: Workspace, port: int, key: str) -> str:
    """A new person who has begun the ladder."""
    user = f"live-{next(_numbers)}"
    post(port, key, [event_of(user, "Signed Up")])
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with scope(workspace):
            if Journey.objects.filter(person__external_id=user).exists():
                return user
        time.sleep(0.05)
    raise RuntimeError("nobody began the ladder within a minute")


def visiting(context: BrowserContext, host: Host, user: str) -> Page:
    """A page with the pill of this person in it."""
    page = context.new_page()
    pill = page.locator("firstmile-widget button")
    page.goto(host.address)
    wait_for(page, "window.firstmile?.loaded")
    page.evaluate(f"firstmile.identify('{user}')")
    pill.wait_for(state="visible", timeout=60_000)
    return page


def opened(context: BrowserContext, host: Host, user: str) -> Page:
    page = visiting(context, host, user)
    page.evaluate(HEAR)
    page.locator("firstmile-widget button").click()
    page.frame_locator("firstmile-widget iframe").locator(".step").first.wait_for(state="visible", timeout=30_000)
    return page


def wait_for(page: Page, true: str) -> None:
    until = time.monotonic() + 30
    while not page.evaluate(true):
        if time.monotonic() > until:
            raise RuntimeError(f"{true} did not come about within half a minute")
        time.sleep(0.05)


def wait(page: Page, seconds: float) -> None:
    """While Playwright hears of requests."""
    page.wait_for_timeout(seconds * 1000)


def cost() -> dict[int, float]:
    """How long the web server's processes and the sessions with PostgreSQL have been on a processor so far."""
    return {pid: on_processor(pid) for pid in [*children_of(os.getpid(), "granian"), *sessions()]}


def since(before: dict[int, float]) -> float:
    """The milliseconds since then; of a process that began meanwhile, all of its own."""
    return sum(max(0.0, spent - before.get(pid, 0.0)) for pid, spent in cost().items())


def children_of(parent: int, word: str) -> list[int]:
    """The processes below this one in whose command line the word stands."""
    found, below = [], {parent}
    for folder in sorted(Path("/proc").glob("[0-9]*"), key=lambda folder: int(folder.name)):
        try:
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_text()
        except OSError:
            continue
        if int(status[1]) in below:
            below.add(int(folder.name))
            if word in command:
                found.append(int(folder.name))
    return found


def sessions() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return [pid for (pid,) in cursor.fetchall()]


def on_processor(pid: int) -> float:
    """Of all its threads, those that are over too (Linux), in milliseconds, to the clock's tick of ten."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, after_name[11:13])) * 1000 / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
