"""What is done to the house: each failure strikes, lasts a while, and is mended as an orchestrator would mend it."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass

import psutil

from trial import stage
from trial.house import House

GONE_SECONDS = 60
LONGEST_PAUSE_SECONDS = 30

# A failure is a generator: it strikes, yields for how many seconds it lasts, and mends what it broke.
Failure = Callable[[House, random.Random], Generator[float]]


def kill_a_worker(house: House, rng: random.Random) -> Generator[float]:
    """A worker with all its processes, whatever they are at."""
    name = rng.choice(["worker-1", "worker-2"])
    house.kill(name)
    yield rng.uniform(0, 2)
    house.start(name)


def kill_in_a_pool(house: House, rng: random.Random) -> Generator[float]:
    """One process of a worker's pool, as when memory runs out; the worker is to replace it."""
    _kill_one(house.offspring(rng.choice(["worker-1", "worker-2"])), rng)
    yield 0.0


def kill_all_workers(house: House, rng: random.Random) -> Generator[float]:
    """Both workers, so that a backlog comes."""
    for name in ("worker-1", "worker-2"):
        house.kill(name)
    yield rng.uniform(3, 6)
    for name in ("worker-1", "worker-2"):
        house.start(name)


def pause_a_worker(house: House, rng: random.Random) -> Generator[float]:
    """A worker stands still, perhaps in the middle of a transaction and holding locks, and then goes on."""
    name = rng.choice(["worker-1", "worker-2"])
    yield from _pause([house.children[name].process.pid, *house.offspring(name)], rng.uniform(3, 8))


def kill_in_web(house: House, rng: random.Random) -> Generator[float]:
    """Web's worker processes in the middle of requests; its main process is to replace them."""
    for pid in house.offspring("web"):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    yield 0.0


def kill_web(house: House, rng: random.Random) -> Generator[float]:
    """The whole web server."""
    house.kill("web")
    yield rng.uniform(0, 1)
    house.start("web")


def kill_redis(house: House, rng: random.Random) -> Generator[float]:
    """Redis with all that it remembers."""
    house.engines.servers["redis"].kill()
    house.engines.servers["redis"].wait()
    yield rng.uniform(0, 4)
    (house.engines.sockets / "redis.sock").unlink(missing_ok=True)
    house.engines.start_redis()
    house.engines.wait_until_ready("redis")


def pause_redis(house: House, rng: random.Random) -> Generator[float]:
    """Redis takes connections and answers nothing."""
    yield from _pause([house.engines.servers["redis"].pid], rng.uniform(2, 6))


def stop_postgres(house: House, rng: random.Random) -> Generator[float]:
    """What `pg_ctl stop --mode immediate` does: no checkpoint, so the next start recovers from the log."""
    yield from _end_postgres(house, rng, signal.SIGQUIT)


def kill_postgres(house: House, rng: random.Random) -> Generator[float]:
    """SIGKILL to PostgreSQL's first process: its backends notice by themselves."""
    yield from _end_postgres(house, rng, signal.SIGKILL)


def kill_a_backend(house: House, rng: random.Random) -> Generator[float]:
    """One of PostgreSQL's own processes: it ends all connections and recovers without a restart."""
    _kill_one([child.pid for child in psutil.Process(house.engines.servers["postgres"].pid).children()], rng)
    yield 0.0
    house.engines.wait_until_ready("postgres")


def publish_a_ladder(house: House, rng: random.Random) -> Generator[float]:
    """No failure, but a moment at which one hurts: everybody's history is looked at anew."""
    stage.publish_another(rng)
    yield 0.0


@dataclass(frozen=True)
class Kind:
    name: str
    failure: Failure
    touches: str  # two that touch the same part never strike at once


KINDS = [
    Kind("a worker killed", kill_a_worker, "workers"),
    Kind("PostgreSQL stopped at once", stop_postgres, "postgres"),
    Kind("Redis killed", kill_redis, "redis"),
    Kind("web's processes killed", kill_in_web, "web"),
    Kind("a worker paused", pause_a_worker, "workers"),
    Kind("PostgreSQL killed", kill_postgres, "postgres"),
    Kind("a worker's pool process killed", kill_in_a_pool, "workers"),
    Kind("Redis paused", pause_redis, "redis"),
    Kind("a ladder published anew", publish_a_ladder, "ladders"),
    Kind("a PostgreSQL backend killed", kill_a_backend, "postgres"),
    Kind("both workers killed", kill_all_workers, "workers"),
    Kind("the whole web server killed", kill_web, "web"),
]


def _end_postgres(house: House, rng: random.Random, number: int) -> Generator[float]:
    server = house.engines.servers["postgres"]
    backends = psutil.Process(server.pid).children(recursive=True)
    server.send_signal(number)
    server.wait(GONE_SECONDS)
    lasts_until = time.monotonic() + rng.uniform(0, 4)
    # A new one must not start beside what is left of the old one, which still writes to the shared memory.
    _, left = psutil.wait_procs(backends, timeout=5)
    for process in left:
        with suppress(psutil.Error):
            process.send_signal(signal.SIGQUIT)
    psutil.wait_procs(left, timeout=GONE_SECONDS)
    yield max(0.0, lasts_until - time.monotonic())
    house.engines.start_postgres()
    house.engines.wait_until_ready("postgres")


def _kill_one(pids: list[int], rng: random.Random) -> None:
    if pids:
        with suppress(ProcessLookupError):
            os.kill(rng.choice(pids), signal.SIGKILL)


def _pause(pids: list[int], seconds: float) -> Generator[float]:
    # Should we be killed meanwhile, nobody else would wake them, and what stands still takes no other signal.
    wake = f"import os, time; time.sleep({LONGEST_PAUSE_SECONDS}); [os.kill(pid, {signal.SIGCONT:d}) for pid in {pids}]"
    alarm = subprocess.Popen([sys.executable, "-c", wake], start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        _signal(pids, signal.SIGSTOP)
        yield seconds
    finally:
        _signal(pids, signal.SIGCONT)
        alarm.kill()
        alarm.wait()


def _signal(pids: list[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
