"""bin/chaos [--minutes N] [--seed S] [--senders N] [--once] [--keep DIR]: does anything get lost, doubled or stuck?

1. A Firstmile of its own, durable as in production, in a folder that is thrown away: PostgreSQL, Redis, web, two
   workers, beat; two workspaces with ladders in which every kind of criterion occurs.
2. Senders deliver batches and single calls as SDKs do, with retries, while everything is killed, paused and restarted
   in turn, and sometimes two at once.
3. In the end: every message that was answered with 200 is in the log once; progress and cubes are what the raw log
   says, and what the senders' own account says; every process lived or came back by itself. Else status 1.
"""

import argparse
import datetime
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import NoReturn

import datafolder
import environment
from embedded import ServersFailed

MOST_MINUTES = 30
SETTLE_SECONDS = 180
DRAIN_SECONDS = 120
PEOPLE = 400  # whose ways are computed a second time, in each workspace


class Stopped(BaseException):
    """Someone asked for the end."""


class Arguments(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        datafolder.refuse("chaos", f"{message}; bin/chaos --help tells what is possible.")
        raise AssertionError


def main() -> None:
    options = arguments()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stopped)
    environment.enter()
    from trial.house import TrialFailed

    folder = Path(tempfile.mkdtemp(prefix="firstmile-chaos-"))
    folder.chmod(0o711)  # so that servers started by root, which run as nobody, get through
    reasons: list[str] = []
    try:
        with ExitStack() as running:
            reasons = Chaos(options, folder, running).run()
    except Stopped:
        sys.exit("bin/chaos: stopped before it could tell anything.")
    except (TrialFailed, ServersFailed) as failure:
        reasons = [str(failure)]
    finally:
        if options.keep and (folder / "logs").exists():
            shutil.copytree(folder / "logs", options.keep, dirs_exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
    for reason in reasons:
        print(f"WRONG: {reason}", flush=True)
    print("Something is wrong." if reasons else "Nothing was lost, doubled or stuck.", flush=True)
    sys.exit(1 if reasons else 0)


def arguments() -> argparse.Namespace:
    parser = Arguments(prog="bin/chaos", description="Kill everything in turn while senders send; see what is lost.")
    parser.add_argument("--minutes", type=float, default=5, metavar="N", help=f"how long (5; at most {MOST_MINUTES})")
    parser.add_argument("--seed", default="", help="what decides when what happens (random; it is printed)")
    parser.add_argument("--senders", type=int, default=4, metavar="N", help="patient senders at once (4)")
    parser.add_argument("--once", action="store_true", help="every kind of failure once, and then the end")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="copy the processes' logs there")
    options = parser.parse_args()
    if not 0 < options.minutes <= MOST_MINUTES:
        parser.error(f"--minutes is more than 0 and at most {MOST_MINUTES}")
    if not 1 <= options.senders <= 32:
        parser.error("--senders is 1 to 32")
    options.seed = options.seed or os.urandom(4).hex()
    return options


class Chaos:
    """One trial. What it starts is ended by `running`, last first."""

    def __init__(self, options: argparse.Namespace, folder: Path, running: ExitStack) -> None:
        from trial.house import House
        from trial.ledger import Ledger

        self.options = options
        self.running = running
        self.began = time.monotonic()
        self.house = House(folder)
        self.ledger = Ledger()

    def run(self) -> list[str]:
        """Returns what is wrong, in sentences."""
        from trial import report, stage

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
        from ports import HOST
        from trial.senders import Address, Impatient, Sender
        from trial.story import Story
        from trial.watch import Watch

        began_at = datetime.datetime.now(datetime.UTC)
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

    def _storm(self) -> "list[Struck]":  # noqa: F821
        from trial import storm
        from trial.watch import first_after

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
        from trial import stage

        deadline = time.monotonic() + SETTLE_SECONDS
        behind = set(ids)
        while behind and time.monotonic() < deadline:
            behind -= {name for name in behind if stage.is_settled(ids[name])}
            self.house.tend()
            time.sleep(0.3)
        return [f"{SETTLE_SECONDS} s after the last message, progress or cubes of {name} lag." for name in behind]

    def _checks(self, ids: dict[str, int]) -> list[str]:
        from trial import checks, logs, report, stage

        wrong = stage.long_transactions()
        for name, workspace_id in ids.items():
            sent, rows = self.ledger.of(name), stage.rows(workspace_id)
            wrong += checks.some_of(checks.of_the_log(sent, rows))
            self._say(f"{name}: {len(rows):,} messages are compared with what was sent")
            wrong += checks.some_of(stage.differences(workspace_id))
            self._say(f"{name}: progress and cubes are compared with the raw log")
            wrong += checks.some_of(
                checks.of_progress(sent, rows, workspace_id, people=PEOPLE, seed=self.options.seed)
            )
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


def _stopped(number: int, frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    main()
