"""Processes of their own, on the database of this test run."""

import os
import subprocess
import sys
import time
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
