"""A Firstmile of the trial's own: PostgreSQL, Redis, and the very scripts that production runs as web, worker and beat.

Everything is a child of this process and ends with it, however it ends; so all of it must be started from the main
thread (Linux tells a child of its parent *thread's* end).
"""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import environment
import psutil
from children import Child, stop
from embedded import Folder, ServersFailed, addresses
from engines import Engines
from ports import HOST, choose_port

READY_SECONDS = 120
PROCESSES = ("web", "worker-1", "worker-2", "beat")


class TrialFailed(Exception):
    """The trial could not be carried out; the message says why."""


class House:
    def __init__(self, data: Path) -> None:
        self.folder = Folder(data)
        self.folder.make()
        self.logs = data / "logs"
        self.logs.mkdir()
        self.engines = Engines(self.folder, throw_away=False)
        self.port = choose_port(0)
        self.children: dict[str, Child] = {}
        self.started: dict[str, int] = {}
        self.faults: list[str] = []
        self.variables: dict[str, str] = {}

    def open(self) -> None:
        """Start everything and wait until it answers."""
        self.engines.prepare()
        self.engines.start_postgres()
        self.engines.start_redis()
        self.engines.wait_until_ready("postgres", "redis")
        self.engines.make_roles()
        self.variables = self._variables()
        self._migrate()
        for name in PROCESSES:
            self.start(name)
        self.wait_until("the web server answers", self.web_is_ready)
        for name in ("worker-1", "worker-2"):
            self.wait_until(f"{name} is ready", partial(self.has_logged, name, " ready."))

    def close(self) -> None:
        stop(list(self.children.values()))
        self.engines.stop()

    def start(self, name: str) -> None:
        """Start one of our processes, with a log of its own for each time that it is started."""
        number = self.started[name] = self.started.get(name, 0) + 1
        variables = {**self.variables, "WORKER_NAME": f"{name}@trial"}
        script = str(environment.ROOT / "docker" / name.partition("-")[0])
        log = self.logs / f"{name}.{number}.log"
        self.children[name] = Child(name, ["sh", script], env=variables, cwd=environment.ROOT, log=log)

    def kill(self, name: str) -> None:
        """SIGKILL the process with all that it started, as when its container is killed."""
        child = self.children[name]
        with suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()

    def offspring(self, name: str) -> list[int]:
        """The pids of what a process started: granian's workers, Celery's pool."""
        with suppress(psutil.NoSuchProcess):
            return sorted(
                child.pid for child in psutil.Process(self.children[name].process.pid).children(recursive=True)
            )
        return []

    def tend(self) -> None:
        """Note whoever ended without being killed, and start it again as an orchestrator would."""
        for name, child in list(self.children.items()):
            if child.ended():
                self.faults.append(f"{name} ended by itself (status {child.process.returncode}); see {child.log.name}.")
                self.start(name)
        for name, server in self.engines.servers.items():
            if server.poll() is not None:
                raise TrialFailed(f"{name} ended by itself (status {server.returncode}); see {self.engines.log(name)}.")

    def wait_until(self, what: str, happened: Callable[[], bool], *, seconds: float = READY_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > deadline:
                raise TrialFailed(f"It took more than {seconds:g} s until {what}.")
            time.sleep(0.1)

    def web_is_ready(self) -> bool:
        try:
            with urlopen(Request(f"http://{HOST}:{self.port}/readyz"), timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def has_logged(self, name: str, words: str) -> bool:
        return words in self.children[name].log.read_text(errors="replace")

    def _variables(self) -> dict[str, str]:
        """Production's, with the limits of a small machine."""
        own = {
            "PATH": f"{environment.VENV / 'bin'}:{os.environ.get('PATH', '')}",
            "FIRSTMILE_ENV": "production",
            "FIRSTMILE_LOG_FORMAT": "lines",  # as logs.py reads them
            "FIRSTMILE_SECRET_KEY": secrets.token_urlsafe(64),
            "FIRSTMILE_ALLOWED_HOSTS": HOST,
            "FIRSTMILE_BASE_URL": f"http://{HOST}:{self.port}",
            "WEB_HOST": HOST,
            "WEB_PORT": str(self.port),
            "WEB_WORKERS": "2",
            "WORKER_CONCURRENCY": "2",
            "BEAT_SCHEDULE": str(self.folder.path / "beat-schedule"),
            "PYTHONUNBUFFERED": "1",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("FIRSTMILE_", "DJANGO_"))}
        marks = {name: value for name, value in os.environ.items() if name == "FIRSTMILE_TEST_MARK"}
        return {**kept, **marks, **own, **addresses(str(self.engines.sockets))}

    def _migrate(self) -> None:
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        done = subprocess.run(
            command, cwd=environment.ROOT, env=self.variables, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ServersFailed(f"The migrations failed: {done.stderr}")
