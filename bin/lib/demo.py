"""bin/demo [--port N] [--data DIR] [--ready FILE]: Firstmile with a populated workspace, from nothing.

1. Refuse what cannot work (a taken port, a folder that cannot be written) before anything is set up.
2. Set-up, PostgreSQL and Redis, migrations as the owner, the demo's workspaces and events.
3. Web, one Celery worker and beat; wait until every one of them answers.
4. Write FILE, stay until Ctrl-C, SIGTERM, or the end of any part; remove FILE, end everything that was started.
"""

import argparse
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import datafolder
import environment
from children import Child, die_with_parent, stop
from embedded import Attachment, Folder, ServersFailed, lock_at_once
from ports import HOST, PortUnusable, choose_port

READY_SECONDS = 120


class Stopped(BaseException):
    """Someone asked the demo to end. (Not an Exception: nothing may swallow it.)"""


class DemoFailed(Exception):
    """A part did not start, or ended by itself; the message says which and shows its last lines."""


class Arguments(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        datafolder.refuse("demo", f"{message}; bin/demo --help tells what is possible.")
        raise AssertionError


def main() -> None:
    options = arguments()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stopped)
    try:
        environment.enter()
        with ExitStack() as running:
            Demo(options, running).run()
    except Stopped:
        print("Stopped; the data stays where it is.", flush=True)
    except (DemoFailed, ServersFailed) as failure:
        sys.exit(f"bin/demo: {failure}")


def arguments() -> argparse.Namespace:
    """What was asked for, checked: ends with status 2 and one sentence when it cannot work."""
    parser = Arguments(prog="bin/demo", description="Run Firstmile with a populated workspace, from nothing.")
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="port for the browser (8000; 0: any)")
    parser.add_argument("--data", type=Path, default=datafolder.default(), metavar="DIR", help="data folder (.data)")
    parser.add_argument("--ready", type=Path, metavar="FILE", help="written as JSON once everything answers")
    options = parser.parse_args()
    try:
        options.port = choose_port(options.port)
        options.data = Path(os.path.abspath(options.data))
        Folder(options.data).make()
    except (PortUnusable, ServersFailed) as failure:
        datafolder.refuse("demo", failure)
    if options.ready:
        try:
            options.ready = Path(os.path.abspath(options.ready))
            _write(options.ready, "")
            options.ready.unlink()  # one of an earlier run would tell whoever waits for it something wrong
        except OSError as error:
            datafolder.refuse("demo", f"{options.ready} cannot be written ({error.strerror}).")
    return options


class Demo:
    """One run. What it starts is ended by `running`, last first."""

    def __init__(self, options: argparse.Namespace, running: ExitStack) -> None:
        self.began = time.monotonic()
        self.data: Path = options.data
        self.ready: Path | None = options.ready
        self.port: int = options.port
        self.url = f"http://{HOST}:{self.port}"
        self.running = running
        self.children: list[Child] = []
        self.servers: Attachment | None = None
        self.variables: dict[str, str] = {}

    def run(self) -> None:
        self._be_the_only_one()
        self._say("PostgreSQL and Redis")
        self.servers = datafolder.servers(self.data)
        if self.servers:
            self.running.callback(self.servers.leave)
        self.variables = datafolder.variables(self.data, self.servers)
        self.variables.setdefault("FIRSTMILE_BASE_URL", self.url)
        self._say("Migrations")
        self._manage("migrate", "--verbosity", "1")
        self.running.callback(self._end_children)
        self._start_children()
        self._say("The demo's workspaces (web, worker and beat start meanwhile)")
        story = self._seed()
        self._wait_for("the web server", self._web_answers)
        self._wait_for("the worker", lambda: self._has_logged("worker", " ready."))
        self._wait_for("beat", lambda: self._has_logged("beat", "beat: Starting"))
        self._announce(story)
        self._stay()

    def _be_the_only_one(self) -> None:
        descriptor = Folder(self.data).lock("demo")
        if not lock_at_once(descriptor, fcntl.LOCK_EX):
            datafolder.refuse("demo", f"Another bin/demo runs in {self.data}; choose another folder with --data.")

    def _manage(self, command: str, *arguments: str) -> None:
        log = self._log(command)
        with log.open("wb") as output:
            done = subprocess.run(
                [sys.executable, "manage.py", command, *arguments],
                cwd=environment.ROOT,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        if done.returncode:
            raise DemoFailed(f"manage.py {command} failed. The end of {log}:\n{_end_of(log)}")

    def _seed(self) -> dict[str, Any]:
        """Make the demo's workspaces and their progress (once), and return how to get into them."""
        kept, told = self.data / "demo.json", self.data / "demo.new.json"
        _write(told, "")  # readable by its owner alone before keys are written to it
        self._manage("seed_demo", "--json", str(told))
        story = json.loads(told.read_text())
        if not story["logins"]["end_user"] and kept.exists():  # nobody is half-way any more
            story["logins"]["end_user"] = json.loads(kept.read_text())["logins"]["end_user"]
        _write(kept, json.dumps(story, indent=2))
        told.unlink()
        return story

    def _start_children(self) -> None:
        granian = ["granian", "--interface", "wsgi", "--no-ws", "--host", HOST, "--port", str(self.port)]
        self._start("web", "-m", *granian, "--blocking-threads", "4", "config.wsgi:application")
        celery = ["-m", "celery", "-A", "config"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        self._start("worker", *celery, "worker", "--loglevel", "INFO", "--concurrency", "2", *quiet)
        schedule = ["--schedule", str(self.data / "beat-schedule"), "--pidfile", ""]
        self._start("beat", *celery, "beat", "--loglevel", "INFO", *schedule)

    def _start(self, name: str, *command: str) -> None:
        child = Child(name, [sys.executable, *command], env=self.variables, cwd=environment.ROOT, log=self._log(name))
        self.children.append(child)

    def _end_children(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        stop(self.children)

    def _wait_for(self, what: str, happened: Callable[[], bool]) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not happened():
            self._raise_if_one_ended()
            if time.monotonic() > deadline:
                raise DemoFailed(f"{what} did not answer within {READY_SECONDS} seconds; see {self.data / 'logs'}.")
            time.sleep(0.1)

    def _web_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            error.close()
            return False
        except OSError:
            return False

    def _has_logged(self, name: str, words: str) -> bool:
        return words in self._log(name).read_text(errors="replace")

    def _announce(self, story: dict[str, Any]) -> None:
        for workspace in (story, story["other_workspace"]):
            end_user = workspace["logins"]["end_user"]
            if end_user.get("checklist_url", "").startswith("/"):
                end_user["checklist_url"] = self.url + end_user["checklist_url"]
        facts = {"url": self.url, **story}
        print(_in_words(facts, self.data), flush=True)
        self._say("Ready")
        if self.ready:
            self.running.callback(self.ready.unlink, missing_ok=True)  # it says that everything answers now
            _write(self.ready, json.dumps(facts, indent=2) + "\n")

    def _stay(self) -> None:
        while True:
            self._raise_if_one_ended()
            time.sleep(0.5)

    def _raise_if_one_ended(self) -> None:
        for child in self.children:
            if child.ended():
                raise DemoFailed(
                    f"{child.name} ended by itself (status {child.process.returncode}), so everything is ended. "
                    f"The end of {child.log}:\n{_end_of(child.log)}"
                )
        if self.servers and not self.servers.serving():
            raise DemoFailed(f"PostgreSQL or Redis ended by itself, so everything is ended. {self.servers.why_ended()}")

    def _log(self, name: str) -> Path:
        folder = self.data / "logs"
        folder.mkdir(exist_ok=True)
        return folder / f"{name}.log"

    def _say(self, what: str) -> None:
        print(f"{time.monotonic() - self.began:5.1f} s  {what}", flush=True)


def _stopped(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _write(file: Path, text: str) -> None:
    """Replace `file` at once, readable by its owner alone: it holds keys."""
    new = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as output:
        output.write(text)
    new.replace(file)


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])


def _in_words(facts: dict[str, Any], data: Path) -> str:
    manager, executive = facts["logins"]["product_manager"], facts["logins"]["executive"]
    return f"""
Firstmile runs at {facts["url"]}/
  product manager   {manager["email"]}   password: {manager["password"]}
  executive         {executive["email"]}   password: {executive["password"]}
  an end user's checklist   {facts["logins"]["end_user"].get("checklist_url", "(everybody has finished)")}
  write key    {facts["write_key"]}
  secret key   {facts["secret_key"]}
Logs and data are in {data}. Ctrl-C ends everything; the data stays.
"""


if __name__ == "__main__":
    main()
