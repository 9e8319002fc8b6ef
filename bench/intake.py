"""How fast events become durable, with row-level security and everything on, as ratios to what was measured beside it.

    bin/bench intake        with 1 and with 10 million rows of history (FIRSTMILE_BENCH_HISTORY=1000000,10000000)

Events over HTTP, through granian's WSGI with threads, each committed before its 200: in batches of 1, 20, 100 and 500,
from 1 and 4 senders that wait for each answer. Loopback only, some seconds for each figure. Beside each stand
(a) plain COPY of such events into the same table, in such batches, each committed, from one connection (that of the
    table's owner, for whom the policy is lifted: PostgreSQL forbids COPY to roles that it binds);
(b) the same server, answering without storing.
They take turns, and ratios are medians of the rounds.
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
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, connections  # noqa: E402

from onboarding.intake import partitions, taking  # noqa: E402
from onboarding.intake.message import Message  # noqa: E402
from onboarding.intake.steps import Envelope  # noqa: E402
from workspaces.keys.models import ApiKey  # noqa: E402
from workspaces.scope.operations import POLICY  # noqa: E402
from workspaces.tenants.models import Workspace  # noqa: E402

HISTORY = [int(rows) for rows in os.environ.get("FIRSTMILE_BENCH_HISTORY", "1000000,10000000").split(",")]
MONTHS_OF_HISTORY = 24
ROUNDS = 3
SIZES = (1, 20, 100, 500)
SENDERS = (1, 4)
SECONDS = 1.0
BULK = 20_000
COLUMNS = (
    "workspace_id, client_at, message_id, type, event, sender, anonymous_id, previous_id, group_id, occurred_at, "
    "received_at, clamped, properties, traits, context"
)


def main() -> None:
    random.seed(7)
    workspace = Workspace.objects.create(name="Bench", slug=f"bench-{os.getpid()}", events_per_second=0)
    _, key = ApiKey.issue(workspace, kind=ApiKey.Kind.WRITE, name="bench")
    partitions.ensure(partitions.months_of([], datetime.now(UTC)) | {(at.year, at.month) for at in recent_months()})
    rates: dict[int, dict[tuple[int, int], float]] = {}
    with server("config.wsgi:application") as storing, server("_answering:application") as answering:
        rows = 0
        for wanted in HISTORY:
            took = seconds(lambda rows=rows, wanted=wanted: history(workspace.pk, rows, wanted))
            print(f"-- {wanted:,} rows of history ({took:.0f} s to load)", flush=True)
            rows = wanted
            rates[wanted] = {
                (size, senders): compare(workspace.pk, key, storing, answering, size=size, senders=senders)
                for size in SIZES
                for senders in SENDERS
            }
    if len(rates) > 1:
        first, last = rates[HISTORY[0]], rates[HISTORY[-1]]
        for (size, senders), rate in last.items():
            print(
                f"batches of {size}, {senders} sender(s): ratio of {HISTORY[-1]:,} rows of history to {HISTORY[0]:,} "
                f"{rate / first[size, senders]:.2f}"
            )


def compare(workspace_id: int, key: str, storing: int, answering: int, *, size: int, senders: int) -> float:
    """Print one figure; the median of its ratio to COPY is what can be compared between histories."""
    rounds = [
        (
            send(storing, key, size=size, senders=senders),
            copy(workspace_id, size=size),
            copy(workspace_id, size=BULK),
            send(answering, key, size=size, senders=senders),
        )
        for _ in range(ROUNDS)
    ]
    stored = statistics.median(rate for rate, *_ in rounds)
    to_copy = [rate / copied for rate, copied, *_ in rounds]
    to_bulk = [rate / copied for rate, _, copied, _ in rounds]
    to_answer = statistics.median(rate / answered for rate, *_, answered in rounds)
    print(
        f"batches of {size}, {senders} sender{'s' * (senders > 1)}: {stored:,.0f} durable events/s, "
        f"ratio to COPY in such batches {in_words(to_copy)}, to COPY of 20,000 at once {in_words(to_bulk)}, "
        f"to answering without storing {to_answer:.2f}",
        flush=True,
    )
    return statistics.median(to_copy)


def in_words(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def copy(workspace_id: int, *, size: int) -> float:
    """Events a second by COPY in batches of this size, each a transaction."""
    now = datetime.now(UTC)
    raw = [event(now) for _ in range(min(2 * BULK, 2_000 * size))]
    _, messages = taking.read(enumerate(raw), Envelope("batch", []), received_at=now)
    texts = ["".join(map(line(workspace_id, now), part)) for part in parts(messages, size)]
    done, until = 0, time.monotonic() + SECONDS
    with owner_of_the_log() as owner:
        began = time.perf_counter()
        for text in texts:
            owner.copy_expert(f"COPY intake_event ({COLUMNS}) FROM STDIN", io.StringIO(text))
            done += size
            if time.monotonic() > until:
                break
        return done / (time.perf_counter() - began)


@contextmanager
def owner_of_the_log() -> Iterator[Any]:
    """A cursor of the owner's, for whom the log's policy is lifted meanwhile. (Not for the application's role.)"""
    with connections["owner"].cursor() as owner:
        owner.execute("ALTER TABLE intake_event NO FORCE ROW LEVEL SECURITY")
        try:
            yield owner
        finally:
            owner.execute("ALTER TABLE intake_event FORCE ROW LEVEL SECURITY")


def history(workspace_id: int, rows: int, wanted: int) -> None:
    """Make the log hold `wanted` rows where it has `rows`: events like the others, over the last two years."""
    with owner_of_the_log() as owner:
        owner.execute("SET synchronous_commit = off")
        for first in range(rows, wanted, 250_000):
            owner.execute(HISTORIC, [workspace_id, MONTHS_OF_HISTORY * 30, first, min(first + 250_000, wanted) - 1])
        owner.execute("RESET synchronous_commit")
        owner.execute("ANALYZE intake_event")


HISTORIC = """
INSERT INTO intake_event (workspace_id, client_at, message_id, type, event, sender, anonymous_id, previous_id, group_id,
    occurred_at, received_at, clamped, properties, traits, context)
SELECT %s, at, 'history-' || md5(n::text), 'track',
    (ARRAY['Signed In', 'Report Shared', 'Dashboard Viewed'])[n %% 3 + 1], 'u:user-' || n %% 50000, '', '', '', at, at,
    false, '{"plan": "free", "items": 7, "audience": "team"}', '{}',
    '{"library": {"name": "analytics-python", "version": "2"}}'
FROM (SELECT n, date_trunc('second', now()) - (n %% (%s * 86400)) * interval '1 second' AS at
      FROM generate_series(%s, %s) AS n) AS made"""


def recent_months() -> Iterator[datetime]:
    now = datetime.now(UTC)
    return (now - timedelta(days=days) for days in range(0, (MONTHS_OF_HISTORY + 1) * 30, 15))


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


def send(port: int, key: str, *, size: int, senders: int) -> float:
    """Events a second that were answered with 200, from senders that each keep one connection."""
    requests = [[request(key, size) for _ in range(max(20, min(4_000, 40_000 // size)))] for _ in range(senders)]
    done = [0] * senders
    until = time.monotonic() + SECONDS

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
def server(application: str) -> Iterator[int]:
    """The web server as bin/demo starts it, on a free port of the loopback interface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"]
    command = [*granian, "--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "4"]
    process = subprocess.Popen(
        [*command, application], cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'bench'}"}
    )
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
