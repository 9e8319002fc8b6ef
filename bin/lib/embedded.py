"""A real PostgreSQL and a real Redis out of wheels, in a data folder, with nothing installed.

    with attach(Path(".data")) as servers:
        os.environ.update(servers.environment)

Any number of processes attach to one data folder and share its servers. How that survives crashes:

1. Every user holds a shared lock on `attached.lock`; the kernel lets go of it however the process ends.
2. The first user starts a *keeper*, a process of its own (keeper.py), whose children the servers are. While
   it lives it holds `keeper.lock`. When it can take `attached.lock` for itself alone, nobody is left: it stops the
   servers and ends. So no one has to say good-bye, and a SIGKILL leaves nothing running.
3. A keeper that was killed itself leaves files behind; the next one clears them away before it starts.

Standard library only: the application knows nothing of this, it reads addresses from the environment.
"""

import fcntl
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

KEEPER = Path(__file__).resolve().with_name("keeper.py")
START_SECONDS = 60
LEAVE_SECONDS = 40


class ServersFailed(RuntimeError):
    """The servers did not start; the message says which, why and what to do."""


class DataFolderUnusable(ServersFailed):
    """The data folder cannot be made or written."""


@dataclass(frozen=True)
class Folder:
    """Where things lie in a data folder."""

    path: Path

    @property
    def state(self) -> Path:
        return self.path / "servers"

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def sockets(self) -> Path:
        return self.path / "sockets"

    @property
    def running(self) -> Path:
        """Exists while the servers answer: JSON with the folder of their sockets, their pids, and notes for people."""
        return self.state / "running.json"

    @property
    def leftover(self) -> Path:
        """What `running` said when its keeper was killed."""
        return self.state / "leftover.json"

    @property
    def log(self) -> Path:
        return self.state / "keeper.log"

    def lock(self, name: str) -> int:
        """Open the lock file `name` and return its descriptor, not yet locked."""
        return os.open(self.state / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def make(self) -> None:
        """Make the folder, or raise DataFolderUnusable."""
        try:
            self.state.mkdir(parents=True, exist_ok=True)
            os.close(self.lock("attached"))
        except OSError as error:
            raise DataFolderUnusable(
                f"The data folder {self.path} cannot be written ({error.strerror}); choose another with --data."
            ) from error


def lock_at_once(descriptor: int, kind: int) -> bool:
    """Take a lock if that is possible without waiting."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def kept(folder: Folder) -> bool:
    """Whether a keeper is at work in the folder."""
    descriptor = folder.lock("keeper")
    try:
        return not lock_at_once(descriptor, fcntl.LOCK_SH)  # shared, so that two who ask do not mistake each other
    finally:
        os.close(descriptor)


@dataclass
class Attachment:
    """The right to use the servers of a data folder; they run at least as long as it is held."""

    folder: Folder
    descriptor: int
    environment: dict[str, str] = field(default_factory=dict)
    keeper: subprocess.Popen[bytes] | None = None

    def serving(self) -> bool:
        """Whether the servers still run (they end early only by a crash)."""
        return self.folder.running.exists() and kept(self.folder)

    def why_ended(self) -> str:
        """What the keeper said last."""
        return _last_line(self.folder.log)

    def keep_over_exec(self) -> None:
        """Hold on to the servers in the program that replaces this one by exec."""
        os.set_inheritable(self.descriptor, True)

    def leave(self) -> None:
        """Let go. If no one else is attached, come back when the servers have stopped."""
        if self.descriptor < 0:
            return
        os.close(self.descriptor)
        self.descriptor = -1
        self._wait_for_the_end()
        if self.keeper:
            self.keeper.poll()  # reaps it

    def _wait_for_the_end(self) -> None:
        deadline = time.monotonic() + LEAVE_SECONDS
        shared = self.folder.lock("attached")
        try:
            while time.monotonic() < deadline and kept(self.folder):
                if lock_at_once(shared, fcntl.LOCK_EX):  # no one else holds it: the keeper is about to notice
                    fcntl.flock(shared, fcntl.LOCK_UN)
                elif lock_at_once(shared, fcntl.LOCK_SH):  # others are attached: the servers go on for them
                    return
                time.sleep(0.05)
        finally:
            os.close(shared)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()


def attach(data: Path, *, throw_away: bool = False) -> Attachment:
    """Use the servers of the folder `data`, starting them when no one else has.

    `throw_away`: the data need not survive a crash of the machine (faster; for tests).
    Raises ServersFailed with a sentence.
    """
    folder = Folder(Path(os.path.abspath(data)))
    folder.make()
    starting, attached = folder.lock("start"), folder.lock("attached")
    keeper = None
    try:
        fcntl.flock(starting, fcntl.LOCK_EX)
        fcntl.flock(attached, fcntl.LOCK_SH)  # waits for a keeper that is stopping
        if not _kept_and_running(folder):
            keeper = _start_keeper(folder, throw_away=throw_away)
        sockets = json.loads(folder.running.read_text())["sockets"]
    except BaseException:
        Attachment(folder, attached).leave()  # also when Ctrl-C comes while they start
        raise
    finally:
        os.close(starting)
    return Attachment(folder, attached, addresses(sockets), keeper)


def addresses(sockets: str) -> dict[str, str]:
    """The variables that name the servers to the settings."""
    host = quote(sockets, safe="/")
    return {
        "DATABASE_URL": f"postgresql://firstmile_app@/firstmile?host={host}",
        "DATABASE_OWNER_URL": f"postgresql://firstmile_owner@/firstmile?host={host}",
        "REDIS_URL": f"unix://{host}/redis.sock",
    }


def _kept_and_running(folder: Folder) -> bool:
    """Whether the servers answer. Waits for a keeper whose starter was killed, or that is about to end."""
    deadline = time.monotonic() + START_SECONDS
    while kept(folder) and time.monotonic() < deadline:
        if folder.running.exists():
            return True
        time.sleep(0.02)
    return False


def _start_keeper(folder: Folder, *, throw_away: bool) -> subprocess.Popen[bytes]:
    if folder.running.exists():
        folder.running.replace(folder.leftover)
    with folder.log.open("wb") as log:
        keeper = subprocess.Popen(
            [sys.executable, str(KEEPER), str(folder.path), *(["--throw-away"] if throw_away else [])],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the program in the foreground; the servers end after it
        )
    deadline = time.monotonic() + START_SECONDS
    while not folder.running.exists():
        if keeper.poll() is not None:
            raise ServersFailed(f"The embedded servers did not start: {_last_line(folder.log)}")
        if time.monotonic() > deadline:
            keeper.terminate()
            raise ServersFailed(
                f"The embedded servers did not answer within {START_SECONDS} seconds; see {folder.state}."
            )
        time.sleep(0.02)
    for note in json.loads(folder.running.read_text())["notes"]:
        print(note, file=sys.stderr)
    return keeper


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"see {log.parent}"
