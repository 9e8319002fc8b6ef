"""How fast flags are evaluated, with row-level security and everything on, as ratios to the same server's static bytes.

    bin/bench flags        with 10,000 people (FIRSTMILE_BENCH_PEOPLE=10000)

Questions of one flag and of all of them over HTTP, through granian's WSGI with threads, from 1 and 4 clients that wait
for each answer. Loopback only, some seconds for each figure. Beside each stands the same server answering bytes that
it need not look up, by the same short way: intake's answer to PostHog's question for flags, at /flags/. They take
turns, and ratios are medians of the rounds. At the end stands how long an answer takes to somebody whose account has
many people, where features are for everyone in the account.
"""

import json
import os
import socket
import statistics
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

from django.db import connections  # noqa: E402
from intake import server  # noqa: E402

from milestones.ladders.exchange import import_ladder  # noqa: E402
from milestones.ladders.yaml_text import load  # noqa: E402
from onboarding.features.learning import learn  # noqa: E402
from onboarding.features.models import Feature  # noqa: E402
from onboarding.intake.log import append  # noqa: E402
from onboarding.intake.message import Message  # noqa: E402
from onboarding.progress import engine  # noqa: E402
from workspaces.keys.models import ApiKey  # noqa: E402
from workspaces.scope import scope  # noqa: E402
from workspaces.tenants.models import Workspace  # noqa: E402

PEOPLE = int(os.environ.get("FIRSTMILE_BENCH_PEOPLE", "10000"))
ROUNDS = 5
SECONDS = float(os.environ.get("FIRSTMILE_BENCH_SECONDS", "2"))
CLIENTS = (1, 4)
FEATURES = 12
ACCOUNTS = (10, 100, 1_000)  # people in them
FLAGS = "/ofrep/v1/evaluate/flags"
STATIC = ("GET", "/flags/", b"")


def main() -> None:
    workspace, key = populate()
    with server("config.wsgi:application") as port:
        for name, path in (
            ("one flag", "/ofrep/v1/evaluate/flags/feature-1"),
            ("all flags", "/ofrep/v1/evaluate/flags"),
        ):
            for clients in CLIENTS:
                compare(port, key, name, path, clients=clients)
        in_accounts(workspace, port, key)


def populate() -> tuple[Workspace, str]:
    """People who did some steps of a ladder that unlocks a feature at each; some of them are in large accounts."""
    now = datetime.now(UTC)
    os.environ["FIRSTMILE_FLAGS_PER_SECOND"] = "0"  # for the server
    workspace = Workspace.objects.create(name="Bench", slug=f"bench-{os.getpid()}", events_per_second=0)
    with scope(workspace):
        ladder = import_ladder(load(ladder_text()), by=None).ladder
        ladder.publish(by=None, at=now - timedelta(days=60))
        learn()
    began = time.monotonic()
    accounts = [f"account-{size}" for size in ACCOUNTS for _ in range(size)]
    for first in range(0, PEOPLE, 500):
        messages = []
        for number in range(first, min(first + 500, PEOPLE)):
            at = now - timedelta(days=30, seconds=number)
            account = accounts[number] if number < len(accounts) else f"small-{number // 5}"
            messages.append(event(number, "Signed Up", at))
            messages += (
                event(number, f"Did {step}", at + timedelta(minutes=step)) for step in range(number % (FEATURES // 2))
            )
            messages.append(event(number, "", at, type="group", group_id=account))
        append(workspace.pk, messages)
    engine.settle(workspace.pk, seconds=600)
    with connections["owner"].cursor() as owner:
        owner.execute("ANALYZE")  # as autovacuum does within a minute
    print(f"-- {PEOPLE:,} people ({time.monotonic() - began:.0f} s to load)", flush=True)
    return workspace, ApiKey.issue(workspace, kind=ApiKey.Kind.FLAGS, name="bench")[1]


def ladder_text() -> str:
    rungs = "".join(
        f"    - milestone: {{key: step-{n}, name: Step {n}, purpose: Do., unlock: feature-{n}, "
        f"criterion: {{event: Did {n}}}}}\n      phase: core\n" + ("      first_value: true\n" if n == 1 else "")
        for n in range(FEATURES)
    )
    return (
        "ladder:\n  key: bench\n  name: Bench\n  role: {key: everyone, name: Everyone, rule: {everyone: true}}\n"
        "  title: Bench\n  value_proposition: Value.\n  done_looks_like: Done.\n  start: {event: Signed Up}\n"
        f"  rungs:\n{rungs}"
    )


def event(number: int, name: str, at: datetime, **fields) -> Message:
    said = {"type": "track", "event": name, "message_id": f"{number}-{name}", **fields}
    return Message(sender=f"u:user-{number}", client_at=at, occurred_at=at, **said)


def compare(port: int, key: str, name: str, path: str, *, clients: int) -> None:
    """Print one figure: requests a second, how long they took, and the ratio to static bytes."""
    rounds = []
    took: list[float] = []
    for _ in range(ROUNDS):
        questions = [question(key, path, number * 7 % PEOPLE) for number in range(2_000)]
        rate, seconds = send(port, questions, clients=clients)
        static, _ = send(port, [request(*STATIC)], clients=clients)
        rounds.append((rate, rate / static))
        took += seconds
    rate = statistics.median(rate for rate, _ in rounds)
    ratios = sorted(ratio for _, ratio in rounds)
    print(
        f"{name}, {clients} client{'s' * (clients > 1)}: {rate:,.0f} evaluations/s, p50 {at(took, 0.5):.2f} ms, "
        f"p95 {at(took, 0.95):.2f} ms, ratio to static bytes {statistics.median(ratios):.2f} "
        f"({ratios[0]:.2f} to {ratios[-1]:.2f})",
        flush=True,
    )


def in_accounts(workspace: Workspace, port: int, key: str) -> None:
    """Answers of all flags where four features are for everyone in the account, one client."""
    with scope(workspace):
        Feature.objects.filter(key__in=[f"feature-{n}" for n in range(4)]).update(reach=Feature.Reach.ACCOUNT)
    first = 0
    for size in ACCOUNTS:
        _, took = send(port, [question(key, FLAGS, first)], clients=1)
        p50, p95 = at(took, 0.5), at(took, 0.95)
        print(f"all flags, in an account of {size:,} people: p50 {p50:.2f} ms, p95 {p95:.2f} ms", flush=True)
        first += size


def question(key: str, path: str, number: int) -> bytes:
    body = json.dumps({"context": {"targetingKey": f"user-{number}", "plan": "team"}}).encode()
    return request("POST", path, body, f"Authorization: Bearer {key}\r\n")


def request(method: str, path: str, body: bytes, headers: str = "") -> bytes:
    return (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def send(port: int, requests: list[bytes], *, clients: int) -> tuple[float, list[float]]:
    """Requests a second that were answered with 200 or 304, and how many milliseconds each took."""
    took: list[list[float]] = [[] for _ in range(clients)]
    until = time.monotonic() + SECONDS

    def client(number: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as connected:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            n = number
            while time.monotonic() < until:
                began = time.perf_counter()
                connected.sendall(requests[n % len(requests)])
                read_answer(connected)
                took[number].append((time.perf_counter() - began) * 1000)
                n += clients

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    each = [one for some in took for one in some]
    return len(each) / elapsed, each


def read_answer(connected: socket.socket) -> None:
    answer = b""
    while b"\r\n\r\n" not in answer:
        received = connected.recv(65_536)
        if not received:
            raise RuntimeError(f"the server hung up after {answer[:200]!r}")
        answer += received
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 304")):
        raise RuntimeError(f"the server answered {answer[:300]!r}")
    lengths = (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    length = 0 if head.startswith(b"HTTP/1.1 304") else next(lengths)
    while len(body) < length:
        body += connected.recv(65_536)


def at(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


if __name__ == "__main__":
    main()
