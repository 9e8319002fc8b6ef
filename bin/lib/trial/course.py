"""One trial from the first process to the last check."""

import argparse
import random
import time
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from ports import HOST

from trial import checks, logs, report, stage, storm
from trial.house import House
from trial.ledger import Ledger
from trial.senders import Address, Impatient, Sender
from trial.story import Story
from trial.watch import Watch, first_after

SETTLE_SECONDS = 180
DRAIN_SECONDS = 120
PEOPLE = 400  # whose ways are computed a second time, in each workspace


class Trial:
    """One trial. What it starts is ended by `running`, last first."""

    def __init__(self, options: argparse.Namespace, folder: Path, running: ExitStack) -> None:
        self.options = options
        self.running = running
        self.began = time.monotonic()
        self.house = House(folder)
        self.ledger = Ledger()
        self.senders: list[Sender] = []

    def run(self) -> list[str]:
        """Returns what is wrong, in sentences."""
        self._say(f"Seed {self.options.seed}. PostgreSQL, Redis, web, two workers, beat.")
        self.running.callback(self.house.close)
        self.house.open()
        stage.enter(self.house.variables)
        ids, keys = stage.furnish()
        self._watch_and_send(ids, keys)
        self._say("Calm before the storm")
        self._wait_for_first_signs()
        begun = time.monotonic()
        happened = self._storm()
        seconds = time.monotonic() - begun
        self._say("The storm is over; what is under way is delivered")
        self._drain()
        self._say("Everything is taken into account")
        stuck = self._settle(ids)
        self.watch.ending.set()
        print(report.of_the_storm(happened, self.ledger, self.watch, seconds=seconds), flush=True)
        self._say("Checks")
        return [*self.house.faults, *self.ledger.faults, *stuck, *self._checks(ids)]

    def _watch_and_send(self, ids: dict[str, int], keys: dict[str, str]) -> None:
        began_at = datetime.now(UTC)
        stories = [Story(name, began_at=began_at) for name in ids]
        address = Address(HOST, self.house.port, keys)
        seed = self.options.seed
        self.senders = [
            Sender(address, stories, self.ledger, seed=f"{seed} {number}", pace_seconds=0.1)
            for number in range(self.options.senders)
        ]
        self.senders.append(Impatient(address, stories, self.ledger, seed=f"{seed} impatient", pace_seconds=0.1))
        self.watch = Watch(self.house.variables["DATABASE_URL"], ids)
        for thread in (self.watch, *self.senders):
            thread.start()

    def _wait_for_first_signs(self) -> None:
        self.house.wait_until("the first completion in each workspace", lambda: all(self.watch.changed_at.values()))

    def _storm(self) -> list[storm.Struck]:
        rng = random.Random(self.options.seed)
        over = time.monotonic() + 60 * self.options.minutes
        strikes = storm.each_once(rng) if self.options.once else storm.until(over, rng)

        def is_back(since: float) -> bool:
            moments = [self.ledger.answers_at[-200:], *(m[-200:] for m in self.watch.changed_at.values())]
            return all(first_after(found, since) is not None for found in moments)

        pace = storm.SHORT if self.options.once else storm.LONG
        return storm.rage(self.house, strikes, rng, is_back=is_back, tell=self._say, pace=pace)

    def _drain(self) -> None:
        for sender in self.senders:
            sender.ending.set()
        deadline = time.monotonic() + DRAIN_SECONDS
        for sender in self.senders:
            sender.join(max(0.0, deadline - time.monotonic()))
        if any(sender.is_alive() for sender in self.senders):
            self.house.faults.append(f"{DRAIN_SECONDS} s after the storm, messages are still not accepted.")
            for sender in self.senders:
                sender.given_up.set()
        if self.ledger.in_doubt:
            self.house.faults.append(f"{self.ledger.in_doubt} messages were never answered with 200.")

    def _settle(self, ids: dict[str, int]) -> list[str]:
        """Wait for the workers alone to take everything into account."""
        deadline = time.monotonic() + SETTLE_SECONDS
        behind = set(ids)
        while behind and time.monotonic() < deadline:
            behind -= {name for name in behind if stage.is_settled(ids[name])}
            self.house.tend()
            time.sleep(0.3)
        return [f"{SETTLE_SECONDS} s after the last message, progress, cubes or use of {name} lag." for name in behind]

    def _checks(self, ids: dict[str, int]) -> list[str]:
        wrong = stage.long_transactions()
        for name, workspace_id in ids.items():
            sent, rows = self.ledger.of(name), stage.rows(workspace_id)
            wrong += checks.some_of(checks.of_the_log(sent, rows))
            self._say(f"{name}: {len(rows):,} messages are compared with what was sent")
            wrong += checks.some_of(stage.differences(workspace_id))
            self._say(f"{name}: progress and cubes are compared with the raw log")
            wrong += checks.some_of(stage.rebuild(name, workspace_id))
            self._say(f"{name}: progress and cubes are compared with a rebuild")
            wrong += checks.some_of(checks.of_progress(sent, rows, workspace_id, people=PEOPLE, seed=self.options.seed))
            self._say(f"{name}: the ways of people are compared with the senders' own account")
        expected: dict[str, Counter[str]] = {}
        for log in sorted(self.house.logs.iterdir()):
            with log.open(errors="replace") as lines:
                counts, odd = logs.sort(logs.exceptions(lines))
            expected.setdefault(log.name.split(".")[0], Counter()).update(counts)
            wrong += checks.some_of([f"{log.name} has a traceback that no failure explains: {one}" for one in odd])
        print(report.of_the_logs(expected), flush=True)
        return wrong

    def _say(self, what: str) -> None:
        print(f"{time.monotonic() - self.began:6.1f} s  {what}", flush=True)
