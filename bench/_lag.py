"""From the 200 to the visible completion, under load. Part of bench/progress.py."""

import itertools
import json
import os
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import intake
from django.conf import settings
from django.db import connection

from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

ROOT = Path(__file__).resolve().parent.parent
PROBES = 80
PEOPLE = 2_000
VISIBLE = """
SELECT EXISTS (
    SELECT FROM progress_completion c
    JOIN progress_journey j ON j.workspace_id = c.workspace_id AND j.id = c.journey_id
    JOIN people_person p ON p.workspace_id = j.workspace_id AND p.id = j.person_id
    WHERE c.workspace_id = %s AND p.key = %s AND c.rung_key = 'connect')"""

_numbers = itertools.count()


def lags(workspace: Workspace) -> Iterator[str]:
    """A sentence for each load: half of what single calls can come to, and half of what a workspace may send."""
    Workspace.objects.filter(pk=workspace.pk).update(events_per_second=0)
    _, key = ApiKey.issue(workspace, kind=ApiKey.Kind.WRITE, name="bench")
    with intake.server("config.wsgi:application") as port, worker():
        limit = intake.send(port, key, size=1, senders=4)
        allowed = settings.INTAKE_EVENTS_PER_SECOND
        _wait_until_read(workspace)
        for words, size, rate in (
            ("no other events", 1, 0.0),
            (f"{limit / 2:,.0f} single events/s, half of what this server takes", 1, limit / 2),
            (f"{allowed / 2:,.0f} events/s in batches of 50, half of a workspace's limit", 50, allowed / 2),
        ):
            with _load(port, key, size=size, rate=rate) as sent:
                found = sorted(_probe(port, key, workspace) for _ in range(PROBES))
            p95 = found[int(0.95 * len(found))]
            yield (
                f"from the 200 to the completion, beside {words} (sent: {sent()}): ratio of p95 to a second {p95:.2f} "
                f"(p50 {statistics.median(found):.3f} s, p95 {p95:.3f} s, longest {found[-1]:.3f} s)"
            )
            _wait_until_read(workspace)


def _probe(port: int, key: str, workspace: Workspace) -> float:
    """Seconds from the answer to an event to the moment when the step that it completes is seen to be complete."""
    person = f"probe-{next(_numbers)}"
    post(port, key, [event_of(person, "Signed Up"), event_of(person, "Connected")])
    answered = time.perf_counter()
    while True:
        with scope(workspace), connection.cursor() as cursor:
            cursor.execute(VISIBLE, [workspace.pk, f"u:{person}"])
            if cursor.fetchone()[0]:
                return time.perf_counter() - answered
        if time.perf_counter() - answered > 60:
            raise RuntimeError("a completion did not become visible within a minute")
        time.sleep(0.01)


@contextmanager
def _load(port: int, key: str, *, size: int, rate: float) -> Iterator:
    """Events of PEOPLE at this rate, from four senders, until the end of the block. Gives how fast they really came."""
    ended, done, began = threading.Event(), [0] * 4, time.perf_counter()
    names = ["Connected", "Shared", "Invited", "Looked", "Looked", "Looked"]

    def sender(number: int) -> None:
        due = time.perf_counter()
        while rate and not ended.is_set():
            due += 4 * size / rate
            events = [event_of(f"user-{n % PEOPLE}", names[n % 6]) for n in itertools.islice(_numbers, size)]
            post(port, key, events)
            done[number] += size
            time.sleep(max(0.0, due - time.perf_counter()))

    threads = [threading.Thread(target=sender, args=(number,), daemon=True) for number in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield lambda: f"{sum(done) / (time.perf_counter() - began):,.0f}/s"
    finally:
        ended.set()
        for thread in threads:
            thread.join(30)


def event_of(person: str, name: str) -> dict:
    at = datetime.now(UTC).isoformat()
    return {"messageId": f"lag-{next(_numbers)}", "type": "track", "userId": person, "event": name, "timestamp": at}


def post(port: int, key: str, events: list[dict]) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/batch",
        json.dumps({"batch": events}).encode(),
        {"Authorization": f"Basic {b64encode(f'{key}:'.encode()).decode()}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()


@contextmanager
def worker() -> Iterator[None]:
    """One Celery worker of one process, as it runs in production."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "1", "--loglevel", "WARNING"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    process = subprocess.Popen([*command, *quiet], cwd=ROOT, env=dict(os.environ))
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_read(workspace: Workspace) -> None:
    from onboarding.progress import engine

    until = time.monotonic() + 300
    while engine.is_behind(workspace.pk):
        if time.monotonic() > until:
            raise RuntimeError("the worker did not catch up within five minutes")
        time.sleep(0.2)
