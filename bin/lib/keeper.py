"""keeper.py DATA [--throw-away]: starts PostgreSQL and Redis in DATA and stops them when nobody is attached.

Started by embedded.attach(), which describes the protocol. What it prints goes to DATA/servers/keeper.log; its last
line is what the user is told when it fails.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from embedded import Folder, ServersFailed, lock_at_once
from engines import STOP_SECONDS, Engines


class Keeper:
    def __init__(self, folder: Folder, *, throw_away: bool) -> None:
        self.folder = folder
        self.engines = Engines(folder, throw_away=throw_away)

    def start(self) -> None:
        clear_leftovers(self.folder)
        engines = self.engines
        for name in ("postgres", "redis"):
            engines.log(name).unlink(missing_ok=True)
        engines.prepare()
        engines.start_postgres()
        engines.start_redis()
        engines.wait_until_ready("postgres", "redis")
        engines.make_roles()
        state = {
            "sockets": str(engines.sockets),
            "pids": {name: server.pid for name, server in engines.servers.items()},
            "notes": engines.account.notes,
        }
        written = self.folder.running.with_suffix(".new")
        written.write_text(json.dumps(state))
        written.replace(self.folder.running)

    def stay(self, attached: int) -> None:
        """Come back when nobody is attached. Raises ServersFailed when a server ends before that."""
        while not lock_at_once(attached, fcntl.LOCK_EX):
            for name, server in self.engines.servers.items():
                if server.poll() is not None:
                    raise ServersFailed(
                        f"{name} ended by itself (status {server.returncode}); see {self.folder.state}."
                    )
            time.sleep(0.1)

    def stop(self) -> None:
        self.folder.running.unlink(missing_ok=True)
        self.engines.stop()


def clear_leftovers(folder: Folder) -> None:
    """Stop servers whose keeper was killed, and remove the files that would keep new ones from starting.

    A process is ours only if its command line names our folder: its number alone may by now belong to anyone.
    """
    state: dict[str, Any] = {"sockets": str(folder.sockets), "pids": {}}
    with contextlib.suppress(OSError, ValueError):
        state = json.loads(folder.leftover.read_text())
    pid_file = folder.postgres / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError, IndexError):
        state["pids"]["postgres"] = int(pid_file.read_text().splitlines()[0])
    marks = {"postgres": f"{folder.postgres} ", "redis": f"unixsocket:{state['sockets']}/"}
    for name, pid in state["pids"].items():
        _end(pid, marks[name])
    pid_file.unlink(missing_ok=True)
    folder.leftover.unlink(missing_ok=True)
    shutil.rmtree(state["sockets"], ignore_errors=True)


def _end(pid: int, mark: str) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    number = signal.SIGINT
    while mark in _command_line(pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        number = signal.SIGQUIT if time.monotonic() > deadline else number
        time.sleep(0.1)


def _command_line(pid: int) -> str:
    command = ["ps", "-o", "args=", "-ww", "-p", str(pid)]
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
    with contextlib.suppress(OSError):
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return ""


def _only_keeper(descriptor: int) -> bool:
    """Become the folder's keeper. Others look at the lock for a moment now and then; another keeper keeps it."""
    for _ in range(50):
        if lock_at_once(descriptor, fcntl.LOCK_EX):
            return True
        time.sleep(0.02)
    return False


def main() -> None:
    folder = Folder(Path(sys.argv[1]))
    if not _only_keeper(folder.lock("keeper")):
        sys.exit("Another keeper is at work in this folder.")
    attached = folder.lock("attached")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("The keeper was told to end."))
    signal.signal(signal.SIGINT, lambda *_: sys.exit("The keeper was told to end."))
    keeper = None
    try:
        keeper = Keeper(folder, throw_away="--throw-away" in sys.argv)
        keeper.start()
        keeper.stay(attached)
    except (ServersFailed, OSError) as failure:
        sys.exit(str(failure))
    finally:
        if keeper:
            keeper.stop()


if __name__ == "__main__":
    main()
