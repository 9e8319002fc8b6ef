"""Clients that deliver as SDKs do: whatever is not answered with 200 is sent again, the same, until it is.

Back-off grows with each failure and is never shorter than what Retry-After asks for. One impatient client pays no
heed to that, so that it is known to a fraction of a second when the house answers again.
"""

import base64
import gzip
import http.client
import json
import random
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from trial.ledger import Ledger
from trial.story import Message, Story

TIMEOUT_SECONDS = 20
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 4.0
SINGLE_SHARE, TWICE_SHARE, GZIP_SHARE, BAD_SHARE = 0.3, 0.12, 0.4, 0.05
BATCHES = [2, 5, 20, 20, 60]


@dataclass(frozen=True)
class Address:
    host: str
    port: int
    keys: dict[str, str]  # by the workspace's name


class Sender(threading.Thread):
    """Sends one batch after the other until told to stop, and then until the last one is accepted."""

    def __init__(
        self, address: Address, stories: list[Story], ledger: Ledger, *, seed: str, pace_seconds: float
    ) -> None:
        super().__init__(name=f"sender {seed}", daemon=True)
        self.address, self.stories, self.ledger = address, stories, ledger
        self.seed, self.pace_seconds = seed, pace_seconds
        self.rng = random.Random(seed)
        self.ending = threading.Event()  # no new batches
        self.given_up = threading.Event()  # not even retries

    def run(self) -> None:
        line = Line(self.address)
        while not self.ending.is_set():
            self.turn(line)
            self.ending.wait(self.pace_seconds)

    def turn(self, line: "Line") -> None:
        """Make up a batch or a single call, and deliver it, sometimes through two connections at once."""
        story = self.rng.choice(self.stories)
        single = self.rng.random() < SINGLE_SHARE
        now = datetime.now(UTC)
        messages = [story.message(self.rng, now=now) for _ in range(1 if single else self.rng.choice(BATCHES))]
        bad = set()
        if not single and self.rng.random() < BAD_SHARE:
            messages.insert(self.rng.randrange(len(messages)), story.bad_message(self.rng))
            bad = {message["messageId"] for message in messages if message["messageId"].endswith("-bad")}
        self.ledger.begin(story.name, messages, bad, now)
        if self.rng.random() < TWICE_SHARE:
            rng = random.Random(self.rng.random())
            twin = threading.Thread(
                target=self.deliver, args=(Line(self.address), story.name, messages, len(bad), single, rng), daemon=True
            )
            twin.start()
            self.deliver(line, story.name, messages, len(bad), single, self.rng)
            twin.join()
        else:
            self.deliver(line, story.name, messages, len(bad), single, self.rng)

    def deliver(
        self, line: "Line", workspace: str, messages: list[Message], bad: int, single: bool, rng: random.Random
    ) -> None:
        """Send until the answer is 200."""
        failures = 0
        while not self.given_up.is_set():
            try:
                status, retry_after, body = line.post(workspace, messages, single=single, rng=rng)
            except (OSError, http.client.HTTPException) as error:
                line.close()
                self.ledger.retry(type(error).__name__)
                retry_after = 0.0
            else:
                if status == 200:
                    self.check(body, bad)
                    self.ledger.accept(messages, datetime.now(UTC), time.monotonic())
                    return
                self.ledger.retry(str(status))
                if status not in (429, 503):
                    self.ledger.fault(f"Answered {status} to a good request: {body[:200]!r}")
            failures += 1
            self.given_up.wait(self.pause(failures, retry_after, rng))

    def pause(self, failures: int, retry_after: float, rng: random.Random) -> float:
        backoff = min(FIRST_PAUSE_SECONDS * 2.0**failures, LONGEST_PAUSE_SECONDS) * rng.uniform(0.5, 1)
        return max(backoff, retry_after)

    def check(self, body: bytes, bad: int) -> None:
        """Whether the answer refuses as many as it should."""
        refused = json.loads(body).get("rejected", [])
        if len(refused) != bad:
            self.ledger.fault(f"{bad} messages of a batch are bad, and {len(refused)} were rejected: {body[:300]!r}")


class Impatient(Sender):
    """Single calls, and a fifth of a second after a failure the next try."""

    def turn(self, line: "Line") -> None:
        story, now = self.rng.choice(self.stories), datetime.now(UTC)
        messages = [story.message(self.rng, now=now)]
        self.ledger.begin(story.name, messages, set(), now)
        self.deliver(line, story.name, messages, 0, True, self.rng)

    def pause(self, failures: int, retry_after: float, rng: random.Random) -> float:
        return 0.2


class Line:
    """A connection that is kept as long as it works."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.connection: http.client.HTTPConnection | None = None

    def post(
        self, workspace: str, messages: list[Message], *, single: bool, rng: random.Random
    ) -> tuple[int, float, bytes]:
        """One attempt: the status, the seconds of Retry-After (0 without it) and the body of the answer."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.address.host, self.address.port, timeout=TIMEOUT_SECONDS)
        key, headers = self.address.keys[workspace], {"Content-Type": "application/json"}
        call = messages[0]["type"] if single else "batch"
        content: dict[str, Any] = dict(messages[0]) if single else {"batch": messages}
        content["sentAt"] = datetime.now(UTC).isoformat()
        match rng.randrange(3):
            case 0:
                headers["Authorization"] = "Basic " + base64.b64encode(f"{key}:".encode()).decode()
            case 1:
                headers["Authorization"] = f"Bearer {key}"
            case _:
                content["writeKey"] = key
        body = json.dumps(content).encode()
        if rng.random() < GZIP_SHARE:
            body, headers["Content-Encoding"] = gzip.compress(body, 1), "gzip"
        self.connection.request("POST", f"/v1/{call}", body, headers)
        answer = self.connection.getresponse()
        return answer.status, float(answer.headers.get("Retry-After") or 0), answer.read()

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None
