"""Processes of their own, on the database of this test run."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import redis
from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]


def database_url(alias: str) -> str:
    """The address of this run's own database."""
    database = settings.DATABASES[alias]
    account = quote(str(database["USER"]), safe="")
    if database["PASSWORD"]:
        account += ":" + quote(str(database["PASSWORD"]), safe="")
    query = {name: value for name, value in database["OPTIONS"].items() if name != "connect_timeout"}
    host, port = str(database["HOST"]), str(database["PORT"])
    if host.startswith("/"):
        query["host"], host = host, ""
    place = host + (f":{port}" if port else "")
    return f"postgresql://{account}@{place}/{quote(str(database['NAME']))}?{urlencode(query)}"


def environment() -> dict[str, str]:
    variables = {key: value for key, value in os.environ.items() if key != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return {
        **variables,
        "DATABASE_URL": database_url("default"),
        "DATABASE_OWNER_URL": database_url("owner"),
        "REDIS_URL": settings.REDIS_URL,
        "FIRSTMILE_LOG_LEVEL": "WARNING",
    }


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def manage(*arguments: str) -> subprocess.Popen[bytes]:
    """Start a management command."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


@contextmanager
def celery_worker() -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker of one process that has connected to its (emptied) queue."""
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "config",
        "worker",
        "--without-mingle",  # which waits a second for other workers to answer, and there are none
        "--purge",
        "--pool",
        "solo",
        "--loglevel",
        "INFO",
    ]
    worker = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert worker.stderr is not None
    drain = None
    try:
        said = b""
        for line in worker.stderr:
            said += line
            if b"ready." in line:
                break
        assert b"ready." in said, f"The worker did not start:\n{said.decode(errors='replace')}"
        # Its further log goes nowhere, without ever filling the pipe.
        drain = subprocess.Popen(["cat"], stdin=worker.stderr, stdout=subprocess.DEVNULL)
        _forget_waiting_calls()
        yield worker
    finally:
        end(worker)
        if drain:
            drain.wait(10)
        worker.stderr.close()


@contextmanager
def web_server(folder: Path, **variables: str) -> Iterator[tuple[str, Path]]:
    """The web server as production starts it, by docker/web: its address, and the file in the folder with its log."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    said = {
        **environment(),
        "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}",
        "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"),
        "WEB_WORKERS": "1",
        "WEB_HOST": "127.0.0.1",
        "WEB_PORT": str(port),
        **variables,
    }
    program, log, address = folder / "web", folder / "log", f"http://127.0.0.1:{port}"
    program.write_text((ROOT / "docker" / "web").read_text())
    with log.open("wb") as output:
        server = subprocess.Popen(
            ["sh", str(program)], cwd=ROOT, env=said, stdout=output, stderr=output, start_new_session=True
        )
    try:
        wait_until(lambda: server.poll() is not None or _answers(address), seconds=90, what=log.read_text())
        assert server.poll() is None, log.read_text()
        yield address, log
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5):
            return True
    except OSError:
        return False


def _forget_waiting_calls() -> None:
    """Take away the marks of calls that went with the emptied queue; in production the sweeps make up for them."""
    server = redis.Redis.from_url(settings.REDIS_URL)
    for mark in server.scan_iter("firstmile:waiting:*"):
        server.delete(mark)


def wait_until(true: Callable[[], bool], *, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"After {seconds:g} s: {what}"
        time.sleep(0.05)
