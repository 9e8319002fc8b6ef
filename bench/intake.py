"""How fast events become durable, as ratios to a plain COPY of the same rows into the same table in the same run.

    bin/bench intake

1. log.append, in batches: the statement that every way in ends in, with row-level security and everything on.
2. HTTP: granian's WSGI with threads, senders that wait for each 200. Loopback only, a few seconds for each figure.

COPY and append take turns on one throw-away copy of the log (same indexes, same policy; its owner may COPY, which
PostgreSQL forbids to roles that the policy binds). Ratios are medians of the rounds.
"""

import base64
import io
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, connections  # noqa: E402

from onboarding.intake import log, partitions, taking  # noqa: E402
from onboarding.intake.message import Message  # noqa: E402
from onboarding.intake.steps import Envelope  # noqa: E402
from workspaces.keys.models import ApiKey  # noqa: E402
from workspaces.scope.operations import POLICY  # noqa: E402
from workspaces.tenants.models import Workspace  # noqa: E402

EVENTS = 50_000
ROUNDS = 5
HTTP_SECONDS = 3
COLUMNS = (
    "workspace_id, client_at, message_id, type, event, sender, anonymous_id, previous_id, group_id, occurred_at, "
    "received_at, clamped, properties, traits, context"
)


def main() -> None:
    now = datetime.now(UTC)
    workspace = Workspace.objects.create(name="Bench", slug=f"bench-{os.getpid()}")
    _, key = ApiKey.issue(workspace, kind=ApiKey.Kind.WRITE, name="bench")
    random.seed(7)
    raw = [event(now) for _ in range(EVENTS)]
    _, messages = taking.read(enumerate(raw), Envelope("batch", []), received_at=now)
    try:
        with throwaway_log(workspace.pk, messages) as (copy, empty):
            copied = against_copy(workspace.pk, messages, now, copy, empty)
        with server() as port:
            over_http(port, key, copied)
    finally:
        clean_up(workspace)


def event(now: datetime) -> dict:
    """An event as a product sends it: some properties, some context, within the last weeks."""
    at = now - timedelta(seconds=random.random() * 86_400 * 40)
    return {
        "messageId": f"bench-{random.getrandbits(96):024x}",
        "type": "track",
        "userId": f"user-{random.randrange(5_000)}",
        "event": random.choice(["Signed In", "Report Shared", "Dashboard Viewed", "Invite Sent"]),
        "timestamp": at.isoformat(),
        "properties": {"plan": random.choice(["free", "team"]), "items": random.randrange(50), "audience": "team"},
        "context": {"library": {"name": "analytics-python", "version": "2.3.2"}},
    }


def against_copy(
    workspace_id: int, messages: list[Message], now: datetime, copy: Callable[[str], None], empty: Callable[[], None]
) -> float:
    """Print the ratios of append to COPY, by the size of the batch. Returns COPY's events a second."""
    sizes = [100, 1_000, 5_000]
    text = {size: ["".join(map(line(workspace_id, now), part)) for part in parts(messages, size)] for size in sizes}
    rates = []
    for size in sizes:
        ratios = []
        for _ in range(ROUNDS):
            empty()
            copy_seconds = seconds(lambda size=size: [copy(part) for part in text[size]])
            empty()
            append_seconds = seconds(
                lambda size=size: [log.append(workspace_id, p, received_at=now) for p in parts(messages, size)]
            )
            ratios.append(copy_seconds / append_seconds)
            rates.append(EVENTS / copy_seconds)
        print(
            f"append in batches of {size:,}: ratio to COPY in such batches {statistics.median(ratios):.2f} "
            f"(of {', '.join(f'{ratio:.2f}' for ratio in sorted(ratios))}), "
            f"{EVENTS / append_seconds:,.0f} events/s in the last round"
        )
    return statistics.median(rates)


def over_http(port: int, key: str, copied: float) -> None:
    """Print durable events a second through the whole server."""
    for size in (1, 20, 100, 500):
        for senders in (1, 4):
            rate = send(port, key, size=size, senders=senders)
            print(
                f"HTTP, batches of {size}, {senders} sender{'s' * (senders > 1)}: {rate:,.0f} events/s, "
                f"ratio to COPY {rate / copied:.2f}"
            )


def send(port: int, key: str, *, size: int, senders: int) -> float:
    """Events a second that were answered with 200, from senders that each keep one connection."""
    requests = [[request(key, size) for _ in range(max(20, 20_000 // size))] for _ in range(senders)]
    done = [0] * senders
    until = time.monotonic() + HTTP_SECONDS

    def sender(number: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as connected:
            for body in requests[number]:
                connected.sendall(body)
                answer = b""
                while not answer.endswith(b"}"):  # of the answer's JSON
                    received = connected.recv(65_536)
                    answer += received
                    if not received:
                        break
                if not answer.startswith(b"HTTP/1.1 200"):
                    raise RuntimeError(f"the server answered {answer[:200]!r}")
                done[number] += size
                if time.monotonic() > until:
                    return

    threads = [threading.Thread(target=sender, args=(number,)) for number in range(senders)]
    elapsed = seconds(lambda: [*(thread.start() for thread in threads), *(thread.join() for thread in threads)])
    return sum(done) / elapsed


def request(key: str, size: int) -> bytes:
    now = datetime.now(UTC)
    events = [event(now) for _ in range(size)]
    path, body = ("track", events[0]) if size == 1 else ("batch", {"batch": events})
    text = json.dumps(body).encode()
    authorization = base64.b64encode(f"{key}:".encode()).decode()
    return (
        f"POST /v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic {authorization}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
    ).encode() + text


@contextmanager
def throwaway_log(
    workspace_id: int, messages: list[Message]
) -> Iterator[tuple[Callable[[str], None], Callable[[], None]]]:
    """A copy of the log's tables in a schema of its own, to which append writes meanwhile."""
    months = partitions.months_of(messages, datetime.now(UTC))
    with connections["owner"].cursor() as owner, connection.cursor() as application:
        owner.execute("DROP SCHEMA IF EXISTS bench CASCADE")
        owner.execute("CREATE SCHEMA bench")
        owner.execute(
            "CREATE TABLE bench.intake_event (LIKE public.intake_event INCLUDING ALL) PARTITION BY RANGE (client_at)"
        )
        owner.execute("CREATE TABLE bench.intake_receipt (LIKE public.intake_receipt INCLUDING ALL)")
        for year, month in sorted(months):
            following = f"{year + month // 12}-{month % 12 + 1:02}-01 00:00:00+00"
            owner.execute(
                f"CREATE TABLE bench.intake_event_{year}_{month} PARTITION OF bench.intake_event "
                f"FOR VALUES FROM ('{year}-{month:02}-01 00:00:00+00') TO ('{following}')"
            )
        for table in ("intake_event", "intake_receipt"):
            owner.execute(f"ALTER TABLE bench.{table} ENABLE ROW LEVEL SECURITY")
            owner.execute(f"CREATE POLICY tenant ON bench.{table} USING ({POLICY}) WITH CHECK ({POLICY})")
        owner.execute(f'GRANT USAGE ON SCHEMA bench TO "{settings.APP_ROLE}"')
        owner.execute(f'GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA bench TO "{settings.APP_ROLE}"')
        application.execute("SET search_path = bench, public")
        try:
            yield (
                lambda text: owner.copy_expert(f"COPY bench.intake_event ({COLUMNS}) FROM STDIN", io.StringIO(text)),
                lambda: owner.execute("TRUNCATE bench.intake_event"),
            )
        finally:
            application.execute("RESET search_path")
            owner.execute("DROP SCHEMA bench CASCADE")


@contextmanager
def server() -> Iterator[int]:
    """The web server as bin/demo starts it, on a free port of the loopback interface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"]
    command = [*granian, "--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "4"]
    process = subprocess.Popen([*command, "config.wsgi:application"], cwd=ROOT)
    try:
        until = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                if time.monotonic() > until or process.poll() is not None:
                    raise
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def clean_up(workspace: Workspace) -> None:
    """Leave no event behind: as the owner, in the workspace's scope, for forced policies bind the owner too."""
    with connections["owner"].cursor() as owner:
        owner.execute("SELECT set_config('app.workspace_id', %s, false)", [str(workspace.pk)])
        owner.execute("DELETE FROM intake_event WHERE workspace_id = %s", [workspace.pk])
    workspace.keys.all().delete()
    Workspace.objects.filter(pk=workspace.pk)._raw_delete("default")


def parts(messages: list[Message], size: int) -> Iterator[list[Message]]:
    return (messages[start : start + size] for start in range(0, len(messages), size))


def line(workspace_id: int, now: datetime) -> Callable[[Message], str]:
    """A message as a line of COPY's text format. None of ours has a tab or a line break in it."""

    def format_(message: Message) -> str:
        fields = [workspace_id, message.client_at, message.message_id, message.type, message.event, message.sender]
        fields += ["", "", "", message.occurred_at, now, "f"]
        fields += [json.dumps(part) for part in (message.properties, message.traits, message.context)]
        return "\t".join(map(str, fields)) + "\n"

    return format_


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
